import { randomUUID } from 'node:crypto';
import type Router from '@koa/router';
import { confirmPassword, type PasswordDeps } from '../../src/domain/authenticator/password.ts';
import { isAcr } from '../../src/domain/assurance/level.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { UnitOfWork } from '../../src/domain/unit-of-work.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import { fieldsOf, readForm } from '../../src/http/form.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { draftOf, runAction, showStep, submitStep, type Wizard } from '../../src/http/wizard.ts';
import { levelFacts, type LevelDeps } from '../../src/oidc/level.ts';
import { finish } from '../../src/oidc/outcome.ts';
import type { Journey } from '../journey.ts';
import { proofingScene, type ProofingMethod, type ProofingSceneDeps } from '../proofing-method.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { levelsModel } from './levels.ts';
import type { PasswordModel } from './pages.ts';
import { confirmedKey, confirmedSeconds, proofingWizard, type ProofingDraft, type ProofingWizardDeps, type StepUpScene } from './proofing.ts';

/** 提升等级 – inside a service's request: what is missing, the ways to give it, and the way out. */
export interface StepUpDeps extends VisitDeps, ProofingWizardDeps, ProofingSceneDeps {
  readonly levels: LevelDeps;
  readonly unitOfWork: UnitOfWork;
  readonly passwords: Pick<PasswordDeps, 'accounts' | 'hasher' | 'quotas' | 'vault' | 'clock'>;
}

interface Stage {
  readonly visit: Visit;
  readonly scene: StepUpScene;
}

export function createStepUp(deps: StepUpDeps, methods: readonly ProofingMethod[]): Journey {
  const wizards = new Map(methods.map((method) => [method.name, proofingWizard(deps, method)]));
  const passwordWizard = createPasswordWizard(deps);
  const wizardOf = (name: string | undefined) => {
    const wizard = wizards.get(String(name));
    if (!wizard) throw new Refused('page.not-found');
    return wizard;
  };
  return {
    name: 'step-up',
    routes(router) {
      router.get('/interaction/:uid/step-up', async (ctx) => showLevels(deps, methods, await stageOf(deps, ctx)));
      router.post('/interaction/:uid/step-up/decline', async (ctx) => decline(deps, await stageOf(deps, ctx)));
      passwordRoutes(router, deps, passwordWizard);
      methodRoutes(router, deps, wizardOf);
    },
  };
}

function methodRoutes(
  router: Router<AppState>,
  deps: StepUpDeps,
  wizardOf: (name: string | undefined) => Wizard<ProofingDraft, StepUpScene>,
): void {
  const run = ({ scene }: Stage, method: string | undefined) => ({
    id: `${scene.uid}:${method}`,
    base: `${scene.base}/${method}`,
  });
  router.get('/interaction/:uid/step-up/:method/finish', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    const draft = await draftOf(deps, wizardOf(ctx.params.method), run(stage, ctx.params.method));
    if (!draft.proved) return ctx.redirect(stage.scene.base);
    const { confirmedAt } = draft;
    await finish(ctx, deps.provider(), {
      outcome: 'proved',
      amr: confirmedAt === undefined ? [] : ['sms'],
      at: new Date(confirmedAt ?? deps.clock.now().getTime()),
    });
  });
  router.get('/interaction/:uid/step-up/:method{/:step}', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    await showStep(deps, wizardOf(ctx.params.method), run(stage, ctx.params.method), stage.scene, ctx, ctx.params.step);
  });
  router.post('/interaction/:uid/step-up/:method/:step', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    const wizard = wizardOf(ctx.params.method);
    await submitStep(deps, wizard, run(stage, ctx.params.method), stage.scene, ctx, String(ctx.params.step));
  });
  router.post('/interaction/:uid/step-up/:method/:step/send-code', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    const wizard = wizardOf(ctx.params.method);
    await runAction(deps, wizard, run(stage, ctx.params.method), stage.scene, ctx, String(ctx.params.step), 'send-code');
  });
}

/** @throws Refused form.stale outside a step-up */
async function stageOf(deps: StepUpDeps, ctx: AppContext): Promise<Stage> {
  const visit = await visitOf(deps, ctx);
  if (!visit.session || visit.prompt.name !== 'step_up') throw new Refused('interaction.expired');
  const { accountId, uid: sessionUid } = visit.session;
  const [scene, recentlyConfirmed] = await Promise.all([
    proofingScene(deps, ctx, { accountId, clientId: visit.client.clientId, sessionUid }),
    confirmedLately(deps, sessionUid),
  ]);
  return {
    visit,
    scene: { ...scene, uid: visit.uid, sessionUid, base: `${visit.base}/step-up`, service: visit.service, recentlyConfirmed },
  };
}

