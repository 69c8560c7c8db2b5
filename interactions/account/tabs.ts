import type { AccountTab, Profile } from '../../src/domain/policy.ts';
import type { Say } from '../../src/http/words.ts';

/** Tabs of the account centre, where the deployment has them (ACC-03). */
export interface TabModel {
  readonly name: AccountTab;
  readonly label: string;
  readonly href: string;
  readonly current: boolean;
}

const paths: Readonly<Record<AccountTab, string>> = {
  profile: '/account',
  bindings: '/account/bindings',
  password: '/account/password',
  security: '/account/sessions',
  level: '/account/level',
  settings: '/account/settings',
};

/** Of a change that is a tab of its own; none of the others. */
export function changeTabs(say: Say, profile: Pick<Profile, 'account'>, change: string): readonly TabModel[] {
  const tab = profile.account.tabs.find((name) => name === change);
  return tab ? tabsModel(say, profile, tab) : [];
}

export function tabsModel(say: Say, { account }: Pick<Profile, 'account'>, current: AccountTab): readonly TabModel[] {
  return account.tabs.map((name) => ({ name, label: say(`account.tab.${name}`), href: paths[name], current: name === current }));
}
