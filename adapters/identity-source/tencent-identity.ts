import type { IdentitySource } from '../../src/domain/proofing/identity-source.ts';
import { createTencentFaceid, unsupportedDocument } from './tencent-faceid.ts';
import type { TencentFaceidOptions, TencentResults } from './tencent-faceid.ts';

/** Name, number and validity (contracts 2.1). */
const nameDateResults: TencentResults = {
  '0': 'match',
  '-1': 'mismatch',
  '-2': 'invalid', // number
  '-3': 'invalid', // name
  '-4': 'invalid', // dates
  '-5': 'invalid', // identity no longer valid
  '-6': 'unavailable',
  '-7': 'no-record',
  '-8': 'over-quota',
};

/** Name and number, where the dates are not known. */
const nameResults: TencentResults = {
  '0': 'match',
  '-1': 'mismatch',
  '-2': 'invalid', // number
  '-3': 'invalid', // name
  '-4': 'unavailable',
  '-5': 'no-record',
  '-6': 'unavailable', // source is being upgraded
  '-7': 'over-quota',
};

/** Resident identity cards through Tencent's `CheckIdNameDate` and `IdCardVerification`; the sex is not compared. */
export function createTencentIdentity(options: TencentFaceidOptions): IdentitySource {
  const call = createTencentFaceid(options);
  return {
    name: 'tencent-identity',
    async check({ documentType, documentNumber, name, validFrom, validUntil }, reference) {
      if (documentType !== 'resident-id-card') return unsupportedDocument(reference);
      // A lower-case x is refused as a wrong number.
      const person = { IdCard: documentNumber.toUpperCase(), Name: name.normalize('NFC') };
      if (validFrom === undefined || validUntil === undefined) {
        return call('IdCardVerification', reference, person, nameResults);
      }
      const dates = { ValidityBegin: compact(validFrom), ValidityEnd: validUntil === 'long-term' ? '00000000' : compact(validUntil) };
      return call('CheckIdNameDate', reference, { ...person, ...dates }, nameDateResults);
    },
  };
}

function compact(date: string): string {
  return date.replaceAll('-', '');
}
