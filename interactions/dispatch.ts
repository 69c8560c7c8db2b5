import type { Journey } from './journey.ts';
import { visitOf, type VisitDeps } from './visit.ts';

/** Which journey answers a prompt of the policy (src/oidc/policy.ts). */
const journeyOf: Readonly<Record<string, string>> = {
  create: 'register',
  login: 'login',
  step_up: 'step-up',
  consent: 'consent',
};

/** The address the provider sends people to; it leads to the journey of the prompt. */
export function createDispatch(deps: VisitDeps): Journey {
  return {
    name: 'dispatch',
    routes(router) {
      router.get('/interaction/:uid', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const journey = journeyOf[visit.prompt.name];
        if (!journey) throw new Error(`no journey answers the prompt ${visit.prompt.name}`);
        ctx.status = 303;
        ctx.redirect(`${visit.base}/${journey}`);
      });
    },
  };
}
