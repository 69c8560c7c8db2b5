import { createHash, randomBytes } from 'node:crypto';
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Clock } from '../../src/domain/clock.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';
import type {
  Arrival,
  Upstream,
  UpstreamAnswer,
  UpstreamFailure,
  UpstreamPreset,
  VouchedIdentity,
} from '../../src/domain/upstream/upstream.ts';
import { boundedExchange, parseJsonObject, type JsonObject } from '../bounded-exchange.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';

/**
 * An OpenID provider as a third party: discovery, code with PKCE and nonce, and an ID token whose signature, issuer, audience,
 * nonce and times are checked (OpenID Connect Core 3.1.3.7, RFC 9700). The issuer is configured, and it is asked at its own
 * origin only: what it says of itself leads nowhere else.
 */
export interface OidcUpstreamOptions {
  /** Issuer, to the letter. */
  readonly url: string;
  readonly appId: string;
  readonly secret: string;
  readonly preset: UpstreamPreset;
  readonly clock: Clock;
  /** Limit over each call. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

interface Metadata {
  readonly authorization: URL;
  readonly token: URL;
  readonly jwks: URL;
}

interface Kept {
  readonly nonce: string;
  readonly verifier: string;
}

/** What is known of the provider is asked anew after so long. */
const knownMs = 600_000;
/** A key that is not among those known is looked for again, but not at every made-up name of one. */
const keysAgainMs = 30_000;
/** Clocks of two machines. */
const toleranceSeconds = 60;
const algorithms = ['RS256', 'PS256', 'ES256'];

export function createOidcUpstream(options: OidcUpstreamOptions): Upstream {
  const ask = createAsk(options);
  const metadataOf = createMetadata(options, ask);
  const keysOf = createKeys(options, ask);
  return {
    async begin({ redirectUri, state, locale }) {
      const metadata = await metadataOf();
      if ('outcome' in metadata) return metadata;
      const kept: Kept = { nonce: random(), verifier: random() };
      const url = new URL(metadata.authorization);
      const params = {
        response_type: 'code',
        client_id: options.appId,
        redirect_uri: redirectUri,
        scope: ['openid', ...options.preset.scopes].join(' '),
        state,
        nonce: kept.nonce,
        code_challenge: createHash('sha256').update(kept.verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ui_locales: locale,
      };
      for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
      return { outcome: 'begun', url: url.href, keep: JSON.stringify(kept) };
    },

    async complete(arrival) {
      const { code, error, iss } = arrival.params;
      // RFC 9207: an answer of another provider is none of this one's.
      if (iss !== undefined && iss !== options.url) return invalid('iss');
      if (error !== undefined) return error === 'access_denied' ? { outcome: 'refused', reason: error } : invalid('error');
      if (code === undefined || code === '') return invalid('no-code');
      const metadata = await metadataOf();
      if ('outcome' in metadata) return metadata;
      const { nonce, verifier } = JSON.parse(arrival.keep) as Kept;
      const answer = await ask(metadata.token, tokenRequest(options, arrival, { code, verifier }));
      if (answer.outcome !== 'told') return answer;
      const { id_token: idToken } = answer.members;
      if (typeof idToken !== 'string') return invalid('no-id-token');
      return verified(options, { idToken, nonce, keys: (again) => keysOf(metadata, again) });
    },
  };
}

const random = (): string => randomBytes(32).toString('base64url');
const invalid = (reason: string): UpstreamFailure => ({ outcome: 'invalid', reason });
const unavailable = (reason: string): UpstreamFailure => ({ outcome: 'unavailable', reason });

/** The JSON object that was answered. */
interface Told {
  readonly outcome: 'told';
  readonly members: JsonObject;
}

type Ask = (
  url: URL,
  form?: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
) => Promise<Told | UpstreamFailure>;

/** One call of the provider's server; a fault of its side counts against it, what it refuses does not. */
function createAsk({ clock, timeoutMs = 5000, fetch }: OidcUpstreamOptions): Ask {
  const breaker = createCircuitBreaker({ clock });
  const once: Ask = async (url, form) => {
    const answer = await boundedExchange({
      url,
      method: form ? 'POST' : 'GET',
      headers: { accept: 'application/json', ...form?.headers },
      ...(form && { body: form.body }),
      timeoutMs,
      ...(fetch && { fetch }),
    });
    if (answer.failure) return unavailable(answer.failure);
    if (answer.status >= 500 || (answer.status >= 300 && answer.status < 400)) return unavailable(`status-${answer.status}`);
    if (answer.status !== 200) return invalid(`status-${answer.status}`);
    const members = parseJsonObject(answer.body);
    return members ? { outcome: 'told', members } : unavailable('no-json');
  };
  return async (url, form) => {
    const failed = ({ outcome }: Told | UpstreamFailure) => outcome === 'unavailable';
    return (await breaker.call(() => once(url, form), failed)) ?? unavailable('circuit-open');
  };
}

function createMetadata({ url, clock }: OidcUpstreamOptions, ask: Ask): () => Promise<Metadata | UpstreamFailure> {
  let known: { readonly metadata: Metadata; readonly at: number } | undefined;
  return async () => {
    const now = clock.now().getTime();
    if (known && now - known.at < knownMs) return known.metadata;
    const answer = await ask(new URL(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`));
    if (answer.outcome !== 'told') return answer.outcome === 'invalid' ? unavailable('discovery') : answer;
    const metadata = metadataIn(answer.members, url);
    if (metadata) known = { metadata, at: now };
    return metadata ?? unavailable('discovery');
  };
}

function metadataIn(answer: JsonObject, issuer: string): Metadata | undefined {
  const own = (value: unknown): URL | undefined => {
    const url = typeof value === 'string' ? URL.parse(value) : null;
    return url?.origin === new URL(issuer).origin ? url : undefined;
  };
  const authorization = own(answer['authorization_endpoint']);
  const token = own(answer['token_endpoint']);
  const jwks = own(answer['jwks_uri']);
  return answer['issuer'] === issuer && authorization && token && jwks ? { authorization, token, jwks } : undefined;
}

type Keys = JSONWebKeySet | UpstreamFailure;

function createKeys({ clock }: OidcUpstreamOptions, ask: Ask): (metadata: Metadata, again: boolean) => Promise<Keys> {
  let known: { readonly keys: JSONWebKeySet; readonly at: number } | undefined;
  return async ({ jwks }, again) => {
    const now = clock.now().getTime();
    if (known && now - known.at < (again ? keysAgainMs : knownMs)) return known.keys;
    const answer = await ask(jwks);
    if (answer.outcome !== 'told') return unavailable('keys');
    const { keys } = answer.members;
    if (!Array.isArray(keys)) return unavailable('keys');
    known = { keys: { keys: keys as JSONWebKeySet['keys'] }, at: now };
    return known.keys;
  };
}

function tokenRequest(
  { appId, secret }: OidcUpstreamOptions,
  { redirectUri }: Arrival,
  { code, verifier }: { code: string; verifier: string },
) {
  // RFC 6749 2.3.1: form-encoded before they are joined.
  const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  const basic = Buffer.from(`${encoded(appId)}:${encoded(secret)}`).toString('base64');
  const params = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return {
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  };
}

interface Received {
  readonly idToken: string;
  readonly nonce: string;
  readonly keys: (again: boolean) => Promise<Keys>;
}

async function verified(options: OidcUpstreamOptions, received: Received, again = false): Promise<UpstreamAnswer> {
  const { url, appId, clock } = options;
  const keys = await received.keys(again);
  if ('outcome' in keys) return keys;
  const checks = {
    issuer: url,
    audience: appId,
    algorithms,
    clockTolerance: toleranceSeconds,
    currentDate: clock.now(),
    maxTokenAge: 600,
    requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
  };
  try {
    const { payload } = await jwtVerify(received.idToken, createLocalJWKSet(keys), checks);
    return answerOf(options, payload, received.nonce);
  } catch (error) {
    // Keys may have been rotated since they were read.
    if (error instanceof errors.JWKSNoMatchingKey && !again) return verified(options, received, true);
    return invalid(error instanceof errors.JOSEError ? `id-token-${error.code}` : 'id-token');
  }
}

const subjectShape = /^[\x21-\x7e]{1,255}$/;

function answerOf({ url, appId, preset, clock }: OidcUpstreamOptions, payload: JWTPayload, nonce: string): UpstreamAnswer {
  const { sub, aud, azp } = payload;
  if (payload['nonce'] !== nonce) return invalid('nonce');
  if ((Array.isArray(aud) && aud.length > 1) || azp !== undefined) if (azp !== appId) return invalid('azp');
  if (sub === undefined || !subjectShape.test(sub)) return invalid('sub');
  return { outcome: 'known', subject: { app: url, kind: 'sub', value: sub }, identity: identityIn(payload, preset, clock.now()) };
}

/** What cannot be read is no identity: it is neither shown nor compared with anything. */
function identityIn(payload: JWTPayload, { identity }: UpstreamPreset, now: Date): VouchedIdentity | undefined {
  if (!identity) return undefined;
  const [name, code, typed] = [identity.name, identity.documentType, identity.documentNumber].map((claim) => payload[claim]);
  if (typeof name !== 'string' || typeof code !== 'string' || typeof typed !== 'string') return undefined;
  const type = Object.hasOwn(identity.documentTypes, code) ? identity.documentTypes[code] : undefined;
  const number = type && documentTypes[type].check(typed, now);
  return type && number?.ok ? { name, document: { type, number: number.canonical, key: number.key } } : undefined;
}
