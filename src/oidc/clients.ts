import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeJwt } from 'jose';
import { errors, type Client, type ClientMetadata } from 'oidc-provider';
import { ownClientId, type ClientRecord } from '../domain/client.ts';
import { endpoints } from '../http/endpoints.ts';
import type { Locale } from '../http/page-model.ts';
import { personalScopes } from './claims.ts';

/** Members of a client record that are ours; the library drops what is not listed here. */
export const ourMembers: readonly string[] = [
  'minimum_acr',
  'max_evidence_age',
  'first_party',
  'principal',
  'sector',
  'pkce_required',
  'entitlements',
  'client_name#en',
  'login_uri',
  'public_subject',
  'assertion_audience',
];

/** Scopes that need an entitlement of the client. */
const entitledScopes: ReadonlySet<string> = new Set(['identity_document']);

/**
 * A client record as the library wants it. Every client is pairwise with a sector that redirect hosts do
 * not decide (D1), and of its secret the library only ever sees the hash.
 *
 * @param issuer - named to whoever begins a sign-in at the client
 */
export function libraryClient(record: ClientRecord, issuer: string): ClientMetadata {
  const { client_secret, client_secret_sha256, sandbox_only: _, scope, initiate_login_uri, ...metadata } = record;
  const hash = client_secret_sha256 ?? (client_secret === undefined ? undefined : secretHash(client_secret));
  return {
    ...structuredClone(metadata),
    scope: scope ?? defaultScope(record),
    subject_type: 'pairwise',
    public_subject: seesPublicSubject(record),
    sector_identifier_uri: `https://${record.client_id.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}.invalid/`,
    ...(hash === undefined ? {} : { client_secret: hash }),
    // The library wants https even in development, so the address is a member of our own.
    ...(initiate_login_uri === undefined ? {} : { login_uri: loginAt(initiate_login_uri, issuer) }),
  };
}

/** The grant counts, not the wish: a record that came past the rules of the file is pairwise. */
export function seesPublicSubject({ subject_type, entitlements }: Pick<ClientRecord, 'subject_type' | 'entitlements'>): boolean {
  return subject_type === 'public' && entitlements.includes('public_subject');
}

/** Initiating login at a client (OpenID Connect Core 4): it must be told who asks it to begin. */
function loginAt(address: string, issuer: string): string {
  const url = new URL(address);
  url.searchParams.set('iss', issuer);
  return url.href;
}

function defaultScope({ entitlements, grant_types }: ClientRecord): string {
  const named = new Set<string>(entitlements);
  const personal = ['openid', ...personalScopes].filter((scope) => !entitledScopes.has(scope) || named.has(scope));
  return [...personal, ...(grant_types.includes('refresh_token') ? ['offline_access'] : [])].join(' ');
}

function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Secrets that we make are long and random: SHA-256 compared in constant time, never a slow hash. */
export function sameSecret(keptHash: string, offered: string): boolean {
  const expected = Buffer.from(keptHash);
  const hash = Buffer.from(secretHash(offered));
  return expected.length === hash.length && timingSafeEqual(expected, hash);
}

/**
 * Whom the assertions of a client must name, as one text and alone: the issuer, because what is good for several servers
 * can be used by each of them at the others (RFC 7523bis, CVE-2025-27370), or where its record says so the token endpoint,
 * wherever the assertion is shown (docs/adr/0033).
 */
function audienceOf({ assertion_audience: audience }: Client, issuer: string): string {
  return audience === 'token-endpoint' ? `${issuer}${endpoints.token.path}` : issuer;
}

/**
 * What the library compares the audience with.
 *
 * @param assertion - not verified yet: a wrong audience is told, so that whoever sets up a service learns the right one
 * @throws InvalidClientAuth that names the audience expected
 */
export function expectedAudiences(client: Client, issuer: string, assertion: string): Set<string> {
  const expected = audienceOf(client, issuer);
  let named: unknown = expected;
  try {
    named = decodeJwt(assertion).aud;
  } catch {
    // No token at all: the library says so.
  }
  checkAudience(named, expected);
  return new Set([expected]);
}

function checkAudience(named: unknown, expected: string): void {
  if (named === expected) return;
  throw refusedClient(`the audience (aud) of the client assertion must be the text ${expected} and nothing else`);
}

/** What is wrong with a client's own assertion is told to it; the library keeps every reason for the log. */
function refusedClient(description: string): errors.InvalidClientAuth {
  return Object.assign(new errors.InvalidClientAuth(description), { error_description: description });
}

/** Seconds; a clock of a service may run ahead as far as the library allows it elsewhere. */
const assertionLife = { most: 300, tolerance: 15 };

/**
 * What a verified assertion of `private_key_jwt` must be besides what the library demands: for us alone, and for minutes.
 *
 * @throws InvalidClientAuth
 */
export function checkAssertion(
  { aud, exp }: Readonly<Record<string, unknown>>,
  { client, issuer, now }: { readonly client: Client; readonly issuer: string; readonly now: Date },
): void {
  checkAudience(aud, audienceOf(client, issuer));
  const left = Number(exp) - now.getTime() / 1000;
  if (left > assertionLife.most + assertionLife.tolerance) {
    throw refusedClient('the client assertion must expire (exp) within five minutes');
  }
}

/**
 * Fetches the keys of clients. The library keeps it away from every address that is not public, by its dispatcher;
 * where a deployment lets us call an origin all the same, that is left out, and nothing leads from there elsewhere.
 *
 * @param allowed - whether an address is one of OUTBOUND_ALLOW
 */
export function fetchKeys(allowed: (url: URL) => boolean): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return allowed(url) ? fetch(url, { signal: init.signal ?? null, headers: init.headers ?? {}, redirect: 'error' }) : fetch(input, init);
  };
}

/** Name of a service in the language of the page. */
function clientName(
  client: { readonly clientId: string; readonly clientName?: string | undefined; readonly [member: string]: unknown },
  locale: Locale,
): string {
  const english = client['client_name#en'];
  return (locale === 'en' && typeof english === 'string' ? english : client.clientName) ?? client.clientId;
}

/** A service as pages name it. */
export interface Service {
  readonly name: string;
  /** Where a person who is stuck can start again (PRT-11). */
  readonly href: string | undefined;
}

/** The service that waits for a person; undefined for our own pages. */
export function serviceOf(client: Client | undefined, locale: Locale): Service | undefined {
  if (!client || client.clientId === ownClientId) return undefined;
  return { name: clientName(client, locale), href: wayBack(client) };
}

export function wayBack(client: Client): string | undefined {
  return typeof client.login_uri === 'string' ? client.login_uri : client.clientUri;
}

/** Origins a public client's own pages may call from (CORS). */
export function ownOrigin(client: Client, origin: string): boolean {
  if (origin === 'null' || client.tokenEndpointAuthMethod !== 'none') return false;
  return (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin);
}
