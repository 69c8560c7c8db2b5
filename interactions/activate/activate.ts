import type { AppContext } from '../../src/http/app-context.ts';
import type { Devices } from '../../src/http/devices.ts';
import { factorsOf, strengthOf } from '../../src/domain/presence/strength.ts';
import type { Account } from '../../src/domain/person/account.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Wizard } from '../../src/http/wizard.ts';
import { draftOf } from '../../src/http/wizard-draft.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import type { Journey } from '../journey.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { mobileStep } from './bound-mobile.ts';
import { documentStep, lookUp } from './lookup.ts';
import { agreementStep, identityStep, nobodyStep } from './possession.ts';
import { passOf, type ActivateDraft, type ActivateScene, type ActivateStepDeps } from './steps.ts';
import { accountStep, doneStep, passwordStep } from './take-up.ts';

/**
 * 账号激活 – imported people take up what is on record of them (ACT-01 to ACT-06): document and mobile → the mobile on record
 * → proof of holding the document → password → done, signed in, back to the waiting service. Whoever has an account
 * already, not verified yet, takes it up with that.
 */
export interface ActivateJourneyDeps extends VisitDeps, ActivateStepDeps {
  readonly devices: Devices;
}

/** How the person authenticated by activating or registering: chose a password and redeemed an SMS code. */
const amr = ['pwd', 'sms'];

/** Interactions in which somebody may activate. */
const prompts: ReadonlySet<string> = new Set(['create', 'login', 'step_up']);

export function createActivate(deps: ActivateJourneyDeps): Journey {
  const wizard: Wizard<ActivateDraft, ActivateScene> = {
    name: 'activate',
    empty: {},
    steps: [
      documentStep(deps),
      mobileStep(deps),
      identityStep(deps),
      nobodyStep(deps),
      agreementStep(deps),
      passwordStep(deps),
      accountStep(deps),
      doneStep(deps),
    ],
  };
  return {
    name: 'activate',
    routes(router) {
      if (!deps.profile.activation) return;
      router.get('/interaction/:uid/activate/finish', async (ctx) => {
        const { scene, draft } = await stageOf(deps, ctx, wizard);
        if (draft.accountId === undefined) return ctx.redirect(`${scene.base}/activate`);
        await end(deps, draft, scene);
      });
      wizardRoutes(router, deps, '/interaction/:uid/activate', async (ctx) => {
        const { scene, draft, run } = await stageOf(deps, ctx, wizard);
        // Whoever is verified by now has nothing to activate for the service that waits.
        if (scene.prompt.name === 'step_up' && !scene.joins && !draft.joined) return { leaveTo: `${scene.base}/step-up` };
        return { ...run, scene };
      });
    },
  };
}

/** Signs in whoever is not; whoever is goes on with what they came for. */
async function end(deps: ActivateJourneyDeps, draft: ActivateDraft, { ctx, prompt, session, pass }: ActivateScene): Promise<void> {
  const { accountId = '', joined, activatedAt } = draft;
  const created = prompt.name === 'create';
  if (joined && session?.accountId === accountId) {
    return deps.finish(ctx, { outcome: 'proved', factors: [], created });
  }
  const at = new Date((joined ? pass?.account?.openedAt : activatedAt) ?? deps.clock.now().getTime());
  const factors = factorsOf(amr, at);
  deps.devices.remember(ctx, accountId, strengthOf(factors, at));
  await deps.finish(ctx, { outcome: 'signed-in', accountId, factors, at, created });
}

/** @throws Refused interaction.expired outside a sign-in, a registration or a step-up */
async function stageOf(deps: ActivateJourneyDeps, ctx: AppContext, wizard: Wizard<ActivateDraft, ActivateScene>) {
  const visit = await visitOf(deps, ctx);
  if (!prompts.has(visit.prompt.name)) throw new Refused('interaction.expired');
  const { uid, base, session } = visit;
  const pass = await deps.activationPass.read(uid);
  // Each pass begins a run of its own: what another run has learnt was learnt of another document.
  const run = { wizard, id: pass === undefined ? uid : `${uid}:${pass.id}`, base: `${base}/activate` };
  const [passed, draft] = await Promise.all([pass && lookUp(deps, pass.sought), draftOf(deps, run)]);
  const opened = passOf(draft, { pass, passed })?.account?.id;
  const joins = await unverifiedHere(deps, visit, opened);
  const signedIn = joins !== undefined && joins.id === session?.accountId && opened === undefined;
  const scene: ActivateScene = { ...visit, pass, passed, joins, signedIn };
  return { scene, draft, run };
}

/**
 * The account that whoever is here has already, as long as it is not verified.
 *
 * @param opened - in this interaction, for the very document: another one is no business of the account that was opened
 */
async function unverifiedHere({ accounts }: ActivateJourneyDeps, visit: Visit, opened: string | undefined): Promise<Account | undefined> {
  // Who is asked to sign in again has not done so yet.
  const signedIn = visit.prompt.name === 'login' ? undefined : visit.session?.accountId;
  const id = opened ?? signedIn;
  const account = id === undefined ? undefined : await accounts.byId(id);
  return account?.status === 'active' && account.personId === undefined ? account : undefined;
}
