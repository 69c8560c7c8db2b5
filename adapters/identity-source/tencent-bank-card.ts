import type { BankCardSource } from '../../src/domain/proofing/identity-source.ts';
import { createTencentFaceid, unsupportedDocument } from './tencent-faceid.ts';
import type { TencentFaceidOptions, TencentResults } from './tencent-faceid.ts';

/** `BankCard4EVerification` (contracts 2.2); the actions for two and three elements number their results differently. */
const results: TencentResults = {
  '0': 'match',
  '-1': 'mismatch',
  '-2': 'invalid', // name
  '-3': 'invalid', // number of the document
  '-4': 'invalid', // number of the card
  '-5': 'invalid', // mobile
  '-6': 'mismatch', // holder
  '-7': 'invalid', // not opened for payments without the card
  '-8': 'invalid', // confiscated
  '-9': 'invalid', // no such card
  '-10': 'invalid', // no such issuer
  '-11': 'invalid', // dormant
  '-12': 'refused', // suspected of fraud
  '-13': 'invalid', // lost
  '-14': 'invalid', // expired
  '-15': 'invalid', // restricted
  '-16': 'refused', // too many wrong PINs
  '-17': 'refused', // by the issuer
  '-18': 'unavailable', // busy
  '-19': 'over-quota', // tomorrow again
  '-20': 'unavailable', // document type unsupported
  '-21': 'invalid', // abnormal state
};

/**
 * Four elements of a bank card through Tencent, for holders of a resident identity card. It says neither the kind of
 * card nor the class of account: a deployment that needs them takes signed-json-bank-card.ts.
 */
export function createTencentBankCard(options: TencentFaceidOptions): BankCardSource {
  const call = createTencentFaceid(options);
  return {
    name: 'tencent-bank-card',
    async check({ name, documentType, documentNumber, bankCard, reservedMobile }, reference) {
      if (documentType !== 'resident-id-card') return unsupportedDocument(reference);
      const parameters = {
        Name: name.normalize('NFC'),
        BankCard: bankCard,
        Phone: reservedMobile,
        IdCard: documentNumber.toUpperCase(),
        CertType: 0,
      };
      return call('BankCard4EVerification', reference, parameters, results);
    },
  };
}
