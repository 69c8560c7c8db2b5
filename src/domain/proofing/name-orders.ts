import { randomUUID } from 'node:crypto';
import { documentTypes } from '../person/document-number.ts';
import { nameOrders } from '../person/person-name.ts';
import type { IdentitySource } from './identity-source.ts';

/**
 * Names in letters are typed given name first or surname first, and documents print one order, which only the register
 * knows: it is asked about the same words in the orders they may stand in, until one matches. No word is left out, put in or
 * changed, so that a match says as much as ever. Names of Han characters, and documents that print them, are asked once.
 */
export function inEveryOrder(source: IdentitySource): IdentitySource {
  return {
    name: source.name,
    async check(check, reference) {
      const orders = documentTypes[check.documentType].inLetters ? nameOrders(check.name) : [check.name];
      let answer = await source.check(check, reference);
      for (const name of orders.slice(1)) {
        if (answer.outcome !== 'mismatch') break;
        answer = { ...(await source.check({ ...check, name }, randomUUID())), name };
      }
      return answer;
    },
  };
}
