import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../src/domain/clock.ts';
import { boundedExchange, parseJsonObject, type JsonObject } from './bounded-exchange.ts';

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
 * is a JSON object with a `result`, the other side's own `code` and its `transactionId`.
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

/** A well-signed answer, or why there is none; `members` are undefined when it holds no JSON object. */
export type SignedAnswer =
  | { readonly failure: string }
  | { readonly failure?: undefined; readonly status: number; readonly members: JsonObject | undefined };

/** Sends one signed question. Never throws. */
export async function signedExchange(options: SignedJsonOptions, path: string, question: object): Promise<SignedAnswer> {
  const { appId, algorithm, clock, secret, timeoutMs = 5000 } = options;
  const url = new URL(`${options.url}${path}`);
  const body = JSON.stringify(question);
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
  if (answer.failure) return { failure: answer.failure };
  const expected = sign(algorithm, secret, [nonce, String(answer.status)], answer.body);
  if (!sameSignature(expected, answer.headers.get('x-signature'))) return { failure: `unsigned-${answer.status}` };
  return { status: answer.status, members: parseJsonObject(answer.body) };
}

function sign(algorithm: SignatureAlgorithm, secret: string, lines: readonly string[], body: string | Buffer): Buffer {
  const hash = algorithm === 'hmac-sm3' ? 'sm3' : 'sha256';
  const bodyHash = createHash(hash).update(body).digest('hex');
  return createHmac(hash, secret)
    .update([algorithm, ...lines, bodyHash].join('\n'))
    .digest();
}

function sameSignature(expected: Buffer, given: string | null): boolean {
  const bytes = Buffer.from(given ?? '', 'hex');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
