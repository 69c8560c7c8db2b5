import type { Activation } from '../../src/domain/person/activation-store.ts';
import { Refused, type FormRefused, type RefusalCode } from '../../src/domain/refused.ts';
import type { Example } from '../journey.ts';
import { housingFund, interaction, longName, sampleForm, several, unfilled, zhangweiAsPerson, type SampleForm } from '../layout/samples.ts';
import { documentPageModel, doneModel, identityPageModel, mobilePageModel, nobodyModel, passwordPageModel } from './pages.ts';

const bound = '15012340058';
const given = '13912341234';

function document(state: string, form: Partial<SampleForm> = {}): Example {
  const fields = ['documentType', 'documentNumber', 'mobile', 'code'] as const;
  return {
    view: 'activate/document',
    state,
    service: housingFund,
    model: (scene) => documentPageModel(scene, scene.profile, sampleForm(scene, { fields, code: 'unsent', ...form }), interaction),
  };
}

function mobile(state: string, form: Partial<SampleForm> = {}): Example {
  return {
    view: 'activate/mobile',
    state,
    model: (scene) =>
      mobilePageModel(scene, {
        form: sampleForm(scene, { fields: ['code'], code: 'unsent', ...form }),
        bound,
        given,
        base: `${interaction}/activate`,
      }),
  };
}

interface IdentityState {
  readonly activation?: Activation;
  readonly replacing?: boolean;
  readonly values?: Readonly<Record<string, string>>;
  readonly refused?: Refused | FormRefused;
}

const waiting: Activation = { person: zhangweiAsPerson, mobile: bound, source: 'health-code' };

function identity(state: string, { activation = waiting, replacing = false, values, refused }: IdentityState = {}): Example {
  return {
    view: 'activate/identity',
    state,
    service: housingFund,
    model: (scene) =>
      identityPageModel(scene, scene.profile, {
        form: sampleForm(scene, { fields: ['name', 'validFrom', 'validity'], values, refused }),
        activation,
        mobile: replacing ? given : bound,
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

function done(state: string, service?: Example['service']): Example {
  return {
    view: 'layout/result',
    state,
    ...(service ? { service } : {}),
    model: (scene) => doneModel(scene, scene.profile, { service: service?.(scene.locale)?.name, finish: `${interaction}/activate/finish` }),
  };
}

const sought = { documentType: 'resident-id-card', documentNumber: '110199199003150113', mobile: bound };
const dates = { validFrom: '2018-06-06', validity: '20' };
const lengths = { min: 8, max: 64 };

/** What came of asking the authority. */
const answers: readonly (readonly [code: RefusalCode, field?: string, reason?: string])[] = [
  ['identity.mismatch', 'validFrom', 'activation'],
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
  document('mobile-taken', { code: 'sent-before', values: sought, refused: new Refused('mobile.taken', 'mobile') }),
  { view: 'layout/result', state: 'activate-nobody', model: (scene) => nobodyModel(scene, interaction) },
  mobile('other-mobile'),
  mobile('other-mobile-sent', { code: 'sent' }),
  mobile('other-mobile-code-wrong', { code: 'sent', refused: new Refused('otp.wrong', 'code') }),
  identity('bound-mobile'),
  identity('new-mobile', { replacing: true }),
  identity('no-mobile', { replacing: true, activation: { ...waiting, mobile: undefined } }),
  identity('long-name', { activation: { ...waiting, person: longName } }),
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
  done('activate-done'),
  done('activate-done-for-service', housingFund),
];
