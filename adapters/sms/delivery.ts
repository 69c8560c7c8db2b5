import type { DeliveryResult } from '../../src/domain/notification/outbox.ts';
import type { BoundedFailure } from '../bounded-exchange.ts';

/**
 * What a gateway without a usable answer means for a message. Only what certainly was not accepted may be tried
 * again: two codes in a row confuse people and cost twice.
 */
export function withoutAnswer(failure: BoundedFailure): DeliveryResult {
  return { result: failure === 'not-connected' ? 'unavailable' : 'ambiguous', reason: failure };
}

/** An answer that is not the vendor's: a proxy that sheds load never passed the message on, any other may have. */
export function unreadableAnswer(status: number): DeliveryResult {
  return { result: status === 429 || status === 503 ? 'unavailable' : 'ambiguous', reason: `malformed-${status}` };
}
