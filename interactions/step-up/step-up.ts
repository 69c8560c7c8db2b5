import type Router from '@koa/router';
import type { Authentication } from '../../src/domain/assurance/acr.ts';
import { isAcr } from '../../src/domain/assurance/level.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { passkeySettling } from '../../src/domain/authenticator/passkey.ts';
import { countedFactors, factorsOf, settlingOf, type CountsAs } from '../../src/domain/presence/strength.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { momentText } from '../../src/http/moment.ts';
import type { Page } from '../../src/http/page.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type NoDraft } from '../../src/http/wizard.ts';
import { draftOf } from '../../src/http/wizard-draft.ts';
import { pageRoutes, wizardRoutes } from '../../src/http/wizard-routes.ts';
import { levelFacts } from '../../src/oidc/level.ts';
import type { Outcome } from '../../src/oidc/outcome.ts';
import type { Journey } from '../journey.ts';
import type { ProofingMethod } from '../proofing-method.ts';
import type { Visit } from '../visit.ts';
import { authenticationRoutes } from './authentication.ts';
import { levelsModel, missingParts, type LevelsFacts, type StrongerWay } from './levels.ts';
import { proofingWizard, type ProofingDraft, type StepUpScene } from './proofing.ts';
import { stageOf, type Stage, type StepUpDeps } from './stage.ts';
import { audited } from '../../src/domain/audit/record.ts';

export type { StepUpDeps } from './stage.ts';

/** 提升等级 – inside a service's request: what is missing, the ways to give it, and the way out. */
export function createStepUp(deps: StepUpDeps, methods: readonly ProofingMethod[]): Journey {
  const wizards = new Map(methods.map((method) => [method.name, proofingWizard(deps, method)]));
  const wizardOf = (name: string | undefined) => {
    const wizard = wizards.get(String(name));
    if (!wizard) throw new Refused('page.not-found');
    return wizard;
  };
  return {
    name: 'step-up',
    routes(router) {
      pageRoutes(router, deps, { path: '/interaction/:uid/step-up', wizard: levelsWizard(deps, methods) }, async (ctx) => {
        const stage = await stageOf(deps, ctx);
        return { id: stage.scene.uid, base: stage.scene.base, scene: stage };
      });
      authenticationRoutes(router, deps);
      methodRoutes(router, deps, methods, wizardOf);
    },
  };
}

function levelsWizard(deps: StepUpDeps, methods: readonly ProofingMethod[]): Wizard<NoDraft, Stage> {
  return onePage('step-up', {
    page: (_, stage, state) => levelsPage(deps, methods, stage, state),
    actions: { decline: { goesOn: (_form, _, stage) => decline(deps, stage) } },
  });
}

function methodRoutes(
  router: Router<AppState>,
  deps: StepUpDeps,
  methods: readonly ProofingMethod[],
  wizardOf: (name: string | undefined) => Wizard<ProofingDraft, StepUpScene>,
): void {
  const needsPerson = (name: string | undefined) => methods.some((method) => method.name === name && method.needsPerson);
  const run = ({ scene }: Stage, method: string | undefined) => ({
    wizard: wizardOf(method),
    id: `${scene.uid}:${method}`,
    base: `${scene.base}/${method}`,
  });
  router.get('/interaction/:uid/step-up/:method/finish', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    const draft = await draftOf(deps, run(stage, ctx.params.method));
    if (!draft.proved) return ctx.redirect(stage.scene.base);
    const { confirmedAt } = draft;
    const factors = confirmedAt === undefined ? [] : factorsOf(['sms'], new Date(confirmedAt));
    await deps.finish(ctx, { outcome: 'proved', factors });
  });
  wizardRoutes(router, deps, '/interaction/:uid/step-up/:method', async (ctx) => {
    const stage = await stageOf(deps, ctx);
    const { method, step } = ctx.params;
    const chosen = step === undefined && stage.visit.params['journey'] === method;
    const elsewhere = chosen ? await insteadOf(deps, methods, stage, method) : undefined;
    if (elsewhere !== undefined) return { leaveTo: elsewhere };
    // Which of the ways are open is said by the level page.
    if (needsPerson(method) && stage.scene.person === undefined) return { leaveTo: stage.scene.base };
    return { ...run(stage, method), scene: stage.scene };
  });
}

