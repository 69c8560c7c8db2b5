import type { DocumentType } from '../../../src/domain/person/document-number.ts';
import type { PersonNamePolicy } from '../../../src/domain/person/person-name.ts';
import type { IdentitySource } from '../../../src/domain/proofing/identity-source.ts';
import type { ProofDeps } from '../../../src/domain/proofing/proof.ts';
import { checkRealName, verifyRealName } from '../../../src/domain/proofing/real-name.ts';
import { textFields } from '../../../src/http/form-schema.ts';
import type { ProofingMethod } from '../../proofing-method.ts';

export interface RealNameDeps extends ProofDeps {
  readonly identitySource: IdentitySource;
  readonly documents: readonly DocumentType[];
  readonly personName: PersonNamePolicy;
}

/** 实名认证 – document and name against the population register (RN-12). */
export function realName(deps: RealNameDeps): ProofingMethod {
  return {
    name: 'real-name',
    needsPerson: false,
    fields: ['documentType', 'name', 'documentNumber', 'sex', 'validFrom', 'validUntil', 'longTerm'],
    form: textFields(
      { documentType: 40, name: 200, documentNumber: 64, sex: 10, validFrom: 20, validUntil: 20, longTerm: 5 },
      [],
    ),
    page: ({ say }) => ({
      notice: say('step-up.real-name.notice'),
      documentTypes: deps.documents.map((type) => ({ value: type, label: say(`layout.document.type.${type}`) })),
      sexes: ['male', 'female'].map((sex) => ({ value: sex, label: say(`layout.sex.${sex}`) })),
    }),
    async verify({ values }, { applicant }) {
      const identity = checkRealName(
        {
          documentType: values.documentType ?? '',
          name: values.name ?? '',
          documentNumber: values.documentNumber ?? '',
          sex: values.sex,
          validFrom: values.validFrom ?? '',
          validUntil: values.validUntil ?? '',
          longTerm: values.longTerm === 'yes',
        },
        deps,
        deps.clock.now(),
      );
      await verifyRealName(deps, applicant, identity);
    },
  };
}
