import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import type { SourceAnswer, SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { boundedExchange, parseJsonObject, technicalCode } from '../bounded-exchange.ts';
import type { JsonObject } from '../bounded-exchange.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';

/**
 * Signed JSON, as data-sharing platforms of provinces speak it: an application id, a secret agreed per project,
 * a MAC over every request and every answer. The interfaces of the authorities themselves are not public, so the
 * exact form is ours:
 *
 *     POST <url><path>
 *     Content-Type: application/json
 *     X-App-Id, X-Timestamp (milliseconds since 1970), X-Nonce, X-Signature-Algorithm, X-Signature
 *
 *     X-Signature = hex(HMAC(secret, algorithm \n appId \n timestamp \n nonce \n "POST" \n path \n hex(hash(body))))
 *
 * The answer carries X-Signature = hex(HMAC(secret, algorithm \n nonce \n status \n hex(hash(body)))) with the nonce
 * of the request, so that no answer can be changed, replayed or given to another question, and
 *
 *     { "result": "MATCH", "code": "0000", "transactionId": "…" }
 */

/** The suite: international, or GM for deployments under 密评. */
export type SignatureAlgorithm = 'hmac-sha256' | 'hmac-sm3';

export interface SignedJsonOptions {
  /** Base address of the authority's interface. */
  readonly url: string;
  readonly appId: string;
  readonly secret: string;
  readonly algorithm: SignatureAlgorithm;
  readonly clock: Clock;
  /** Limit over everything, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

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
    const ask = () => exchange(options, new URL(`${options.url}${path}`), reference, question);
    const answer = await breaker.call(ask, ({ outcome }) => outcome === 'unavailable');
    return answer ?? unavailable(reference, 'circuit-open');
  };
}

async function exchange(options: SignedJsonOptions, url: URL, reference: string, question: object): Promise<SignedJsonAnswer> {
  const { appId, algorithm, clock, secret, timeoutMs = 5000 } = options;
  const body = JSON.stringify({ reference, ...question });
  const timestamp = String(clock.now().getTime());
  const nonce = randomUUID();
  const answer = await boundedExchange({
    url,
    headers: {
      'content-type': 'application/json',
      'x-app-id': appId,
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature-algorithm': algorithm,
      'x-signature': sign(algorithm, secret, [appId, timestamp, nonce, 'POST', url.pathname], body).toString('hex'),
    },
    body,
    timeoutMs,
    ...(options.fetch && { fetch: options.fetch }),
  });
  if (answer.failure) return unavailable(reference, answer.failure);
  const expected = sign(algorithm, secret, [nonce, String(answer.status)], answer.body);
  if (!sameSignature(expected, answer.headers.get('x-signature'))) return unavailable(reference, `unsigned-${answer.status}`);
  return read(answer.status, parseJsonObject(answer.body), reference);
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

function sign(algorithm: SignatureAlgorithm, secret: string, lines: readonly string[], body: string | Buffer): Buffer {
  const hash = algorithm === 'hmac-sm3' ? 'sm3' : 'sha256';
  const bodyHash = createHash(hash).update(body).digest('hex');
  return createHmac(hash, secret).update([algorithm, ...lines, bodyHash].join('\n')).digest();
}

function sameSignature(expected: Buffer, given: string | null): boolean {
  const bytes = Buffer.from(given ?? '', 'hex');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
