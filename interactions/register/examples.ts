import { Refused } from '../../src/domain/refused.ts';
import type { Example } from '../journey.ts';
import { housingFund, interaction, longService, sampleForm, several, type SampleForm } from '../layout/samples.ts';
import { accountPageModel, donePageModel, type IdentityResult } from './pages.ts';

const fields = ['username', 'mobile', 'code', 'newPassword', 'confirmPassword', 'agreement'];

function account(state: string, form: Partial<SampleForm> = {}, withUsername = true): Example {
  return {
    view: 'register/account',
    state,
    model: (scene) => {
      const profile = withUsername ? scene.profile : { ...scene.profile, username: null };
      return accountPageModel({ ...scene, profile }, sampleForm(scene, { fields, code: 'unsent', ...form }));
    },
  };
}

function done(state: string, identity: IdentityResult, service?: Example['service']): Example {
  return {
    view: 'layout/result',
    state,
    ...(service ? { service } : {}),
    model: (scene) => donePageModel(scene, { identity, service: service?.(scene.locale)?.name, finish: `${interaction}/register/finish` }),
  };
}

const filled = { username: 'zhangwei', mobile: '13800000001', agreement: 'yes' };
const lengths = { min: 8, max: 64 };

const everything = several(
  new Refused('username.invalid', 'username', { reason: 'not-like-mobile' }),
  new Refused('mobile.invalid', 'mobile', { reason: 'length' }),
  new Refused('captcha.wrong', 'captcha'),
  new Refused('field.invalid', 'code', { reason: 'code' }),
  new Refused('password.weak', 'newPassword', { reason: 'min-length', ...lengths }),
  new Refused('password.mismatch', 'confirmPassword'),
  new Refused('agreement.required', 'agreement'),
);

export const examples: readonly Example[] = [
  account('empty'),
  account('without-username', {}, false),
  account('sent', { code: 'sent', values: filled }),
  account('sent-before', { code: 'sent-before', values: filled }),
  account('mobile-proven', { code: undefined, values: filled, refused: new Refused('username.taken', 'username') }),
  account('everything-wrong', { values: { username: '13800000001', mobile: '1380000' }, refused: everything }),
  account('username-too-long', { values: { ...filled, username: 'a'.repeat(64) }, refused: new Refused('username.invalid', 'username', { reason: 'max-length', min: 4, max: 20 }) }),
  account('mobile-taken', { code: 'sent', values: filled, refused: new Refused('mobile.taken', 'mobile') }),
  account('password-common', { code: 'sent', values: filled, refused: new Refused('password.weak', 'newPassword', { reason: 'blocklist', ...lengths }) }),
  account('passwords-differ', { code: 'sent', values: filled, refused: new Refused('password.mismatch', 'confirmPassword') }),
  account('agreement-missing', { code: 'sent', values: { ...filled, agreement: '' }, refused: new Refused('agreement.required', 'agreement') }),
  account('captcha-missing', { values: filled, refused: new Refused('captcha.required', 'captcha') }),
  account('code-wrong', { code: 'sent', values: filled, refused: new Refused('otp.wrong', 'code') }),
  account('code-expired', { code: 'sent-before', values: filled, refused: new Refused('otp.expired', 'code') }),
  account('hour-limit', { code: 'sent-before', values: filled, refused: new Refused('otp.hour-limit', 'code', { seconds: 3100 }) }),
  account('stale', { values: filled, refused: new Refused('form.stale') }),
  done('registered', 'skipped'),
  done('registered-for-service', 'skipped', housingFund),
  done('registered-for-long-service', 'verified', longService),
  done('registered-and-verified', 'verified'),
  done('registered-and-pending', 'pending'),
];
