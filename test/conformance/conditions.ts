import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';
import type { ServerMetadata } from 'openid-client';
import { fetchAlone } from '../support/connection.ts';
import type { Page, Person } from '../support/browser.ts';
import type { Tokens } from '../support/relying-party.ts';

/** Conditions that the suite asserts wherever the thing occurs, with the clause behind each. */

export type ResponseMode = 'query' | 'form_post';

/**
 * The authorization response stands where its mode says and holds exactly these parameters.
 *
 * @returns its parameters
 */
export function expectAnswer({ page, trail }: Person, mode: ResponseMode, names: readonly string[]): Readonly<Record<string, string>> {
  const query = Object.fromEntries(page.url.searchParams);
  // Nothing of a form_post response leaks into the address (OAuth 2.0 Form Post Response Mode 2).
  if (mode === 'form_post') for (const name of names) expect(query).not.toHaveProperty(name);
  expect(page.url.hash).toBe('');
  const answer = mode === 'form_post' ? page.posted : query;
  const foreign = Object.keys(answer ?? {}).filter((name) => !names.includes(name));
  expect({ missing: names.filter((name) => answer?.[name] === undefined), foreign }).toEqual({ missing: [], foreign: [] });
  // Whoever posted a password is not sent on with it (RFC 9700 4.12).
  expect(trail.map(({ status }) => status)).not.toContain(307);
  if (answer?.['code'] !== undefined) expectSecret(answer['code'], /^[\x20-\x7e]+$/);
  return answer ?? {};
}

/** The page that posts the answer on (OAuth 2.0 Form Post Response Mode 2, appendix A). */
export function expectFormPost(page: Page): void {
  const form = page.$('form[data-continue]');
  expect(form.attr('method')).toBe('post');
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.headers['cache-control']).toBe('no-store');
}

/** RFC 6749 5.1, OpenID Connect Core 3.1.3.3. */
export async function expectTokenAnswer(answer: Response | undefined): Promise<void> {
  expect(answer?.status).toBe(200);
  expectUncached(answer);
  const body = await jsonOf(answer);
  expect(body).toMatchObject({
    token_type: 'Bearer',
    expires_in: expect.any(Number),
    id_token: expect.any(String),
    scope: expect.any(String),
  });
  const members = ['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'];
  expect(Object.keys(body).filter((name) => !members.includes(name))).toEqual([]);
  expect(body['expires_in']).toBeGreaterThan(0);
  expectSecret(body['access_token'], /^[A-Za-z0-9._~+/-]+=*$/);
  if (body['refresh_token'] !== undefined) expectSecret(body['refresh_token'], /^[\x20-\x7e]+$/);
}

/** The same of the token endpoint, which nobody may keep. */
export async function expectTokenError(answer: Response | undefined, error: string, status = 400): Promise<void> {
  expectUncached(answer);
  await expectError(answer, error, status);
}

/** RFC 6749 5.2, RFC 6750 3: JSON with one of their codes and printable text. */
export async function expectError(answer: Response | undefined, error: string, status = 400): Promise<void> {
  expectJson(answer);
  const body = await jsonOf(answer);
  expect({ status: answer?.status, error: body['error'] }).toEqual({ status, error });
  expect(Object.keys(body).filter((name) => !['error', 'error_description', 'error_uri', 'scope'].includes(name))).toEqual([]);
  if (body['error_description'] !== undefined) expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
}

export function expectUncached(answer: Response | undefined): void {
  expectJson(answer);
  expect(answer?.headers.get('cache-control')).toBe('no-store');
}

function expectJson(answer: Response | undefined): void {
  expect(answer?.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
}

/** Claims that may stand in an ID token nobody asked more of (Core 2, 3.1.3.6; Back-Channel Logout 2.1). */
const idTokenClaims = ['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'];

/** Core 2 and 3.1.3.7, beyond what openid-client and jose have verified already: signature, issuer, audience, times, nonce. */
export async function expectIdToken({
  metadata,
  clientId,
  tokens,
  header,
  claims,
}: {
  metadata: ServerMetadata;
  clientId: string;
  tokens: Tokens;
  header: ProtectedHeaderParameters;
  claims: JWTPayload;
}): Promise<JWTPayload & { readonly sub: string }> {
  const { keys } = await keysOf(metadata);
  expect(keys.filter(({ kid }) => kid === header.kid)).toHaveLength(1);
  expect(Object.keys(header).filter((name) => !['alg', 'kid', 'typ'].includes(name))).toEqual([]);
  expect(Object.keys(claims).filter((name) => !idTokenClaims.includes(name))).toEqual([]);
  // One audience, not a list of one: CVE-2025-27370 and every confusion like it.
  expect(claims.aud).toBe(clientId);
  expect(claims.sub).toMatch(/^[\x21-\x7e]{22,255}$/);
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
  if (claims['at_hash'] !== undefined) expect(claims['at_hash']).toBe(leftHalf(tokens.access_token, header.alg));
  return { ...claims, sub: claims.sub ?? '' };
}

export async function keysOf(metadata: ServerMetadata): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }> {
  const answer = await fetchAlone(metadata.jwks_uri ?? '');
  const document: { keys: Record<string, unknown>[] } = JSON.parse(await answer.text());
  return document;
}

export async function jsonOf(answer: Response | undefined): Promise<Readonly<Record<string, unknown>>> {
  const body: Record<string, unknown> = JSON.parse((await answer?.clone().text()) ?? 'null');
  return body;
}

/** Long enough to be guessed by nobody: 128 bits as base64url, of which the suite wants to see 96 (RFC 6749 10.10). */
function expectSecret(value: unknown, form: RegExp): void {
  const text = String(value);
  expect(text).toMatch(form);
  expect(text.length).toBeGreaterThanOrEqual(22);
  const counts = [...new Set(text)].map((character) => text.split(character).length - 1);
  const bits = counts.reduce((sum, count) => sum + count * Math.log2(text.length / count), 0);
  expect(bits).toBeGreaterThanOrEqual(96);
}

/** `at_hash` (Core 3.1.3.6): EdDSA hashes with SHA-512 as Ed25519 does, all others here with SHA-256. */
function leftHalf(value: string, alg: string | undefined): string {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(value)
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
