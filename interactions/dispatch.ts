import type { Profile } from '../src/domain/policy.ts';
import type { FirstPage } from '../src/oidc/first-page.ts';
import type { Journey } from './journey.ts';
import { visitOf, type VisitDeps } from './visit.ts';

export interface DispatchDeps extends VisitDeps {
  readonly profile: PageProfile;
}

type PageProfile = Pick<Profile, 'login' | 'activation' | 'recovery' | 'proofing'>;

/** The address of an interaction; it leads to the page that answers the prompt. */
export function createDispatch(deps: DispatchDeps): Journey {
  const firstPage = createFirstPage(deps.profile);
  return {
    name: 'dispatch',
    routes(router) {
      router.get('/interaction/:uid', async (ctx) => {
        const { base, prompt, params } = await visitOf(deps, ctx);
        ctx.status = 303;
        ctx.redirect(`${base}/${firstPage({ prompt: prompt.name, params, channel: ctx.state.channel })}`);
      });
    },
  };
}

/** Which page answers a prompt of the policy (src/oidc/policy.ts). */
export function createFirstPage({ login, activation, recovery, proofing }: PageProfile): FirstPage {
  return ({ prompt, params, channel }) => {
    switch (prompt) {
      case 'create':
        return params['journey'] === 'activate' && activation ? 'activate' : 'register';
      case 'login': {
        if (params['journey'] === 'recover' && recovery) return 'recover';
        // Straight to the first tab.
        const [first = ''] = login[channel];
        return `login/${first}`;
      }
      case 'step_up': {
        // Straight to the method that was chosen on a tile of the account centre.
        const method = proofing.find((name) => name === params['journey']);
        return method === undefined ? 'step-up' : `step-up/${method}`;
      }
      case 'consent':
        return 'consent';
      default:
        throw new Error(`no journey answers the prompt ${prompt}`);
    }
  };
}
