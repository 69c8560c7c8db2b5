import type { FieldName } from '../../../src/domain/form-fields.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Example, ExampleScene } from '../../journey.ts';
import { sampleAct, sampleForm, several, unfilled, zhangwei, type SampleForm } from '../../layout/samples.ts';
import type { MobileAsked } from '../presence.ts';
import type { ProofModel } from '../proof.ts';
import { bar, doneModel, newEmailModel, newMobileModel, newPasswordModel, newUsernameModel, type ChangeName } from './pages.ts';

const user = { name: mask.mobile(zhangwei.mobile).text };

function verify(state: string, form: Partial<SampleForm> = {}, asked: MobileAsked = { code: true, document: false }): Example {
  const fields: readonly FieldName[] = [
    ...(asked.document ? (['documentNumber'] as const) : []),
    ...(asked.code ? (['code'] as const) : []),
  ];
  const model = (scene: ExampleScene): ProofModel => ({
    progress: bar(scene.say, 'password', 0),
    way: 'sms-code',
    form: sampleForm(scene, { fields, ...(asked.code && { code: 'unsent' }), ...form }),
    asked,
    mobile: maskedModel(scene.words, scene.locale, mask.mobile(zhangwei.mobile)),
    others: asked.document ? [{ way: 'password', href: sampleAct.action }] : [],
  });
  return { view: 'account/proof', state, user, model };
}

function password(state: string, form: Partial<SampleForm> = {}): Example {
  const fields = ['password', 'newPassword', 'confirmPassword'] as const;
  return {
    view: 'account/change/password',
    state,
    user,
    model: (scene) => newPasswordModel(scene.say, scene.profile, sampleForm(scene, { fields, ...form })),
  };
}

function mobile(state: string, form: Partial<SampleForm> = {}): Example {
  const fields = ['mobile', 'code'] as const;
  return {
    view: 'account/change/mobile',
    state,
    user,
    model: (scene) => newMobileModel(scene, scene.profile.brand, sampleForm(scene, { fields, code: 'unsent', ...form })),
  };
}

function email(state: string, form: Partial<SampleForm> = {}): Example {
  const fields = ['email', 'code'] as const;
  return {
    view: 'account/change/email',
    state,
    user,
    model: (scene) => newEmailModel(scene.say, sampleForm(scene, { fields, code: 'unsent', ...form })),
  };
}

/** As the rule of base, where the deployment has none. */
const anyUsername = { minLength: 4, maxLength: 20, firstLetter: true, allow: ['letters', 'digits'], notDigitsOnly: true } as const;

function username(state: string, form: Partial<SampleForm> = {}): Example {
  const model = (scene: ExampleScene) => {
    const current = maskedModel(scene.words, scene.locale, mask.username('zhangwei'));
    return newUsernameModel(
      scene.say,
      scene.profile.username ?? anyUsername,
      current,
      sampleForm(scene, { fields: ['username'], ...form }),
    );
  };
  return { view: 'account/change/username', state, user, model };
}

const done = (name: ChangeName): Example => ({
  view: 'layout/result',
  state: `${name}-changed`,
  user,
  model: (scene) => doneModel(scene, name, scene.profile.brand.portal),
});

const mismatch = new Refused('identity.mismatch', 'documentNumber', { reason: 'document' });

export const examples: readonly Example[] = [
  verify('first-step'),
  verify('first-step-sent', { code: 'sent' }),
  verify('first-step-code-wrong', { code: 'sent', refused: new Refused('otp.wrong', 'code') }),
  verify('first-step-captcha-wrong', { refused: new Refused('captcha.wrong', 'captcha') }),
  verify('first-step-document', {}, { code: false, document: true }),
  verify('first-step-code-and-document', {}, { code: true, document: true }),
  verify('first-step-document-wrong', { refused: mismatch }, { code: false, document: true }),
  verify(
    'first-step-document-too-often',
    { refused: new Refused('credentials.throttled', 'documentNumber', { minutes: 15, reason: 'document' }) },
    { code: false, document: true },
  ),
  password('empty'),
  password('old-password-wrong', { refused: new Refused('credentials.wrong', 'password', { reason: 'confirm' }) }),
  password('everything-wrong', {
    refused: several(unfilled('password'), new Refused('password.weak', 'newPassword', { reason: 'min-length', min: 8, max: 64 })),
  }),
  mobile('empty'),
  mobile('sent', { code: 'sent', values: { mobile: '13912341234' } }),
  mobile('taken', { code: 'sent-before', values: { mobile: '13912341234' }, refused: new Refused('mobile.taken', 'mobile') }),
  email('empty'),
  email('sent', { code: 'sent', values: { email: 'zhangwei@example.cn' } }),
  email('wrong', { values: { email: '张伟@example.cn' }, refused: new Refused('email.invalid', 'email', { reason: 'non-ascii' }) }),
  email('code-wrong', {
    code: 'sent',
    values: { email: 'zhangwei@example.cn' },
    refused: new Refused('otp.wrong', 'code', { reason: 'email' }),
  }),
  email('taken', { code: 'sent', values: { email: 'zhangwei@example.cn' }, refused: new Refused('email.taken', 'email') }),
  username('empty'),
  username('taken', { values: { username: 'lina1990' }, refused: new Refused('username.taken', 'username') }),
  ...(['password', 'mobile', 'email', 'username'] as const).map(done),
];
