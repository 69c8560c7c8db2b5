import type { Say } from '../../src/http/words.ts';
import type { Journey } from '../journey.ts';
import type { ResultModel } from '../layout/result.ts';
import { changeRoutes } from './change/change.ts';
import { emailChange } from './change/email.ts';
import { mobileChange } from './change/mobile.ts';
import { passwordChange } from './change/password.ts';
import { usernameChange } from './change/username.ts';
import { bindingRoutes } from './bindings.ts';
import type { AccountDeps } from './deps.ts';
import { overviewRoutes } from './overview-page.ts';
import { placeRoutes } from './places.ts';
import { sessionRoutes } from './sessions.ts';

/** 个人中心 – profile with masking and its changes, level with its tiles, sessions and sign-out everywhere. */
export function createAccount(deps: AccountDeps): Journey {
  const { words } = deps.pages;
  return {
    name: 'account',
    routes(router) {
      overviewRoutes(router, deps);
      router.get('/account/ended', async (ctx) => {
        const model = endedModel((key) => words.text(ctx.state.locale, key));
        await deps.pages.render(ctx, { view: 'layout/result', model });
      });
      bindingRoutes(router, deps);
      placeRoutes(router, deps);
      sessionRoutes(router, deps);
      for (const change of changes(deps)) changeRoutes(router, deps, change);
    },
  };
}

/** Those that the deployment lets its people do. */
function changes(deps: AccountDeps) {
  const { account, username } = deps.profile;
  const made = [passwordChange(deps), mobileChange(deps), emailChange(deps), ...(username ? [usernameChange(deps, username)] : [])];
  return made.filter(({ name }) => account.changes.includes(name));
}

/** Where "sign out everywhere" ends. */
export function endedModel(say: Say): ResultModel {
  return {
    outcome: 'done',
    title: say('account.ended.title'),
    text: say('account.ended.text'),
    next: { href: '/login', label: say('account.again') },
  };
}
