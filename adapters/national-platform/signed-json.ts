import type { NationalPlatform } from '../../src/domain/notification/national-platform.ts';
import type { DeliveryResult } from '../../src/domain/notification/outbox.ts';
import { technicalCode } from '../bounded-exchange.ts';
import { signedExchange, type SignedAnswer, type SignedJsonOptions } from '../signed-exchange.ts';

/**
 * The national government service platform behind a province's data-sharing platform, in signed JSON. Its interface is
 * not public; this one is ours:
 *
 *     POST <url>/v1/users  { "reference", "userId", "mobile", "consentVersion", "consentedAt" }
 *     { "result": "ACCEPTED", "code": "0000", "transactionId": "…" }
 *
 * The reference names the job: a second delivery of it is answered like the first.
 */
export function createNationalPlatform(options: SignedJsonOptions): NationalPlatform {
  return {
    name: 'national-platform',
    async addUser({ id, userId, mobile, consent }) {
      const user = { reference: id, userId, mobile, consentVersion: consent.version, consentedAt: consent.at };
      return resultOf(await signedExchange(options, '/v1/users', user), id);
    },
  };
}

/** What is no answer of theirs may be tried again: the reference makes that harmless. */
function resultOf(answer: SignedAnswer, id: string): DeliveryResult {
  if (answer.failure !== undefined) return { result: 'unavailable', reason: answer.failure };
  const { status, members } = answer;
  const reason = technicalCode(members?.['code']) ?? `status-${status}`;
  if (!members || status >= 500 || status === 429) return { result: 'unavailable', reason };
  if (members['result'] === 'ACCEPTED') return { result: 'sent', reference: technicalCode(members['transactionId']) ?? id };
  return { result: 'rejected', reason };
}
