import type { Brand, Profile } from '../../../src/domain/policy.ts';
import type { FormModel, Locale, MaskedModel, ProgressModel } from '../../../src/http/page-model.ts';
import type { Say } from '../../../src/http/words.ts';
import { progress } from '../../../src/http/wizard.ts';
import type { ResultModel } from '../../layout/result.ts';
import { changeTabs, type TabModel } from '../tabs.ts';
import { passwordHint, passwordRules, usernameHint, usernameRules } from '../../layout/rule-hints.ts';

/** What the pages of changes show. */

export type ChangeName = 'password' | 'mobile' | 'email' | 'username';

/** 验证身份 → the change → 完成. */
export function bar(say: Say, name: ChangeName, current: number): ProgressModel {
  return progress([say('account.proof.title'), say(`account.change.${name}.title`), say('account.change.done')], current);
}

export interface ChangeModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
}

export interface NewPasswordModel extends ChangeModel {
  readonly tabs: readonly TabModel[];
  readonly hint: string;
  readonly rules: readonly string[];
}

export function newPasswordModel(say: Say, profile: Pick<Profile, 'account' | 'password'>, form: FormModel): NewPasswordModel {
  const { password: policy } = profile;
  return {
    tabs: changeTabs(say, profile, 'password'),
    progress: bar(say, 'password', 1),
    form,
    hint: passwordHint(say, policy),
    rules: passwordRules(say, policy),
  };
}

export interface NewMobileModel extends ChangeModel {
  /** What one should know before. */
  readonly notices: readonly string[];
}

export function newMobileModel(
  { locale, say }: { locale: Locale; say: Say },
  { portal }: Pick<Brand, 'portal'>,
  form: FormModel,
): NewMobileModel {
  const notices = [say('account.change.mobile.one'), say('account.change.mobile.own', { portal: portal.name[locale] })];
  return { progress: bar(say, 'mobile', 1), form, notices };
}

export function newEmailModel(say: Say, form: FormModel): ChangeModel {
  return { progress: bar(say, 'email', 1), form };
}

export interface NewUsernameModel extends ChangeModel {
  readonly hint: string;
  readonly rules: readonly string[];
  readonly current: MaskedModel | undefined;
}

export function newUsernameModel(
  say: Say,
  policy: NonNullable<Profile['username']>,
  current: MaskedModel | undefined,
  form: FormModel,
): NewUsernameModel {
  return { progress: bar(say, 'username', 1), form, current, hint: usernameHint(say, policy), rules: usernameRules(say, policy) };
}

/** Whoever has read it need not press anything (ACC-08). */
const leavesIn = 7;

export function doneModel({ locale, say }: { locale: Locale; say: Say }, name: ChangeName, portal: Brand['portal']): ResultModel {
  return {
    progress: bar(say, name, 2),
    outcome: 'done',
    title: say(`account.change.${name}.done`),
    text: say(`account.change.${name}.done-text`),
    leavesIn,
    next: { href: '/account', label: say('account.change.to-account') },
    secondary: [{ href: portal.url, label: say('account.change.to-portal', { portal: portal.name[locale] }) }],
  };
}
