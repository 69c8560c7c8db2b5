import type { Sought } from '../../src/domain/authenticator/recovery-search.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Profile, RecoveryStart } from '../../src/domain/policy.ts';
import type { Example } from '../journey.ts';
import {
  housingFund,
  interaction as base,
  longName,
  sampleForm,
  several,
  unfilled,
  zhangwei,
  zhangweiAsPerson,
  type SampleForm,
} from '../layout/samples.ts';
import {
  accountPageModel,
  choicePageModel,
  confirmPageModel,
  doneModel,
  noMobileModel,
  passwordPageModel,
  verifyPageModel,
} from './pages.ts';

const verified: Sought = {
  typed: { kind: 'username', text: 'zhangwei', name: undefined },
  key: zhangwei.id,
  accountId: zhangwei.id,
  usable: true,
  mobile: zhangwei.mobile,
  document: zhangweiAsPerson.document,
  passwordMark: '',
};
const unverified: Sought = { ...verified, document: undefined };

/** Name and document number were given. */
function named(name: string, number: string): Sought {
  return { ...verified, typed: { kind: 'document', text: number, name }, document: { ...zhangweiAsPerson.document, number } };
}

const byIdentity = named(zhangweiAsPerson.name, zhangweiAsPerson.document.number);

function account(state: string, starts: readonly RecoveryStart[], form: Partial<SampleForm> = {}): Example {
  const fields = starts.includes('identity') ? (['name', 'documentNumber'] as const) : (['identifier'] as const);
  return {
    view: 'recover/account',
    state,
    service: housingFund,
    model: (scene) => accountPageModel(scene, { form: sampleForm(scene, { fields, captcha: true, ...form }), starts, base }),
  };
}

const all: readonly RecoveryStart[] = ['username', 'mobile', 'document'];

function choice(state: string, sought: Sought): Example {
  return { view: 'recover/method', state, service: housingFund, model: (scene) => choicePageModel(scene, scene.profile, sought, base) };
}

function confirm(state: string, sought: Sought): Example {
  return { view: 'recover/confirm', state, model: (scene) => confirmPageModel(scene, scene.profile, sought, base) };
}

function verify(state: string, sought: Sought, form: Partial<SampleForm> = {}): Example {
  const fields = ['documentNumber', 'code'] as const;
  return {
    view: 'recover/verify',
    state,
    service: housingFund,
    model: (scene) =>
      verifyPageModel(scene, scene.profile, {
        form: sampleForm(scene, { fields, code: 'unsent', ...form }),
        sought,
        base,
        channel: 'desktop',
      }),
  };
}

function password(state: string, sought: Sought, form: Partial<SampleForm> = {}): Example {
  const fields = ['newPassword', 'confirmPassword', 'code'] as const;
  return {
    view: 'recover/password',
    state,
    model: (scene) =>
      passwordPageModel(scene, scene.profile, { form: sampleForm(scene, { fields, ...form }), sought, base, channel: 'desktop' }),
  };
}

function noMobile(state: string, later: readonly string[]): Example {
  return {
    view: 'recover/no-mobile',
    state,
    model: (scene) =>
      noMobileModel(scene, { ...scene.profile, later } satisfies Pick<Profile, 'login' | 'activation' | 'later' | 'brand'>, base),
  };
}

const done = (state: string, guarded: boolean): Example => ({
  view: 'layout/result',
  state,
  service: housingFund,
  model: (scene) => doneModel(scene, { identity: false, guarded, base }),
});

const number = { documentNumber: zhangweiAsPerson.document.number };
const lengths = { min: 8, max: 64 };

export const examples: readonly Example[] = [
  account('empty', all),
  account('mobile-only', ['mobile']),
  account('identity', ['identity']),
  account('nothing-filled', all, { refused: unfilled('identifier') }),
  account('identity-wrong', ['identity'], {
    values: { name: '张3', documentNumber: '110199199003150114' },
    refused: several(
      new Refused('name.invalid', 'name', { reason: 'digits' }),
      new Refused('document.invalid', 'documentNumber', { reason: 'check-character' }),
    ),
  }),
  account('captcha-wrong', all, { values: { identifier: 'zhangwei' }, refused: new Refused('captcha.wrong', 'captcha') }),
  account('throttled', all, {
    values: { identifier: 'zhangwei' },
    refused: new Refused('credentials.throttled', 'identifier', { minutes: 12, reason: 'recover' }),
  }),
  choice('verified', verified),
  choice('unverified', unverified),
  confirm('confirm', byIdentity),
  confirm('long-name', named(longName.name, longName.document.number)),
  verify('verified', verified),
  verify('unverified', unverified),
  verify('sent', verified, { code: 'sent', values: number }),
  verify('wrong', verified, { code: 'sent-before', values: number, refused: new Refused('recovery.wrong', 'code') }),
  verify('code-wrong', unverified, { code: 'sent', refused: new Refused('otp.wrong', 'code') }),
  verify('throttled', verified, {
    code: 'sent',
    values: number,
    refused: new Refused('credentials.throttled', 'code', { minutes: 12, reason: 'recover' }),
  }),
  password('empty', verified),
  password('with-code', byIdentity, { code: 'unsent' }),
  password('with-code-sent', byIdentity, { code: 'sent' }),
  password('everything-wrong', byIdentity, {
    code: 'sent',
    refused: several(new Refused('password.weak', 'newPassword', { reason: 'min-length', ...lengths }), unfilled('code')),
  }),
  password('passwords-differ', verified, { refused: new Refused('password.mismatch', 'confirmPassword') }),
  password('over', verified, { refused: new Refused('recovery.over') }),
  noMobile('nothing-coming', []),
  noMobile('coming', ['rebind', 'appeal', 'login.social-security-card']),
  done('recover-done', false),
  done('recover-done-guarded', true),
];
