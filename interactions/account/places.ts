import type Router from '@koa/router';
import { mayReadIdentity } from '../../src/domain/presence/strength.ts';
import type { AppState } from '../../src/http/app-context.ts';
import type { AccountDeps } from './deps.ts';
import { levelModel, type LevelFacts, type LevelModel } from './level.ts';
import { requireOwner } from './owner.ts';
import { profileModel, type ProfileFacts, type ProfileModel } from './profile.ts';
import { sayIn, type AccountScene } from './scene.ts';
import { tabsModel, type TabModel } from './tabs.ts';

/** Pages of their own, where the deployment cuts the account centre into tabs: level, settings. */

export interface LevelPageModel {
  readonly tabs: readonly TabModel[];
  readonly profile: ProfileModel;
  readonly level: LevelModel;
}

export function placeRoutes(router: Router<AppState>, deps: AccountDeps): void {
  for (const tab of ['level', 'settings'] as const) {
    router.get(`/account/${tab}`, async (ctx) => {
      const { account, person, sessionUid, user } = await requireOwner(deps, ctx);
      const now = deps.clock.now();
      const [evidence, factors] = await Promise.all([deps.evidence.ofAccount(account.id), deps.sessions.factors(sessionUid, now)]);
      const scene = { locale: ctx.state.locale, words: deps.pages.words, profile: deps.profile };
      const model = levelPageModel(scene, tab, { account, person, mayReadIdentity: mayReadIdentity(factors, now), evidence, now });
      await deps.pages.render(ctx, { view: `account/${tab}`, model, user });
    });
  }
}

export function levelPageModel(scene: AccountScene, tab: 'level' | 'settings', facts: ProfileFacts & LevelFacts): LevelPageModel {
  return { tabs: tabsModel(sayIn(scene), scene.profile, tab), profile: profileModel(scene, facts), level: levelModel(scene, facts) };
}
