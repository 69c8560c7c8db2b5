import type { Person } from '../../../src/domain/person/account.ts';
import { Refused, type FormRefused, type RefusalCode } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import {
  foreigner,
  housingFund,
  interaction,
  longName,
  sampleForm,
  several,
  unfilled,
  zhangweiAsPerson,
  type CodeState,
} from '../../layout/samples.ts';
import type { ProofingPage } from '../../proofing-method.ts';
import { bar } from '../pages.ts';
import { bankCardFields, bankCardPage, type BankCardPage } from './bank-card.ts';

interface State {
  readonly person?: Person;
  readonly values?: Readonly<Record<string, string>>;
  readonly refused?: Refused | FormRefused;
  /** The strictest rules a city may have. */
  readonly strict?: boolean;
  /** `proven`: not asked for, as where the mobile of the account was proven and typed. */
  readonly code?: CodeState | 'proven';
  /** The mobile of the account was proven a moment ago. */
  readonly mobileProven?: boolean;
}

function example(
  state: string,
  { person = zhangweiAsPerson, values, refused, strict = false, code = values ? 'proven' : 'unsent', mobileProven = true }: State = {},
): Example {
  return {
    view: 'step-up/bank-card/view',
    state,
    service: housingFund,
    model: (scene): ProofingPage & BankCardPage => {
      const { documents, bankCard, masking, brand } = scene.profile;
      const policy = strict
        ? { debitOnly: true, classIOnly: true, mobileMustMatchAccount: true, documentType: true, agreement: true }
        : bankCard;
      return {
        progress: bar(scene.say, 'bank-card', 1),
        form: sampleForm(scene, {
          fields: [...bankCardFields, 'code'],
          values: { documentType: person.document.type, ...values },
          refused,
          code: code === 'proven' ? undefined : code,
        }),
        back: { href: `${interaction}/step-up`, label: scene.say('layout.back') },
        ...bankCardPage(
          {
            documents,
            policy,
            masking,
            agreement: brand.bankCardAgreement,
            words: scene.words,
            locale: scene.locale,
            mobileProven,
            mayReadIdentity: true,
          },
          person,
        ),
      };
    },
  };
}

const values = { bankCard: '6299000000000000010', reservedMobile: '13800000001', agreement: 'yes' };

const otherMobile = { ...values, reservedMobile: '13900000001' };

const wrong = (code: RefusalCode, field?: string, reason?: string) => ({
  values,
  refused: new Refused(code, field, reason === undefined ? {} : { reason }),
});

const nothing = several(unfilled('bankCard'), unfilled('reservedMobile'), new Refused('agreement.required', 'agreement'));

export const examples: readonly Example[] = [
  example('empty'),
  example('strict', { strict: true }),
  example('mobile-not-proven', { mobileProven: false }),
  example('code-sent', { values: otherMobile, code: 'sent' }),
  example('code-missing', { values: otherMobile, code: 'unsent', refused: unfilled('code') }),
  example('code-wrong', { values: otherMobile, code: 'sent-before', refused: new Refused('otp.wrong', 'code') }),
  example('filled', { values }),
  example('long-name', { person: longName }),
  example('foreigner', { person: foreigner }),
  example('nothing-filled', { refused: nothing, strict: true }),
  example('number-too-short', { ...wrong('bank-card.invalid', 'bankCard', 'length'), values: { ...values, bankCard: '62990000' } }),
  example('credit-card', wrong('bank-card.not-debit', 'bankCard')),
  example('class-ii', { ...wrong('bank-card.class', 'bankCard'), strict: true }),
  example('other-mobile', { ...wrong('bank-card.mobile-differs', 'reservedMobile'), strict: true }),
  example('other-document', { ...wrong('document.invalid', 'documentType', 'not-verified'), strict: true }),
  example('identity.mismatch', wrong('identity.mismatch', 'bankCard', 'bank-card')),
  example('identity.invalid', wrong('identity.invalid', 'bankCard', 'bank-card')),
  example('identity.unavailable', wrong('identity.unavailable')),
  example('identity.over-quota', wrong('identity.over-quota')),
  example('identity.refused', wrong('identity.refused')),
  example('identity.pending', wrong('identity.pending')),
  example('identity.too-many', wrong('identity.too-many', undefined, 'bank-card')),
];
