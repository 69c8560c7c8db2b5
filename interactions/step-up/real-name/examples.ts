import { Refused, type FormRefused, type RefusalCode } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import { housingFund, interaction, sampleAct, sampleForm, several, unfilled, zhangweiAsPerson } from '../../layout/samples.ts';
import type { ProofingPage } from '../../proofing-method.ts';
import { bar } from '../pages.ts';
import { knownModel, realNamePage, type RealNamePage } from './real-name.ts';

interface State {
  readonly values?: Readonly<Record<string, string>>;
  readonly refused?: Refused | FormRefused;
  /** In a registration, where it may be skipped. */
  readonly skippable?: boolean;
  /** Verified before, with a document that has ended. */
  readonly known?: 'ended' | 'again';
}

const fields = ['documentType', 'name', 'documentNumber', 'sex', 'validFrom', 'validUntil', 'longTerm'] as const;

function example(state: string, { values, refused, skippable = false, known }: State = {}): Example {
  return {
    view: 'step-up/real-name/view',
    state,
    service: housingFund,
    model: (scene): ProofingPage & RealNamePage => ({
      progress: bar(scene.say, 'real-name', 1),
      form: sampleForm(scene, { fields, values, refused }),
      back: skippable ? undefined : { href: `${interaction}/step-up`, label: scene.say('layout.back') },
      activate:
        refused instanceof Refused && refused.code === 'identity.waiting'
          ? { href: `${interaction}/activate`, label: scene.say('layout.waiting.activate') }
          : undefined,
      skip: skippable ? { ...sampleAct, label: scene.say('register.skip') } : undefined,
      ...realNamePage(
        scene.profile.documents,
        scene.say,
        known &&
          knownModel(
            {
              ...scene,
              masking: scene.profile.masking,
              mayReadIdentity: true,
              now: new Date(known === 'ended' ? '2038-06-07' : '2026-06-01'),
            },
            zhangweiAsPerson,
          ),
      ),
    }),
  };
}

const zhangwei = {
  documentType: 'resident-id-card',
  name: '张伟',
  documentNumber: '110199199003150113',
  sex: 'male',
  validFrom: '2018-06-06',
  validUntil: '2038-06-06',
  longTerm: 'no',
};

const abdurehim = {
  ...zhangwei,
  name: '阿卜杜热合曼·麦麦提依明·买买提江',
  documentNumber: '650199198512120038',
  validUntil: '',
  longTerm: 'yes',
};

const permit = {
  ...zhangwei,
  documentType: 'hk-permit',
  name: '陈家豪',
  documentNumber: 'H09900001',
  validFrom: '2021-03-22',
  validUntil: '2031-03-21',
};

const wrong = (code: RefusalCode, field: string, reason: string, values: Readonly<Record<string, string>> = {}) => ({
  values: { ...zhangwei, ...values },
  refused: new Refused(code, field, { reason }),
});

const nothing = several(unfilled('name'), unfilled('documentNumber'), unfilled('validFrom'), unfilled('validUntil'));

/** What came of asking the authority, as far as the page is shown again. */
const answers: readonly (readonly [code: RefusalCode, field?: string | undefined, reason?: string])[] = [
  ['identity.mismatch', 'documentNumber'],
  ['identity.invalid', 'documentNumber'],
  ['identity.taken', 'documentNumber'],
  ['identity.waiting', 'documentNumber'],
  ['identity.differs', 'documentNumber'],
  ['identity.unavailable'],
  ['identity.over-quota'],
  ['identity.refused'],
  ['identity.pending'],
  ['identity.too-many'],
  ['identity.too-many', undefined, 'document'],
  ['guardian.required'],
];

export const examples: readonly Example[] = [
  example('empty'),
  example('in-registration', { skippable: true }),
  example('permit', { values: permit }),
  example('permit-without-sex', { values: { ...permit, sex: '' }, refused: unfilled('sex') }),
  example('long-name', { values: abdurehim }),
  example('nothing-filled', { values: { documentType: 'resident-id-card' }, refused: nothing, skippable: true }),
  example('name-with-digits', wrong('name.invalid', 'name', 'digits', { name: '张伟1' })),
  example('number-wrong', wrong('document.invalid', 'documentNumber', 'check-character', { documentNumber: '110199199003150114' })),
  example('other-document', wrong('document.invalid', 'documentNumber', 'other-document-type', { documentType: 'hk-permit' })),
  example('dates-in-wrong-order', wrong('date.invalid', 'validUntil', 'order', { validUntil: '2016-06-06' })),
  example('expired', { values: { ...zhangwei, validUntil: '2026-06-06' }, refused: new Refused('document.expired', 'validUntil') }),
  example('renewal', { known: 'ended' }),
  example('again', { known: 'again' }),
  example('renewal-dates-wrong', {
    known: 'ended',
    values: { validFrom: '2038-06-06', validUntil: '2036-06-06', longTerm: 'no' },
    refused: new Refused('date.invalid', 'validUntil', { reason: 'order' }),
  }),
  ...answers.map(([code, field, reason]) =>
    example(reason ? `${code}.${reason}` : code, { values: zhangwei, refused: new Refused(code, field, { ...(reason && { reason }) }) }),
  ),
];
