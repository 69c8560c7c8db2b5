import type { IdentitySource } from '../../src/domain/proofing/identity-source.ts';
import { createSignedJson } from './signed-json.ts';
import type { SignedJsonOptions } from '../signed-exchange.ts';

/**
 * Population register of the public-security authority behind a data-sharing platform (RN-16), for every type of
 * document. The name goes out as it was typed, in NFC: NFKC would replace characters that the register tells apart.
 */
export function createPublicSecurity(options: SignedJsonOptions): IdentitySource {
  const ask = createSignedJson(options);
  return {
    name: 'public-security',
    async check(check, reference) {
      const { members: _, ...answer } = await ask('/v1/identity-checks', reference, {
        documentType: check.documentType,
        documentNumber: check.documentNumber.toUpperCase(),
        name: check.name.normalize('NFC'),
        sex: check.sex,
        birthDate: check.birthDate,
        validFrom: check.validFrom,
        validUntil: check.validUntil,
      });
      return answer;
    },
  };
}