async function confirmedLately(deps: StepUpDeps, sessionUid: string): Promise<boolean> {
  const now = deps.clock.now();
  if ((await deps.once.get(confirmedKey(sessionUid), now)) !== undefined) return true;
  const factors = await deps.levels.sessions.factors(sessionUid, now);
  return factors.some(({ amr, at }) => amr === 'sms' && now.getTime() - at.getTime() <= confirmedSeconds * 1000);
}

function targetOf(deps: StepUpDeps, visit: Visit): AssuranceLevel {
  const acr = visit.prompt.details.target;
  const target = deps.ladder.find((rung) => isAcr(acr) && rung.acr === acr);
  if (!target) throw new Refused('interaction.expired');
  return target;
}

/** What of this session counted when the policy asked for more. */
function amrOf({ prompt }: Visit): readonly string[] {
  const { amr } = prompt.details;
  return Array.isArray(amr) ? amr : [];
}

const declineScope = (base: string) => `${base}/decline`;

async function showLevels(deps: StepUpDeps, methods: readonly ProofingMethod[], { visit, scene }: Stage): Promise<void> {
  const { ctx } = visit;
  const target = targetOf(deps, visit);
  const facts = await levelFacts(deps.levels, scene.account.id, amrOf(visit), visit.client);
  const model = levelsModel(
    { locale: ctx.state.locale, say: scene.say },
    {
      service: visit.service?.name ?? scene.say('layout.own-service'),
      target,
      facts,
      essential: visit.prompt.details.hard === true,
      methods,
      base: scene.base,
      personKnown: scene.person !== undefined,
      token: deps.tokens.issue(ctx, declineScope(scene.base)),
    },
  );
  await deps.pages.render(ctx, { view: 'step-up/levels', model, service: visit.service });
}

async function decline(deps: StepUpDeps, { visit, scene }: Stage): Promise<void> {
  readForm(visit.ctx, deps.tokens, declineScope(scene.base));
  await deps.unitOfWork.commit('decline-step-up', [
    {
      write: 'audit.append',
      event: {
        id: randomUUID(),
        at: deps.clock.now(),
        event: 'step-up.declined',
        accountId: scene.account.id,
        clientId: visit.client.clientId,
        requestId: visit.ctx.state.requestId,
        details: { acr: targetOf(deps, visit).acr },
      },
    },
  ]);
  await finish(
    visit.ctx,
    deps.provider(),
    visit.prompt.details.hard === true
      ? { outcome: 'error', error: 'unmet_authentication_requirements', description: 'the person declined to raise the level' }
      : { outcome: 'step-up-declined' },
  );
}

/** `#step-up-password`: the person is known and verified, only this session is too weak (AST-06). */
function createPasswordWizard(deps: StepUpDeps): Wizard<Record<never, never>, Stage> {
  const schema = textFields({ password: 256 });
  return {
    name: 'step-up:password',
    draftless: true,
    empty: {},
    steps: [
      {
        path: 'password',
        when: () => true,
        done: () => false,
        async page(_, { visit, scene }, state) {
          const model: PasswordModel = {
            form: {
              action: state.action,
              token: state.token,
              fields: fieldsOf(['password'], state.values, state.problems),
              problems: state.problems,
              captcha: undefined,
              code: undefined,
            },
            back: { href: scene.base, label: scene.say('layout.back') },
          };
          return { view: 'step-up/password', model, service: visit.service };
        },
        async submit(form, _, { visit, scene }) {
          checkForm(schema, form.values);
          await confirmPassword(deps.passwords, {
            accountId: scene.account.id,
            password: form.values.password ?? '',
            address: visit.ctx.state.address,
          });
          const outcome = { outcome: 'proved', amr: ['pwd'], at: deps.clock.now() } as const;
          return { finish: () => finish(visit.ctx, deps.provider(), outcome) };
        },
      },
    ],
  };
}

function passwordRoutes(router: Router<AppState>, deps: StepUpDeps, wizard: Wizard<Record<never, never>, Stage>): void {
  const run = ({ scene }: Stage) => ({ id: scene.uid, base: scene.base });
  router.get('/interaction/:uid/step-up/password', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    await showStep(deps, wizard, run(stage), stage, ctx, 'password');
  });
  router.post('/interaction/:uid/step-up/password', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    await submitStep(deps, wizard, run(stage), stage, ctx, 'password');
  });
}
