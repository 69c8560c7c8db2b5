import type { Profile, RegistrationPolicy } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Channel } from '../../src/http/page-model.ts';
import { guardianFields, guardianPageModel } from '../guardian.ts';
import type { Example, ExampleScene } from '../journey.ts';
import { housingFund, interaction, longService, sampleAct, sampleForm, several, unfilled, type SampleForm } from '../layout/samples.ts';
import { accountPageModel, bar, donePageModel, optionsModel, type IdentityResult, type PageScene } from './pages.ts';

const fields = [
  'username',
  'name',
  'documentType',
  'documentNumber',
  'validFrom',
  'validity',
  'sex',
  'birthDate',
  'address',
  'email',
  'mobile',
  'code',
  'newPassword',
  'confirmPassword',
  'agreement',
  'nationalPlatform',
] as const;

/** A morning, so that registration hours run; `evening` for when they do not. */
const morning = new Date('2026-11-22T02:17:00Z');
const evening = new Date('2026-11-22T12:17:00Z');

interface Account extends Partial<SampleForm> {
  readonly registration?: Partial<RegistrationPolicy>;
  readonly comingSubjects?: Profile['comingSubjects'];
  readonly withUsername?: boolean;
  readonly channel?: Channel;
  readonly now?: Date;
}

function account(
  state: string,
  { registration, comingSubjects = [], withUsername = true, channel = 'desktop', now = morning, ...form }: Account = {},
): Example {
  return {
    view: 'register/account',
    state,
    model: (scene) => {
      const own = { ...scene.profile.registration, ...registration };
      const without = (all: RegistrationPolicy['fields']['h5']) => (withUsername ? all : all.filter((field) => field !== 'username'));
      const asked = { desktop: without(own.fields.desktop), h5: without(own.fields.h5) };
      const profile = { ...scene.profile, comingSubjects, registration: { ...own, fields: asked } };
      return accountPageModel(
        { ...scene, channel, profile },
        { form: sampleForm(scene, { fields, code: 'unsent', ...form }), base: interaction, now },
      );
    },
  };
}

const desktop = (scene: ExampleScene): PageScene => ({ ...scene, channel: 'desktop' });

function done(state: string, identity: IdentityResult, service?: Example['service']): Example {
  return {
    view: 'layout/result',
    state,
    ...(service ? { service } : {}),
    model: (scene) =>
      donePageModel(desktop(scene), { identity, service: service?.(scene.locale)?.name, finish: `${interaction}/register/finish` }),
  };
}

const options = (state: string, service?: Example['service']): Example => ({
  view: 'register/options',
  state,
  ...(service ? { service } : {}),
  model: (scene) => optionsModel(desktop(scene), interaction),
});

