import type { Acr } from '../../src/domain/assurance/ladder.ts';
import { compareAcr, isAcr } from '../../src/domain/assurance/level.ts';

/**
 * What a careful relying party checks of an ID token before it believes who is there, on top of the signature. It
 * fails closed: what is missing, of the wrong type or unknown counts as wrong. Copy it.
 */

export interface ExpectedToken {
  /** From discovery. */
  readonly issuer: string;
  readonly clientId: string;
  /** Sent with this very authorization request. */
  readonly nonce: string;
  /** Below this level nobody comes in; undefined: any level will do. */
  readonly minimumAcr: Acr | undefined;
  /** The `max_age` that was sent, in seconds. */
  readonly maxAgeSeconds: number | undefined;
}

/** Why a token is not believed; part of a word key. */
export type TokenProblem = 'issuer' | 'audience' | 'subject' | 'expired' | 'nonce' | 'level' | 'age' | 'changed';

export type Claims = Readonly<Record<string, unknown>>;

/** How far clocks of two machines may differ, in seconds. */
export const clockToleranceSeconds = 10;

/**
 * Claims of an ID token from an authorization request (OpenID Connect Core 3.1.3.7).
 *
 * @returns the first thing that is wrong; undefined when the person may come in
 */
export function checkSignIn(claims: Claims, expected: ExpectedToken, now: Date): TokenProblem | undefined {
  const general = checkToken(claims, expected, now);
  if (general) return general;
  if (claims['nonce'] !== expected.nonce) return 'nonce';
  if (expected.minimumAcr !== undefined && !reaches(claims, expected.minimumAcr)) return 'level';
  if (expected.maxAgeSeconds !== undefined && !isFresh(claims, expected.maxAgeSeconds, now)) return 'age';
  return undefined;
}

/**
 * Claims of an ID token from a refresh (section 12.2): the same person, signed in when they were, and still good
 * enough to be here.
 */
export function checkRefresh(
  before: Claims,
  after: Claims,
  expected: Pick<ExpectedToken, 'issuer' | 'clientId' | 'minimumAcr'>,
  now: Date,
): TokenProblem | undefined {
  const general = checkToken(after, expected, now);
  if (general) return general;
  if (after['sub'] !== before['sub'] || after['auth_time'] !== before['auth_time']) return 'changed';
  if (expected.minimumAcr !== undefined && !reaches(after, expected.minimumAcr)) return 'level';
  return undefined;
}

function checkToken(claims: Claims, expected: Pick<ExpectedToken, 'issuer' | 'clientId'>, now: Date): TokenProblem | undefined {
  const { iss, aud, azp, sub, exp } = claims;
  if (iss !== expected.issuer) return 'issuer';
  const audience: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audience.includes(expected.clientId)) return 'audience';
  if (audience.length > 1 && azp !== expected.clientId) return 'audience';
  if (typeof sub !== 'string' || sub === '') return 'subject';
  if (typeof exp !== 'number' || exp + clockToleranceSeconds <= seconds(now)) return 'expired';
  return undefined;
}

/** Whether a token says at least this level; a level that nobody here knows says nothing. */
export function reaches({ acr }: Claims, needed: Acr): boolean {
  return isAcr(acr) && compareAcr(acr, needed) >= 0;
}

/** Whether the person signed in within so many seconds. */
export function isFresh({ auth_time: authTime }: Claims, maxAgeSeconds: number, now: Date): boolean {
  return typeof authTime === 'number' && authTime + maxAgeSeconds + clockToleranceSeconds >= seconds(now);
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** Whom a logout token signs out: one session, or every session of a person. */
export interface LoggedOut {
  readonly sid: string | undefined;
  readonly sub: string | undefined;
  readonly jti: string;
}

/**
 * Claims of a logout token whose signature, issuer, audience and time were checked (OpenID Connect Back-Channel
 * Logout 1.0, section 2.6).
 *
 * @returns undefined when it is not a logout token
 */
export function readLogout({ sid, sub, jti, events, nonce }: Claims): LoggedOut | undefined {
  if (nonce !== undefined || typeof jti !== 'string') return undefined;
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, logoutEvent)) return undefined;
  const whom = { sid: typeof sid === 'string' ? sid : undefined, sub: typeof sub === 'string' ? sub : undefined };
  return whom.sid === undefined && whom.sub === undefined ? undefined : { ...whom, jti };
}

function seconds(now: Date): number {
  return Math.floor(now.getTime() / 1000);
}