function targetOf(deps: StepUpDeps, visit: Visit): AssuranceLevel {
  const acr = visit.prompt.details.target;
  const target = deps.ladder.find((rung) => isAcr(acr) && rung.acr === acr);
  if (!target) throw new Refused('interaction.expired');
  return target;
}

/** What of this session counted when the policy asked for more. */
function authenticationOf({ prompt }: Visit): Authentication {
  const { amr, here, newDevice } = prompt.details;
  const setOf = (names: unknown) => new Set<string>(Array.isArray(names) ? names : []);
  return { amr: setOf(amr), here: setOf(here), newDevice: newDevice === true };
}

async function levelsPage(deps: StepUpDeps, methods: readonly ProofingMethod[], stage: Stage, state: FormState): Promise<Page> {
  const { visit, scene } = stage;
  const words = { locale: visit.ctx.state.locale, say: scene.say };
  const model = levelsModel(words, { ...(await askedOf(deps, methods, stage)), form: actForm(state, 'decline') });
  return { view: 'step-up/levels', model, service: visit.service };
}

/** Where a method that was chosen before cannot begin: what comes before it or, when it is not what is missing, the level page. */
async function insteadOf(
  deps: StepUpDeps,
  methods: readonly ProofingMethod[],
  stage: Stage,
  chosen: string | undefined,
): Promise<string | undefined> {
  const asked = await askedOf(deps, methods, stage);
  const missing = missingParts(asked.target, asked.facts, { ...asked, say: stage.scene.say });
  const tile = missing.flatMap((part) => part.methods).find(({ name }) => name === chosen);
  if (tile?.state === 'open') return undefined;
  const [first, ...others] = missing[0]?.methods ?? [];
  return (others.length === 0 && first?.href) || asked.base;
}

async function askedOf(deps: StepUpDeps, methods: readonly ProofingMethod[], { visit, scene }: Stage): Promise<Omit<LevelsFacts, 'form'>> {
  return {
    service: visit.service?.name ?? scene.say('layout.own-service'),
    target: targetOf(deps, visit),
    facts: await levelFacts(deps.levels, scene.account.id, authenticationOf(visit), visit.client),
    essential: visit.prompt.details.hard === true,
    methods,
    base: scene.base,
    personKnown: scene.person !== undefined,
    ...(await strongerWays(deps, scene)),
  };
}

/** What would make the session stronger, and from when on. */
async function strongerWays(deps: StepUpDeps, { account, ctx }: StepUpScene): Promise<Pick<LevelsFacts, 'password' | 'passkey'>> {
  const at = deps.clock.now();
  const { settlingSeconds } = deps.passwords;
  const wayOf = (amr: string, counts: CountsAs | undefined): StrongerWay => ({
    amr: countedFactors(factorsOf([amr], at, counts), at)[0]?.amr ?? amr,
    until: counts?.until && momentText(ctx.state.locale, counts.until),
  });
  const [password, passkeys] = await Promise.all([
    deps.accounts.password(account.id),
    deps.authenticators.passkey ? deps.passkeys.passkeys.ofAccount(account.id) : [],
  ]);
  const ways = passkeys.map((passkey) => wayOf('hwk', passkeySettling(passkey, settlingSeconds, at)));
  return {
    password: wayOf('pwd', settlingOf(password?.set, settlingSeconds, at)),
    passkey: ways.find(({ until }) => until === undefined) ?? ways[0],
  };
}

async function decline(deps: StepUpDeps, { visit, scene }: Stage): Promise<{ readonly finish: () => Promise<void> }> {
  await deps.unitOfWork.commit('decline-step-up', [
    audited(
      'step-up.declined',
      deps.clock.now(),
      { accountId: scene.account.id, clientId: visit.client.clientId, requestId: visit.ctx.state.requestId },
      { acr: targetOf(deps, visit).acr },
    ),
  ]);
  const outcome: Outcome =
    visit.prompt.details.hard === true
      ? { outcome: 'error', error: 'unmet_authentication_requirements', description: 'the person declined to raise the level' }
      : { outcome: 'step-up-declined' };
  return { finish: () => deps.finish(visit.ctx, outcome) };
}
