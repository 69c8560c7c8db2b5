import type { DocumentType } from '../../../src/domain/person/document-number.ts';
import type { PersonNamePolicy } from '../../../src/domain/person/person-name.ts';
import type { IdentitySource } from '../../../src/domain/proofing/identity-source.ts';
import type { ProofDeps } from '../../../src/domain/proofing/proof.ts';
import { checkRealName, recordRealName, verifyRealName, type RealNameForm } from '../../../src/domain/proofing/real-name.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import type { Say } from '../../../src/http/words.ts';
import type { ProofingMethod } from '../../proofing-method.ts';

export interface RealNameDeps extends ProofDeps {
  readonly identitySource: IdentitySource;
  readonly documents: readonly DocumentType[];
  readonly personName: PersonNamePolicy;
}

const form = textFields(
  { documentType: 40, name: 200, documentNumber: 64, sex: 10, validFrom: 20, validUntil: 20, longTerm: 5 },
  ['documentType', 'name', 'documentNumber', 'validFrom'],
);

/** 实名认证 – document and name against the population register (RN-12). */
export function realName(deps: RealNameDeps): ProofingMethod {
  return {
    name: 'real-name',
    needsPerson: false,
    fields: ['documentType', 'name', 'documentNumber', 'sex', 'validFrom', 'validUntil', 'longTerm'],
    page: ({ say }) => realNamePage(deps.documents, say),
    async verify({ values }, { applicant }) {
      const identity = checkFormAnd(form, values, () => checkRealName(realNameForm(values), deps, deps.clock.now()));
      return verifyRealName(deps, applicant, identity);
    },
    record: (confirmed, guardian, { applicant }) => recordRealName(deps, applicant, confirmed, guardian),
  };
}

/** What the view needs besides progress, form and the ways back. */
export interface RealNamePage {
  readonly notice: string;
  readonly documentTypes: readonly { readonly value: string; readonly label: string }[];
  readonly sexes: readonly { readonly value: string; readonly label: string }[];
}

export function realNamePage(documents: readonly DocumentType[], say: Say): RealNamePage {
  return {
    notice: say('step-up.real-name.notice'),
    documentTypes: documents.map((type) => ({ value: type, label: say(`layout.document.type.${type}`) })),
    sexes: ['male', 'female'].map((sex) => ({ value: sex, label: say(`layout.sex.${sex}`) })),
  };
}

function realNameForm(values: SubmittedForm['values']): RealNameForm {
  const { documentType = '', name = '', documentNumber = '', sex, validFrom = '', validUntil = '', longTerm } = values;
  return { documentType, name, documentNumber, sex, validFrom, validUntil, longTerm: longTerm === 'yes' };
}
