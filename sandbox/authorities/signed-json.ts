import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { createNonces } from './nonces.ts';
import { jsonObject, startSimulator } from './simulator.ts';
import type { Simulator, SimulatorAnswer, SimulatorRequest, SimulatorTiming } from './simulator.ts';

/**
 * The authority's side of the signed JSON that is described in adapters/identity-source/signed-json.ts, written
 * from that description alone so that each side checks the other.
 */

/** What an authority decides about a question; `unavailable` leaves the question without an answer (503). */
export interface Decision {
  readonly outcome: SourceOutcome | 'accepted';
  /** The authority's own code. */
  readonly code: string;
  /** Further members of the answer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface SignedJsonAuthority<Question> {
  readonly clock: Clock;
  readonly timing?: SimulatorTiming;
  /** The one path it answers. */
  readonly path: string;
  /** Undefined if members are missing or of the wrong type. */
  read(members: Readonly<Record<string, unknown>>): Question | undefined;
  decide(question: Question): Decision;
}

/** A running authority and the credentials it gave to the platform. */
export interface SignedJsonServer extends Simulator {
  readonly appId: string;
  readonly secret: string;
}

const clockWindowMilliseconds = 5 * 60 * 1000;

/** Starts the server with credentials of its own, made for this run. */
export async function startSignedJson<Question>(authority: SignedJsonAuthority<Question>): Promise<SignedJsonServer> {
  const appId = `minxin-${randomUUID().slice(0, 8)}`;
  const secret = randomUUID() + randomUUID();
  const authenticate = createAuthentication(appId, secret);
  const simulator = await startSimulator({
    clock: authority.clock,
    ...(authority.timing && { timing: authority.timing }),
    answer: async (request) => {
      const credentials = authenticate(request);
      // Who is not known gets no signature: it would be a MAC over a chosen text.
      if ('refusal' in credentials) return { status: 401, body: JSON.stringify({ code: credentials.refusal }) };
      const { status, members } = reply(authority, request);
      return credentials.signed(status, JSON.stringify(members));
    },
  });
  return { ...simulator, appId, secret };
}

function reply<Question>(authority: SignedJsonAuthority<Question>, request: SimulatorRequest) {
  if (request.url.pathname !== authority.path) return { status: 404, members: { code: 'NO_SUCH_INTERFACE' } };
  if (request.method !== 'POST') return { status: 405, members: { code: 'METHOD_NOT_ALLOWED' } };
  const question = authority.read(jsonObject(request.body) ?? {});
  if (question === undefined) return { status: 400, members: { code: 'BAD_REQUEST' } };
  if (request.overQuota) return { status: 429, members: { result: 'OVER_QUOTA', code: 'APP_QUOTA' } };
  const { outcome, code, details } = authority.decide(question);
  if (outcome === 'unavailable') return { status: 503, members: { code } };
  const result = outcome.toUpperCase().replace('-', '_');
  return { status: 200, members: { result, code, transactionId: randomUUID(), ...details } };
}

type Credentials =
  | { readonly refusal: 'UNKNOWN_APP' | 'UNKNOWN_ALGORITHM' | 'CLOCK_SKEW' | 'BAD_SIGNATURE' | 'REPLAYED_NONCE' }
  | { signed(status: number, body: string): SimulatorAnswer };

function createAuthentication(appId: string, secret: string): (request: SimulatorRequest) => Credentials {
  const nonces = createNonces(clockWindowMilliseconds);
  return ({ headers, method, url, body, receivedAt }) => {
    const header = (name: string) => String(headers[name] ?? '');
    const algorithm = header('x-signature-algorithm');
    const hash = { 'hmac-sha256': 'sha256', 'hmac-sm3': 'sm3' }[algorithm];
    const timestamp = header('x-timestamp');
    const nonce = header('x-nonce');
    if (header('x-app-id') !== appId) return { refusal: 'UNKNOWN_APP' };
    if (hash === undefined) return { refusal: 'UNKNOWN_ALGORITHM' };
    if (!(Math.abs(Number(timestamp) - receivedAt.getTime()) <= clockWindowMilliseconds)) return { refusal: 'CLOCK_SKEW' };
    const mac = (lines: readonly string[], text: string | Buffer) =>
      createHmac(hash, secret)
        .update([algorithm, ...lines, createHash(hash).update(text).digest('hex')].join('\n'))
        .digest();
    const expected = mac([appId, timestamp, nonce, method, url.pathname], body);
    const given = Buffer.from(header('x-signature'), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { refusal: 'BAD_SIGNATURE' };
    if (nonce.length < 16 || !nonces.take(nonce, receivedAt)) return { refusal: 'REPLAYED_NONCE' };
    return {
      signed: (status, text) => ({
        status,
        headers: { 'x-signature': mac([nonce, String(status)], text).toString('hex') },
        body: text,
      }),
    };
  };
}
