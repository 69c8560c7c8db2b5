import { isAgreed } from '../../../src/domain/agreement.ts';
import type { Person } from '../../../src/domain/person/account.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import type { DocumentType } from '../../../src/domain/person/document-number.ts';
import type { BankCardPolicy, Profile } from '../../../src/domain/policy.ts';
import { checkBankCard, lookAgain, verifyBankCard } from '../../../src/domain/proofing/bank-card.ts';
import type { BankCardSource } from '../../../src/domain/proofing/identity-source.ts';
import type { ProofDeps } from '../../../src/domain/proofing/proof.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { OnceStore } from '../../../src/domain/short-lived.ts';
import type { Vault } from '../../../src/domain/vault.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Link, Locale, MaskedModel } from '../../../src/http/page-model.ts';
import type { Words } from '../../../src/http/words.ts';
import type { ProofingMethod } from '../../proofing-method.ts';

export interface BankCardDeps extends ProofDeps {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly bankCardSource: BankCardSource;
  readonly documents: readonly DocumentType[];
  readonly policy: BankCardPolicy;
  readonly masking: Profile['masking'];
  readonly agreement: Profile['brand']['bankCardAgreement'];
  readonly words: Words;
}

const form = textFields({ documentType: 40, bankCard: 40, reservedMobile: 32, agreement: 5 }, [
  'documentType',
  'bankCard',
  'reservedMobile',
]);

/** 银行卡认证 – four elements of a bank card of the verified person (RN-21). */
export function bankCard(deps: BankCardDeps): ProofingMethod {
  const { policy } = deps;
  return {
    name: 'bank-card',
    needsPerson: true,
    fields: ['documentType', 'bankCard', 'reservedMobile', 'agreement'],
    page({ ctx, person }) {
      if (!person) throw new Refused('form.stale');
      return bankCardPage({ ...deps, locale: ctx.state.locale }, person);
    },
    async verify({ values }, { applicant, account, person }) {
      if (!person || applicant.personId === undefined) throw new Refused('form.stale');
      const { bankCard: number = '', reservedMobile = '', agreement } = values;
      const card = checkFormAnd(form, values, () =>
        checkBankCard({ bankCard: number, reservedMobile, agreement: isAgreed(agreement) }, account, policy),
      );
      // The bank knows the person by the document of the opening day; only the verified one can be compared (RN-27).
      if (values.documentType !== person.document.type) {
        throw new Refused('document.invalid', 'documentType', { reason: 'not-verified' });
      }
      await lookAgain(deps, applicant.accountId, card);
      await verifyBankCard(deps, { ...applicant, personId: applicant.personId }, person, card, policy);
      return undefined;
    },
  };
}

/** What the view needs besides progress, form and the ways back. */
export interface BankCardPage {
  readonly known: { readonly name: MaskedModel; readonly document: MaskedModel };
  readonly documentTypes: readonly { readonly value: string; readonly label: string }[];
  readonly notices: readonly string[];
  /** Where the city wants one. */
  readonly agreement: Link | undefined;
}

export interface BankCardScene extends Pick<BankCardDeps, 'documents' | 'policy' | 'masking' | 'agreement' | 'words'> {
  readonly locale: Locale;
}

export function bankCardPage({ documents, policy, masking, agreement, words, locale }: BankCardScene, person: Person): BankCardPage {
  return {
    known: {
      name: maskedModel(words, locale, mask.name(person.name, masking.name)),
      document: maskedModel(words, locale, mask.document(person.document.number, masking.document)),
    },
    documentTypes: documents.map((type) => ({ value: type, label: words.text(locale, `layout.document.type.${type}`) })),
    notices: notices(policy).map((key) => words.text(locale, `step-up.bank-card.notice.${key}`)),
    agreement: policy.agreement ? { href: '/help/bank-card-agreement', label: agreement.title[locale] } : undefined,
  };
}

/** Said before, not after, a card is refused (NOT-17). */
function notices(policy: BankCardPolicy): readonly string[] {
  return [
    ...(policy.debitOnly ? ['debit'] : []),
    ...(policy.classIOnly ? ['class-i'] : []),
    'reserved-mobile',
    ...(policy.mobileMustMatchAccount ? ['same-mobile'] : []),
  ];
}