function guardian(state: string, form: Partial<SampleForm> = {}): Example {
  return {
    view: 'layout/guardian',
    state,
    model: (scene) =>
      guardianPageModel(scene.say, scene.profile, {
        form: sampleForm(scene, { fields: guardianFields, code: 'unsent', ...form }),
        progress: bar(desktop(scene), 'identity'),
        back: undefined,
        skip: { ...sampleAct, label: scene.say('register.skip') },
      }),
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

/** The forms of cities that ask for more. */
const asserted: Partial<RegistrationPolicy> = {
  identity: 'asserted',
  hours: null,
  fields: {
    desktop: ['username', 'password', 'confirmPassword', 'name', 'document', 'address', 'email', 'mobile'],
    h5: ['username', 'password', 'confirmPassword', 'name', 'document', 'address', 'email', 'mobile'],
  },
};
const inForm: Partial<RegistrationPolicy> = {
  identity: 'in-form',
  hours: { opens: '08:00', closes: '18:00', exemptProvince: '42' },
  fields: {
    desktop: ['name', 'document', 'details', 'mobile', 'password', 'confirmPassword'],
    h5: ['name', 'document', 'details', 'mobile', 'password', 'confirmPassword'],
  },
};
const onPhones: Partial<RegistrationPolicy> = {
  identity: 'skippable-step',
  hours: null,
  fields: { desktop: ['mobile', 'password'], h5: ['mobile', 'password'] },
  nationalPlatform: { version: '2026-01' },
};

const card = {
  ...filled,
  name: '张伟',
  documentType: 'resident-id-card',
  documentNumber: '110199199003150113',
  validFrom: '2018-06-06',
  validity: '20',
};
const permit = {
  ...filled,
  name: '林志豪',
  documentType: 'taiwan-permit',
  documentNumber: '09900001',
  sex: 'male',
  birthDate: '1988-07-19',
};
const contact = { ...card, address: '天河区龙口西路穗园西街2号', email: 'zhang.wei@mail.example' };

const wrongContact = several(
  new Refused('name.invalid', 'name', { reason: 'too-narrow' }),
  new Refused('document.invalid', 'documentNumber', { reason: 'check-character' }),
  new Refused('address.invalid', 'address', { reason: 'min-length', min: 8, max: 80 }),
  new Refused('email.invalid', 'email', { reason: 'non-ascii' }),
);
const wrongDetails = several(new Refused('date.invalid', 'validFrom'), unfilled('validity'));
const wrongPermit = several(unfilled('sex'), new Refused('date.invalid', 'birthDate', { reason: 'birth-date' }));
const hours = { opens: '08:00', closes: '18:00' };

const adult = {
  name: '徐明',
  documentType: 'resident-id-card',
  documentNumber: '340199198203150130',
  mobile: '13800000041',
  agreement: 'yes',
};
const wrongGuardian = several(
  new Refused('guardian.invalid', 'documentNumber', { reason: 'own' }),
  new Refused('agreement.required', 'agreement'),
);

export const examples: readonly Example[] = [
  account('empty'),
  account('without-username', { withUsername: false }),
  account('sent', { code: 'sent', values: filled }),
  account('sent-before', { code: 'sent-before', values: filled }),
  account('mobile-proven', { code: undefined, values: filled, refused: new Refused('username.taken', 'username') }),
  account('everything-wrong', { values: { username: '13800000001', mobile: '1380000' }, refused: everything }),
  account('username-too-long', {
    values: { ...filled, username: 'a'.repeat(64) },
    refused: new Refused('username.invalid', 'username', { reason: 'max-length', min: 4, max: 20 }),
  }),
  account('mobile-taken', { code: 'sent', values: filled, refused: new Refused('mobile.taken', 'mobile') }),
  account('password-common', {
    code: 'sent',
    values: filled,
    refused: new Refused('password.weak', 'newPassword', { reason: 'blocklist', ...lengths }),
  }),
  account('passwords-differ', { code: 'sent', values: filled, refused: new Refused('password.mismatch', 'confirmPassword') }),
  account('agreement-missing', {
    code: 'sent',
    values: { ...filled, agreement: '' },
    refused: new Refused('agreement.required', 'agreement'),
  }),
  account('captcha-missing', { values: filled, refused: new Refused('captcha.required', 'captcha') }),
  account('code-wrong', { code: 'sent', values: filled, refused: new Refused('otp.wrong', 'code') }),
  account('code-expired', { code: 'sent-before', values: filled, refused: new Refused('otp.expired', 'code') }),
  account('hour-limit', { code: 'sent-before', values: filled, refused: new Refused('otp.hour-limit', 'code', { seconds: 3100 }) }),
  account('stale', { values: filled, refused: new Refused('form.stale') }),
  account('asserted', { registration: asserted }),
  account('asserted-wrong', {
    registration: asserted,
    values: { ...contact, name: '王', address: '天河', email: '张伟@mail.example' },
    refused: wrongContact,
  }),
  account('in-form', { registration: inForm, comingSubjects: ['legal-person'] }),
  account('in-form-permit', { registration: inForm, values: permit, code: 'sent' }),
  account('in-form-permit-wrong', { registration: inForm, values: { ...permit, sex: '', birthDate: '2099-01-01' }, refused: wrongPermit }),
  account('in-form-wrong', { registration: inForm, values: { ...card, validFrom: '2118-02-28', validity: '' }, refused: wrongDetails }),
  account('in-form-evening', { registration: inForm, now: evening }),
  account('in-form-closed', {
    registration: inForm,
    now: evening,
    values: card,
    refused: new Refused('registration.closed', 'documentNumber', hours),
  }),
  account('in-form-taken', {
    registration: inForm,
    code: undefined,
    values: card,
    refused: new Refused('identity.taken', 'documentNumber'),
  }),
  account('in-form-rare-character', {
    registration: inForm,
    code: undefined,
    values: { ...card, name: '郑㛃' },
    refused: new Refused('identity.mismatch', 'documentNumber', { reason: 'rare-character' }),
  }),
  account('national-platform', { registration: { nationalPlatform: { version: '2026-01' } } }),
  account('phone', { registration: onPhones, channel: 'h5' }),
  options('own'),
  options('for-service', housingFund),
  guardian('empty'),
  guardian('sent', { code: 'sent', values: adult }),
  guardian('wrong', { values: { ...adult, agreement: '' }, refused: wrongGuardian }),
  guardian('mismatch', {
    code: undefined,
    values: adult,
    refused: new Refused('identity.mismatch', 'documentNumber', { reason: 'guardian' }),
  }),
  done('registered', 'skipped'),
  done('registered-for-service', 'skipped', housingFund),
  done('registered-for-long-service', 'verified', longService),
  done('registered-and-verified', 'verified'),
  done('registered-and-pending', 'pending'),
];
