import type { SourceAnswer, SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { technicalCode } from '../bounded-exchange.ts';
import type { JsonObject } from '../bounded-exchange.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { signedExchange, type SignedJsonOptions } from '../signed-exchange.ts';

/**
 * Questions to an authority in signed JSON (signed-exchange.ts). It answers
 *
 *     { "result": "MATCH", "code": "0000", "transactionId": "…" }
 */

/** An answer with all members of its JSON, for sources that say more than the outcome. */
export interface SignedJsonAnswer extends SourceAnswer {
  readonly members: JsonObject;
}

/** Asks one question. Never throws; whatever is not a well-signed, well-formed answer in time is `unavailable`. */
export type AskSignedJson = (path: string, reference: string, question: object) => Promise<SignedJsonAnswer>;

const outcomes: ReadonlyMap<unknown, SourceOutcome> = new Map([
  ['MATCH', 'match'],
  ['MISMATCH', 'mismatch'],
  ['NO_RECORD', 'no-record'],
  ['INVALID', 'invalid'],
  ['OVER_QUOTA', 'over-quota'],
  ['REFUSED', 'refused'],
  ['PENDING', 'pending'],
]);

/** A client with its own circuit breaker. `reference` is sent as our transaction id. */
export function createSignedJson(options: SignedJsonOptions): AskSignedJson {
  const breaker = createCircuitBreaker(options);
  return async (path, reference, question) => {
    const ask = () => exchange(options, path, reference, question);
    const answer = await breaker.call(ask, ({ outcome }) => outcome === 'unavailable');
    return answer ?? unavailable(reference, 'circuit-open');
  };
}

async function exchange(options: SignedJsonOptions, path: string, reference: string, question: object): Promise<SignedJsonAnswer> {
  const answer = await signedExchange(options, path, { reference, ...question });
  return answer.failure === undefined ? read(answer.status, answer.members, reference) : unavailable(reference, answer.failure);
}

function read(status: number, members: JsonObject | undefined, reference: string): SignedJsonAnswer {
  const outcome = outcomes.get(members?.['result']);
  const reason = technicalCode(members?.['code']);
  if (!members || !outcome || status >= 500) return unavailable(reference, reason ?? `malformed-${status}`);
  return {
    outcome,
    ...(reason !== undefined && { reason }),
    reference: technicalCode(members['transactionId']) ?? reference,
    members,
  };
}

function unavailable(reference: string, reason: string): SignedJsonAnswer {
  return { outcome: 'unavailable', reason, reference, members: {} };
}
