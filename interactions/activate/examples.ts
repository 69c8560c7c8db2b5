import type { Person } from '../../src/domain/person/account.ts';
import { Refused, type FormRefused, type RefusalCode } from '../../src/domain/refused.ts';
import type { Example } from '../journey.ts';
import { housingFund, interaction, longName, sampleForm, several, unfilled, zhangweiAsPerson, type SampleForm } from '../layout/samples.ts';
import {
  accountPageModel,
  documentPageModel,
  doneModel,
  identityPageModel,
  mobilePageModel,
  nobodyModel,
  passwordPageModel,
  type Place,
} from './pages.ts';

const bound = '15012340058';
const given = '13912341234';

const atSignIn: Place = { base: interaction, prompt: { name: 'login' }, session: undefined, joins: undefined };
/** In a step-up of an account that is not verified. */
const inStepUp: Place = { base: interaction, prompt: { name: 'step_up' }, session: {}, joins: { mobile: given } };

function document(state: string, form: Partial<SampleForm> = {}, place = atSignIn): Example {
  const fields = ['documentType', 'documentNumber', 'mobile', 'code'] as const;
  return {
    view: 'activate/document',
    state,
    service: housingFund,
    model: (scene) => documentPageModel(scene, scene.profile, sampleForm(scene, { fields, code: 'unsent', ...form }), place),
  };
}

function mobile(state: string, form: Partial<SampleForm> = {}, known = false): Example {
  return {
    view: 'activate/mobile',
    state,
    model: (scene) =>
      mobilePageModel(scene, {
        form: sampleForm(scene, { fields: ['mobile', 'code'], code: 'unsent', ...form }),
        given,
        known,
        base: interaction,
        joins: false,
      }),
  };
}

interface IdentityState {
  readonly person?: Person;
  readonly replacing?: boolean;
  /** Typed in the registration, and nothing is wrong with it. */
  readonly told?: boolean;
  readonly values?: Readonly<Record<string, string>>;
  readonly refused?: Refused | FormRefused;
}

function identity(
  state: string,
  { person = zhangweiAsPerson, replacing = false, told = false, values, refused }: IdentityState = {},
): Example {
  const { type, number, key } = person.document;
  return {
    view: 'activate/identity',
    state,
    service: housingFund,
    model: (scene) =>
      identityPageModel(scene, scene.profile, {
        form: sampleForm(scene, { fields: ['name', 'validFrom', 'validity'], values, refused }),
        found: { type, number, key, mobile: replacing ? given : bound },
        record: replacing ? undefined : { person },
        typed: told ? dates : undefined,
        finishes: told,
        hasAccount: told,
        back: `${interaction}/activate/document`,
      }),
  };
}

function password(state: string, form: Partial<SampleForm> = {}): Example {
  const fields = ['newPassword', 'confirmPassword', 'agreement'] as const;
  return {
    view: 'activate/password',
    state,
    model: (scene) =>
      passwordPageModel(scene, scene.profile, { form: sampleForm(scene, { fields, ...form }), back: `${interaction}/activate/identity` }),
  };
}

function account(state: string, form: Partial<SampleForm> = {}, signedIn = false): Example {
  const { name, document: found } = zhangweiAsPerson;
  return {
    view: 'activate/account',
    state,
    service: housingFund,
    model: (scene) =>
      accountPageModel(scene, scene.profile, {
        form: sampleForm(scene, { fields: ['code'], ...form }),
        name,
        found: { ...found, mobile: bound },
        mobile: given,
        signedIn,
        back: `${interaction}/activate/document`,
      }),
  };
}

function done(state: string, service?: Example['service'], signedIn = false): Example {
  return {
    view: 'layout/result',
    state,
    ...(service ? { service } : {}),
    model: (scene) =>
      doneModel(scene, scene.profile, {
        service: service?.(scene.locale)?.name,
        finish: `${interaction}/activate/finish`,
        signedIn,
        hasAccount: signedIn,
      }),
  };
}

const sought = { documentType: 'resident-id-card', documentNumber: '110199199003150113', mobile: bound };
const dates = { validFrom: '2018-06-06', validity: '20' };
const lengths = { min: 8, max: 64 };

/** What came of asking the authority. */
const answers: readonly (readonly [code: RefusalCode, field?: string | undefined, reason?: string])[] = [
  ['identity.mismatch', undefined, 'activation'],
  ['identity.unavailable'],
  ['identity.pending'],
  ['identity.too-many'],
];

export const examples: readonly Example[] = [
  document('empty'),
  document('sent', { code: 'sent', values: sought }),
  document('nothing-filled', { refused: several(unfilled('documentNumber'), unfilled('mobile'), unfilled('code')) }),
  document('number-wrong', {
    code: 'sent',
    values: sought,
    refused: new Refused('document.invalid', 'documentNumber', { reason: 'check-character' }),
  }),
  document('code-wrong', { code: 'sent', values: sought, refused: new Refused('otp.wrong', 'code') }),
  document('mobile-taken', { code: 'sent-before', values: sought, refused: new Refused('mobile.taken', 'mobile', { reason: 'activate' }) }),
  document('with-account', {}, inStepUp),
  { view: 'layout/result', state: 'activate-nobody', model: (scene) => nobodyModel(scene, atSignIn) },
  { view: 'layout/result', state: 'activate-nobody-with-account', model: (scene) => nobodyModel(scene, inStepUp) },
  mobile('other-mobile'),
  mobile('other-mobile-known', {}, true),
  mobile('other-mobile-sent', { code: 'sent', values: { mobile: bound } }),
  mobile('other-mobile-code-wrong', { code: 'sent', values: { mobile: bound }, refused: new Refused('otp.wrong', 'code') }),
  mobile('other-mobile-same', { values: { mobile: given }, refused: new Refused('mobile.invalid', 'mobile', { reason: 'not-on-record' }) }),
  identity('bound-mobile'),
  identity('new-mobile', { replacing: true }),
  identity('told', { told: true }),
  identity('long-name', { person: longName }),
  identity('nothing-filled', { replacing: true, refused: several(unfilled('name'), unfilled('validFrom'), unfilled('validity')) }),
  identity('expired', { values: { validFrom: '2010-06-06', validity: '10' }, refused: new Refused('document.expired', 'validity') }),
  ...answers.map(([code, field, reason]) => identity(code, { values: dates, refused: new Refused(code, field, reason ? { reason } : {}) })),
  password('empty'),
  password('everything-wrong', {
    refused: several(
      new Refused('password.weak', 'newPassword', { reason: 'min-length', ...lengths }),
      new Refused('agreement.required', 'agreement'),
    ),
  }),
  password('mobile-taken', { values: { agreement: 'yes' }, refused: new Refused('mobile.taken') }),
  password('activated-meanwhile', { values: { agreement: 'yes' }, refused: new Refused('activation.gone') }),
  account('registered'),
  account('signed-in', { code: 'unsent' }, true),
  account('code-wrong', { code: 'sent', refused: new Refused('otp.wrong', 'code') }, true),
  account('joined-meanwhile', { refused: new Refused('activation.gone') }),
  done('activate-done'),
  done('activate-done-for-service', housingFund),
];
