import { isAgreed } from '../../../src/domain/agreement.ts';
import type { Person } from '../../../src/domain/person/account.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { shownName } from '../../../src/domain/person/person-name.ts';
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
import type { CodeFormDeps } from '../../../src/http/step-form.ts';
import type { Words } from '../../../src/http/words.ts';
import type { ProofingMethod } from '../../proofing-method.ts';
import { possessionOf, requiresCode, reservedMobileForm, sendReservedCode } from './reserved-mobile.ts';

export interface BankCardDeps extends ProofDeps, CodeFormDeps {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly bankCardSource: BankCardSource;
  readonly documents: readonly DocumentType[];
  readonly policy: BankCardPolicy;
  readonly masking: Profile['masking'];
  readonly agreement: Profile['brand']['bankCardAgreement'];
  readonly words: Words;
}

export const bankCardFields = ['documentType', 'bankCard', 'reservedMobile', 'agreement'] as const;

const asked = ['documentType', 'bankCard', 'reservedMobile', 'code', 'agreement'] as const;

function schemasOf({ documentType }: BankCardPolicy) {
  const required = [...(documentType ? (['documentType'] as const) : []), 'bankCard', 'reservedMobile'] as const;
  return { plain: textFields(asked, required), withCode: textFields(asked, [...required, 'code']) };
}

/** 银行卡认证 – four elements of a bank card of the verified person, and the mobile reserved at the bank in their hand (RN-21, RN-29). */
export function bankCard(deps: BankCardDeps): ProofingMethod {
  const { policy } = deps;
  const schemas = schemasOf(policy);
  return {
    name: 'bank-card',
    needsPerson: true,
    fields: bankCardFields,
    form: (state, scene) => reservedMobileForm(deps, state, scene, bankCardFields),
    actions: { 'send-code': (submitted, scene) => sendReservedCode(deps, submitted, scene) },
    page({ ctx, person, mobileProven, mayReadIdentity }) {
      if (!person) throw new Refused('form.stale');
      return bankCardPage({ ...deps, locale: ctx.state.locale, mobileProven, mayReadIdentity }, person);
    },
    async verify({ values }, scene) {
      const { applicant, account, person } = scene;
      if (!person || applicant.personId === undefined) throw new Refused('form.stale');
      const { bankCard: number = '', reservedMobile = '', agreement } = values;
      const schema = (await requiresCode(deps, scene, reservedMobile)) ? schemas.withCode : schemas.plain;
      const card = checkFormAnd(schema, values, () =>
        checkBankCard({ bankCard: number, reservedMobile, agreement: isAgreed(agreement) }, account, policy),
      );
      // The bank knows the person by the document of the opening day; only the verified one can be compared (RN-27).
      if (policy.documentType && values.documentType !== person.document.type) {
        throw new Refused('document.invalid', 'documentType', { reason: 'not-verified' });
      }
      await lookAgain(deps, applicant.accountId, card);
      const possession = possessionOf(deps, scene, card, values.code ?? '');
      await verifyBankCard(deps, { ...applicant, personId: applicant.personId }, person, { card, possession }, policy);
      return undefined;
    },
  };
}

/** What the view needs besides progress, form and the ways back. */
export interface BankCardPage {
  readonly known: { readonly name: MaskedModel; readonly document: MaskedModel };
  /** None where the city does not ask. */
  readonly documentTypes: readonly { readonly value: string; readonly label: string }[];
  readonly notices: readonly string[];
  /** The mobile of the account needs no code now. */
  readonly mobileProven: boolean;
  /** Where the city wants one. */
  readonly agreement: Link | undefined;
}

export interface BankCardScene extends Pick<BankCardDeps, 'documents' | 'policy' | 'masking' | 'agreement' | 'words'> {
  readonly locale: Locale;
  readonly mobileProven: boolean;
  readonly mayReadIdentity: boolean;
}

export function bankCardPage(
  { documents, policy, masking, agreement, words, locale, mobileProven, mayReadIdentity }: BankCardScene,
  person: Person,
): BankCardPage {
  return {
    known: {
      name: maskedModel(words, locale, mask.name(shownName(person), masking.name)),
      document: maskedModel(words, locale, mayReadIdentity ? mask.document(person.document.number, masking.document) : mask.whole()),
    },
    documentTypes: policy.documentType
      ? documents.map((type) => ({ value: type, label: words.text(locale, `layout.document.type.${type}`) }))
      : [],
    notices: notices(policy).map((key) => words.text(locale, `step-up.bank-card.notice.${key}`)),
    mobileProven,
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
