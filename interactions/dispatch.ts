import { formBody, rawForm } from '../src/http/form.ts';
import type { Journey } from './journey.ts';
import { visitOf, type VisitDeps } from './visit.ts';

/** Which journey answers a prompt of the policy (src/oidc/policy.ts). */
const journeyOf: Readonly<Record<string, string>> = {
  create: 'register',
  login: 'login',
  step_up: 'step-up',
  consent: 'consent',
};

/** From a service's request to the journey that answers it. */
export function createDispatch(deps: VisitDeps): Journey {
  return {
    name: 'dispatch',
    routes(router) {
      // A request may come by POST (OpenID Connect Core 3.1.2.1). Our cookies are Lax, so the form of a service brings
      // none of them; the same request by GET does.
      router.post('/auth', formBody(), (ctx) => {
        ctx.status = 303;
        ctx.redirect(`/auth?${rawForm(ctx).toString()}`);
      });
      // Where the provider sends people.
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
