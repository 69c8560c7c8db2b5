import type { Devices } from '../../src/http/devices.ts';
import { factorsOf, isFresh, strengthOf } from '../../src/domain/presence/strength.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { CookieJar } from '../../src/http/cookies.ts';
import { plainForm } from '../../src/http/step-form.ts';
import type { FormState, Wizard, WizardStep } from '../../src/http/wizard.ts';
import { draftOf } from '../../src/http/wizard-draft.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import { guardianStep } from '../guardian.ts';
import type { Journey } from '../journey.ts';
import { activateLink, proofingScene, type ProofingMethod, type ProofingPage, type ProofingSceneDeps } from '../proofing-method.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { accountStep, pageScene, type AccountStepDeps, type RegisterDraft } from './account-step.ts';
import { bar, donePageModel, optionsModel, skipLabel, takenWays, type PageScene } from './pages.ts';

/**
 * 注册 – account → identity → done, signed in, back to the waiting service (REG-06). Whether the identity is a step of
 * its own, part of the form or nobody's business here is the profile's to say.
 */
export interface RegisterJourneyDeps extends VisitDeps, AccountStepDeps, ProofingSceneDeps {
  /** Whoever signs in again here is no news to the owner. */
  readonly devices: Devices;
  readonly cookies: CookieJar;
}

type Step = WizardStep<RegisterDraft, Visit>;

/** How the person authenticated by registering: chose a password and redeemed an SMS code. */
const amr = ['pwd', 'sms'];

export function createRegister(deps: RegisterJourneyDeps, methods: readonly ProofingMethod[]): Journey {
  const wizard: Wizard<RegisterDraft, Visit> = { name: 'register', empty: {}, steps: stepsOf(deps, methods) };
  const run = (visit: Visit) => ({ wizard, id: visit.uid, base: `${visit.base}/register` });
  return {
    name: 'register',
    routes(router) {
      router.get('/interaction/:uid/register/finish', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const draft = await draftOf(deps, run(visit));
        if (draft.accountId === undefined) return ctx.redirect(`${visit.base}/register`);
        if (ctx.query.to === 'account' && !visit.service) {
          const [state = ''] = (deps.cookies.get(ctx, 'target') ?? '').split(' ');
          deps.cookies.set(ctx, 'target', `${state} /account`, 300);
        }
        const at = new Date(draft.registeredAt ?? deps.clock.now().getTime());
        const factors = factorsOf(amr, at);
        deps.devices.remember(ctx, draft.accountId, strengthOf(factors, at));
        await deps.finish(ctx, {
          outcome: 'signed-in',
          accountId: draft.accountId,
          factors,
          at,
          created: true,
        });
      });
      if (deps.profile.registration.options) {
        router.get('/interaction/:uid/register', async (ctx, next) => {
          const visit = await visitOf(deps, ctx);
          if ((await draftOf(deps, run(visit))).accountId !== undefined) return next();
          const model = optionsModel(pageScene(deps, visit), visit.base);
          await deps.pages.render(ctx, { view: 'register/options', model, service: visit.service });
        });
      }
      wizardRoutes(router, deps, '/interaction/:uid/register', async (ctx) => {
        const scene = await visitOf(deps, ctx);
        return { ...run(scene), scene };
      });
    },
  };
}

function stepsOf(deps: RegisterJourneyDeps, methods: readonly ProofingMethod[]): readonly Step[] {
  const { identity } = deps.profile.registration;
  const method = identity === 'none' || identity === 'asserted' ? undefined : methods.find(({ needsPerson }) => !needsPerson);
  const identitySteps = !method ? [] : [...(identity === 'in-form' ? [] : [identityStep(deps, method)]), guardiansStep(deps, method)];
  return [accountStep(deps), ...identitySteps, doneStep(deps, method !== undefined)];
}

