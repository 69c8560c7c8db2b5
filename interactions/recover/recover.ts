import type { AppContext } from '../../src/http/app-context.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Wizard } from '../../src/http/wizard.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import type { Journey } from '../journey.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { accountStep } from './account.ts';
import { noMobileModel } from './pages.ts';
import { choiceStep, confirmStep, doneStep, passwordStep, sayOf, verifyStep, type RecoverDraft, type RecoverStepDeps } from './steps.ts';

/**
 * 找回密码 – whose account → proof by mobile, of verified people by document as well → new password → done, and back to
 * the sign-in of the waiting service (REC-01 to REC-19). Unknown accounts walk the same steps up to the proof (DIS-21).
 */
export interface RecoverJourneyDeps extends VisitDeps, RecoverStepDeps {}

export function createRecover(deps: RecoverJourneyDeps): Journey {
  const wizard: Wizard<RecoverDraft, Visit> = {
    name: 'recover',
    empty: {},
    steps: [accountStep(deps), choiceStep(deps), confirmStep(deps), verifyStep(deps), passwordStep(deps), doneStep(deps)],
  };
  return {
    name: 'recover',
    routes(router) {
      if (!deps.profile.recovery) return;
      router.get('/interaction/:uid/recover/no-mobile', async (ctx) => {
        const visit = await visitAtSignIn(deps, ctx);
        const model = noMobileModel(sayOf(deps, visit), deps.profile, visit.base);
        await deps.pages.render(ctx, { view: 'recover/no-mobile', model, service: visit.service });
      });
      wizardRoutes(router, deps, '/interaction/:uid/recover', async (ctx) => {
        const scene = await visitAtSignIn(deps, ctx);
        return { wizard, id: scene.uid, base: `${scene.base}/recover`, scene };
      });
    },
  };
}

/** @throws Refused interaction.expired outside a sign-in or a registration */
async function visitAtSignIn(deps: VisitDeps, ctx: AppContext): Promise<Visit> {
  const visit = await visitOf(deps, ctx);
  if (!['create', 'login'].includes(visit.prompt.name)) throw new Refused('interaction.expired');
  return visit;
}
