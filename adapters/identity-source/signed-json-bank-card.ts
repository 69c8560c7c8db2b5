import type { BankCardAnswer, BankCardSource } from '../../src/domain/proofing/identity-source.ts';
import { createSignedJson } from './signed-json.ts';
import type { SignedJsonOptions } from '../signed-exchange.ts';

/**
 * Bank card check behind a data-sharing platform. It also says whether the card is a debit card and which class its
 * account has, for deployments that take only some (RN-22, RN-23), because no public cloud API says the class.
 */
export function createSignedJsonBankCard(options: SignedJsonOptions): BankCardSource {
  const ask = createSignedJson(options);
  return {
    name: 'signed-json-bank-card',
    async check(check, reference) {
      const { members, ...answer } = await ask('/v1/bank-card-checks', reference, {
        name: check.name.normalize('NFC'),
        documentType: check.documentType,
        documentNumber: check.documentNumber.toUpperCase(),
        bankCard: check.bankCard,
        reservedMobile: check.reservedMobile,
      });
      const cardKind = cardKinds.get(members['cardKind']);
      const accountClass = accountClasses.get(members['accountClass']);
      return { ...answer, ...(cardKind && { cardKind }), ...(accountClass && { accountClass }) };
    },
  };
}

const cardKinds: ReadonlyMap<unknown, NonNullable<BankCardAnswer['cardKind']>> = new Map([
  ['DEBIT', 'debit'],
  ['CREDIT', 'credit'],
]);

const accountClasses: ReadonlyMap<unknown, NonNullable<BankCardAnswer['accountClass']>> = new Map([
  [1, 'I'],
  [2, 'II'],
  [3, 'III'],
]);
