import type { AppContext } from '../../src/http/app-context.ts';
import type { Devices } from '../../src/http/devices.ts';
import { factorsOf, strengthOf } from '../../src/domain/presence/strength.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Wizard } from '../../src/http/wizard.ts';
import { draftOf } from '../../src/http/wizard-draft.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import { finish } from '../../src/oidc/outcome.ts';
import type { Journey } from '../journey.ts';
import { visitOf, type VisitDeps } from '../visit.ts';
import {
  agreementStep,
  doneStep,
  identityStep,
  mobileStep,
  passwordStep,
  type ActivateDraft,
  type ActivateScene,
  type ActivateStepDeps,
} from './steps.ts';
import { documentStep, nobodyStep, lookUp } from './lookup.ts';

/**
 * 账号激活 – imported people take up their account (ACT-01 to ACT-06): document and mobile → the bound mobile → proof
 * of holding the document → password → done, signed in, back to the waiting service.
 */
export interface ActivateJourneyDeps extends VisitDeps, ActivateStepDeps {
  readonly devices: Devices;
}

/** How the person authenticated by activating: chose a password and redeemed an SMS code. */
const amr = ['pwd', 'sms'];

export function createActivate(deps: ActivateJourneyDeps): Journey {
  const wizard: Wizard<ActivateDraft, ActivateScene> = {
    name: 'activate',
    empty: {},
    steps: [
      documentStep(deps),
      nobodyStep(deps),
      mobileStep(deps),
      identityStep(deps),
      agreementStep(deps),
      passwordStep(deps),
      doneStep(deps),
    ],
  };
  // Each pass begins a run of its own: what another run has learnt was learnt of another document.
  const run = ({ uid, base, pass }: ActivateScene) => ({
    wizard,
    id: pass === undefined ? uid : `${uid}:${pass}`,
    base: `${base}/activate`,
  });
  return {
    name: 'activate',
    routes(router) {
      if (!deps.profile.activation) return;
      router.get('/interaction/:uid/activate/finish', async (ctx) => {
        const scene = await sceneOf(deps, ctx);
        const { accountId, activatedAt } = await draftOf(deps, run(scene));
        if (accountId === undefined) return ctx.redirect(`${scene.base}/activate`);
        const at = new Date(activatedAt ?? deps.clock.now().getTime());
        const factors = factorsOf(amr, at);
        deps.devices.remember(ctx, accountId, strengthOf(factors, at));
        await finish(ctx, deps.provider(), {
          outcome: 'signed-in',
          accountId,
          factors,
          at,
          created: scene.prompt.name === 'create',
        });
      });
      wizardRoutes(router, deps, '/interaction/:uid/activate', async (ctx) => {
        const scene = await sceneOf(deps, ctx);
        return { ...run(scene), scene };
      });
    },
  };
}

/** @throws Refused interaction.expired outside a sign-in or a registration */
async function sceneOf(deps: ActivateJourneyDeps, ctx: AppContext): Promise<ActivateScene> {
  const visit = await visitOf(deps, ctx);
  if (!['create', 'login'].includes(visit.prompt.name)) throw new Refused('interaction.expired');
  const given = await deps.activationPass.read(visit.uid);
  return { ...visit, pass: given?.id, passed: given && (await lookUp(deps, given.sought)) };
}
