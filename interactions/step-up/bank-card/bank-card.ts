import { mask } from '../../../src/domain/person/masking.ts';
import type { DocumentType } from '../../../src/domain/person/document-number.ts';
import type { BankCardPolicy, Profile } from '../../../src/domain/policy.ts';
import { checkBankCard, verifyBankCard } from '../../../src/domain/proofing/bank-card.ts';
import type { BankCardSource } from '../../../src/domain/proofing/identity-source.ts';
import type { ProofDeps } from '../../../src/domain/proofing/proof.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Words } from '../../../src/http/words.ts';
import type { ProofingMethod, ProofingScene } from '../../proofing-method.ts';

export interface BankCardDeps extends ProofDeps {
  readonly bankCardSource: BankCardSource;
  readonly documents: readonly DocumentType[];
  readonly policy: BankCardPolicy;
  readonly masking: Profile['masking'];
  readonly agreement: Profile['brand']['bankCardAgreement'];
  readonly words: Words;
}

const form = textFields(
  { documentType: 40, bankCard: 40, reservedMobile: 32, agreement: 5 },
  ['documentType', 'bankCard', 'reservedMobile'],
);

/** 银行卡认证 – four elements of a bank card of the verified person (RN-21). */
export function bankCard(deps: BankCardDeps): ProofingMethod {
  const { policy } = deps;
  return {
    name: 'bank-card',
    needsPerson: true,
    fields: ['documentType', 'bankCard', 'reservedMobile', 'agreement'],
    page: (scene) => ({
      known: known(deps, scene),
      documentTypes: deps.documents.map((type) => ({ value: type, label: scene.say(`layout.document.type.${type}`) })),
      notices: notices(policy).map((key) => scene.say(`step-up.bank-card.notice.${key}`)),
      agreement: policy.agreement
        ? { href: '/help/bank-card-agreement', label: deps.agreement.title[scene.ctx.state.locale] }
        : undefined,
    }),
    async verify({ values }, { applicant, account, person }) {
      if (!person || applicant.personId === undefined) throw new Refused('form.stale');
      const { bankCard: number = '', reservedMobile = '', agreement } = values;
      const card = checkFormAnd(form, values, () =>
        checkBankCard({ bankCard: number, reservedMobile, agreement: agreement !== undefined }, account, policy),
      );
      // The bank knows the person by the document of the opening day; only the verified one can be compared (RN-27).
      if (values.documentType !== person.document.type) {
        throw new Refused('document.invalid', 'documentType', { reason: 'not-verified' });
      }
      await verifyBankCard(deps, { ...applicant, personId: applicant.personId }, person, card, policy);
    },
  };
}

function known({ words, masking }: BankCardDeps, { ctx, person }: ProofingScene) {
  if (!person) return undefined;
  return {
    name: maskedModel(words, ctx.state.locale, mask.name(person.name, masking.name)),
    document: maskedModel(words, ctx.state.locale, mask.document(person.document.number, masking.document)),
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
