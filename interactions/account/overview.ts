import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import type { ActModel, FormModel } from '../../src/http/page-model.ts';
import { levelModel, type LevelFacts, type LevelModel } from './level.ts';
import { profileModel, type ProfileFacts, type ProfileModel } from './profile.ts';
import { sayIn, type AccountScene } from './scene.ts';
import { sessionModels, type SessionModel } from './session-list.ts';
import { tabsModel, type TabModel } from './tabs.ts';
import { frozenPath } from './undo/paths.ts';

/** The first page of the account centre: everything, or where there are tabs, who one is and which level one holds. */
export interface OverviewModel {
  readonly tabs: readonly TabModel[];
  /** What was done a moment ago. */
  readonly done: string | undefined;
  readonly profile: ProfileModel;
  /** What is changed in its row; undefined: nothing. */
  readonly form: FormModel | undefined;
  readonly level: LevelModel;
  /** Undefined: on a page of its own. */
  readonly sessions: readonly SessionModel[] | undefined;
  readonly endSessions: ActModel;
  /** To passkeys and second factor, where the deployment has them. */
  readonly securityHref: string | undefined;
  /** Where accounts of third parties can be bound and no tab leads there. */
  readonly bindingsHref: string | undefined;
  /** To where a frozen change is given back; undefined: nothing is frozen. */
  readonly frozenHref: string | undefined;
}

export interface OverviewFacts extends ProfileFacts, LevelFacts {
  readonly sessions: readonly SessionSummary[];
  /** The session that asks. */
  readonly currentUid: string;
  readonly saved?: boolean;
}

/** @param endSessions - the form that ends every session */
export function overviewModel(scene: AccountScene, facts: OverviewFacts, endSessions: OverviewModel['endSessions']): OverviewModel {
  const { authenticators } = scene.profile;
  const say = sayIn(scene);
  const tabs = tabsModel(say, scene.profile, 'profile');
  const person = profileModel(scene, facts);
  return {
    tabs,
    done: facts.saved ? say('account.saved') : undefined,
    profile: person,
    form: person.edit?.form,
    level: levelModel(scene, facts),
    sessions: tabs.length === 0 ? sessionModels(scene, facts.sessions, facts.currentUid) : undefined,
    endSessions,
    securityHref: authenticators.passkey || authenticators.totp ? '/account/security' : undefined,
    bindingsHref: tabs.length === 0 && takesThirdParties(scene.profile) ? '/account/bindings' : undefined,
    frozenHref: facts.account.frozen ? frozenPath : undefined,
  };
}

function takesThirdParties({ login, upstreams }: AccountScene['profile']): boolean {
  return [...login.desktop, ...login.h5].some((name) => Object.hasOwn(upstreams, name));
}
