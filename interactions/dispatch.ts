import type { Profile } from '../src/domain/policy.ts';
import type { Journey } from './journey.ts';
import { visitOf, type Visit, type VisitDeps } from './visit.ts';

export interface DispatchDeps extends VisitDeps {
  readonly profile: Pick<Profile, 'login' | 'activation' | 'recovery'>;
}

/** The address the provider sends people to; it leads to the page that answers the prompt. */
export function createDispatch(deps: DispatchDeps): Journey {
  return {
    name: 'dispatch',
    routes(router) {
      router.get('/interaction/:uid', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        ctx.status = 303;
        ctx.redirect(`${visit.base}/${pageOf(visit, deps.profile)}`);
      });
    },
  };
}

/** Which page answers a prompt of the policy (src/oidc/policy.ts). */
function pageOf({ prompt, params, ctx }: Visit, { login, activation, recovery }: DispatchDeps['profile']): string {
  switch (prompt.name) {
    case 'create':
      return params.journey === 'activate' && activation ? 'activate' : 'register';
    case 'login': {
      if (params.journey === 'recover' && recovery) return 'recover';
      // Straight to the first tab: everybody comes this way, and one redirect less is felt on a phone.
      const [first = ''] = login[ctx.state.channel];
      return `login/${first}`;
    }
    case 'step_up':
      return 'step-up';
    case 'consent':
      return 'consent';
    default:
      throw new Error(`no journey answers the prompt ${prompt.name}`);
  }
}