function sceneOf(deps: RegisterJourneyDeps, draft: RegisterDraft, visit: Visit) {
  const { accountId = '', registeredAt = 0 } = draft;
  const now = deps.clock.now();
  return proofingScene(deps, visit.ctx, {
    uid: visit.uid,
    accountId,
    clientId: visit.client.clientId,
    sessionUid: undefined,
    mobileProven: isFresh({ at: new Date(registeredAt) }, now),
    // Nobody is signed in yet.
    mayReadIdentity: false,
    openedAt: new Date(registeredAt),
  });
}

function identityStep(deps: RegisterJourneyDeps, method: ProofingMethod): Step {
  const skippable = deps.profile.registration.identity === 'skippable-step';
  return {
    path: 'identity',
    when: (draft) => draft.accountId !== undefined && draft.identity === undefined,
    done: (draft) => draft.identity !== undefined || draft.awaiting !== undefined,
    async page(draft, visit, state) {
      const shown = pageScene(deps, visit);
      const model: ProofingPage = {
        progress: bar(shown, 'identity'),
        form: plainForm(state, method.fields),
        skip: skippable ? skipOf(shown, state) : undefined,
        back: undefined,
        ways: takenWays(shown, visit.base, state.problems),
        activate: activateLink({ say: shown.say, base: visit.base, activation: deps.profile.activation }, state.problems),
        ...method.page(await sceneOf(deps, draft, visit)),
      };
      return { view: `step-up/${method.name}/view`, model, service: visit.service };
    },
    async submit(form, draft, visit) {
      try {
        const awaiting = await method.verify(form, await sceneOf(deps, draft, visit));
        return { learnt: awaiting ? { awaiting } : { identity: 'verified', awaiting: undefined } };
      } catch (error) {
        // The authority needs time: the account is there, the person goes on without waiting.
        if (error instanceof Refused && error.code === 'identity.pending') return { learnt: { identity: 'pending' } };
        throw error;
      }
    },
    ...(skippable ? { actions: { skip: { goesOn: async () => ({ learnt: skipped }) } } } : {}),
  };
}

const skipped: RegisterDraft = { identity: 'skipped', awaiting: undefined };

/** 暂不认证. */
function skipOf(scene: PageScene, { action, token }: FormState): ProofingPage['skip'] {
  return { action: `${action}/skip`, token, label: skipLabel(scene) };
}

/** Of a minor. The account is there already; without a guardian it stays without a verified identity. */
function guardiansStep(deps: RegisterJourneyDeps, method: ProofingMethod): Step {
  return guardianStep<RegisterDraft, Visit>(deps, {
    when: (draft) => draft.awaiting !== undefined && draft.identity === undefined,
    done: (draft) => draft.identity !== undefined,
    minor: ({ awaiting, accountId = '' }, { ctx, uid, client }) => ({
      ctx,
      uid,
      key: awaiting?.identity.key ?? '',
      asking: { accountId, clientId: client.clientId, requestId: ctx.state.requestId, address: ctx.state.address },
    }),
    frame: (_, visit, state) => {
      const shown = pageScene(deps, visit);
      return { progress: bar(shown, 'identity'), back: undefined, skip: skipOf(shown, state), service: visit.service };
    },
    skipped,
    async agreed(proof, draft, visit) {
      if (draft.awaiting) await method.record?.(draft.awaiting, proof, await sceneOf(deps, draft, visit));
      return { identity: 'verified', awaiting: undefined };
    },
    undo: ({ awaiting: _, ...draft }) => draft,
  });
}

function doneStep(deps: RegisterJourneyDeps, hasIdentity: boolean): Step {
  return {
    path: 'done',
    when: (draft) => (hasIdentity ? draft.identity !== undefined : draft.accountId !== undefined),
    done: () => false,
    async page({ identity }, visit) {
      const end = { identity, service: visit.service?.name, finish: `${visit.base}/register/finish` };
      return { view: 'layout/result', model: donePageModel(pageScene(deps, visit), end), service: visit.service };
    },
  };
}
