import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, type Client, type ClientMetadata } from 'oidc-provider';
import { ownClientId, type ClientRecord } from '../domain/client.ts';
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
];

/** Scopes that need an entitlement of the client. */
const entitledScopes: ReadonlySet<string> = new Set(['identity_document']);

/**
 * A client record as the library wants it. Every client is pairwise with a sector that redirect hosts do
 * not decide (D1), and of its secret the library only ever sees the hash.
 */
export function libraryClient(record: ClientRecord): ClientMetadata {
  const { client_secret, client_secret_sha256, sandbox_only: _, scope, initiate_login_uri, ...metadata } = record;
  const hash = client_secret_sha256 ?? (client_secret === undefined ? undefined : secretHash(client_secret));
  return {
    ...structuredClone(metadata),
    scope: scope ?? defaultScope(record),
    subject_type: 'pairwise',
    sector_identifier_uri: `https://${record.client_id.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}.invalid/`,
    ...(hash === undefined ? {} : { client_secret: hash }),
    // The library wants https even in development, so the address is a member of our own.
    ...(initiate_login_uri === undefined ? {} : { login_uri: initiate_login_uri }),
  };
}

function defaultScope({ entitlements, grant_types }: ClientRecord): string {
  const named = new Set<string>(entitlements);
  const personal = ['openid', ...personalScopes].filter((scope) => !entitledScopes.has(scope) || named.has(scope));
  return [...personal, ...(grant_types.includes('refresh_token') ? ['offline_access'] : [])].join(' ');
}

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Secrets that we make are long and random: SHA-256 compared in constant time, never a slow hash. */
export function sameSecret(keptHash: string, offered: string): boolean {
  const expected = Buffer.from(keptHash);
  const hash = Buffer.from(secretHash(offered));
  return expected.length === hash.length && timingSafeEqual(expected, hash);
}

/** Seconds; a clock of a service may run ahead as far as the library allows it elsewhere. */
const assertionLife = { most: 300, tolerance: 15 };

/**
 * What an assertion of `private_key_jwt` must be besides what the library demands: for us alone, because one that is
 * good for several servers can be used by each of them at the others (RFC 7523bis, CVE-2025-27370), and for minutes.
 *
 * @param issuer - the only audience
 * @throws InvalidClientAuth
 */
export function checkAssertion({ aud, exp }: Readonly<Record<string, unknown>>, issuer: string, now: Date): void {
  if (aud !== issuer) throw new errors.InvalidClientAuth('the audience must be the issuer and nobody else');
  const left = Number(exp) - now.getTime() / 1000;
  if (left > assertionLife.most + assertionLife.tolerance)
    throw new errors.InvalidClientAuth('the assertion lives longer than five minutes');
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
export function clientName(
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
