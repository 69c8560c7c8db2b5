import { secondsAfter } from '../clock.ts';
import type { Jwk, SigningKey } from './signing-keys.ts';

/**
 * Rotation that no relying party notices (docs/adr/0011): a new key is published for longer than twice
 * what anybody may cache, then signs; the old one stays published until its last token has expired.
 */

/** `max-age` of the published key set, seconds. */
export const jwksMaxAgeSeconds = 600;

export const publishSeconds = 2 * jwksMaxAgeSeconds;

/** Longest life of anything a key signs (ID tokens, logout tokens, JWT introspection), with slack. */
const retireSeconds = 24 * 3600;

/** Published keys that have waited long enough to sign. */
export function dueToSign(keys: readonly SigningKey[], now: Date): readonly SigningKey[] {
  return keys.filter((key) => key.state === 'published' && now.getTime() - key.publishedAt.getTime() >= publishSeconds * 1000);
}

/** What a provider is made from, as long as it holds. */
export interface KeySet {
  /** Published, private parts included; the signing ones first, because the first that fits signs. */
  readonly published: readonly Jwk[];
  /** Public parts of keys that were published once: they verify hints and nothing else. */
  readonly retired: readonly Jwk[];
  /** When the set is another one although nobody changed a key; undefined: not by itself. */
  readonly until: Date | undefined;
}

const rank: Readonly<Partial<Record<SigningKey['state'], number>>> = { active: 0, published: 1, retired: 2 };

/**
 * The keys of one moment.
 *
 * @param keys - all on file, oldest first
 */
export function keySet(keys: readonly SigningKey[], now: Date): KeySet {
  const published = keys.filter((key) => rank[key.state] !== undefined && !hasLeft(key, now));
  const ends = published.flatMap(({ retiredAt }) => (retiredAt === undefined ? [] : [secondsAfter(retiredAt, retireSeconds)]));
  return {
    published: published.toSorted((a, b) => (rank[a.state] ?? 0) - (rank[b.state] ?? 0)).map(({ jwk }) => jwk),
    retired: keys.filter((key) => key.state === 'archived' || hasLeft(key, now)).map(({ jwk }) => publicPart(jwk)),
    until: ends.toSorted((a, b) => a.getTime() - b.getTime())[0],
  };
}

/** Retired keys that nobody needs for signing or in the key set: their private part may go. */
export function dueToArchive(keys: readonly SigningKey[], now: Date): readonly SigningKey[] {
  return keys.filter((key) => hasLeft(key, now));
}

function hasLeft({ state, retiredAt }: SigningKey, now: Date): boolean {
  return state === 'retired' && retiredAt !== undefined && secondsAfter(retiredAt, retireSeconds) <= now;
}

/** Members of public keys (RFC 7518 6.2.1, 6.3.1, RFC 8037 2): whatever else a key holds is left out. */
const publicMembers = ['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e'];

/** A key without what signs. */
export function publicPart({ kid, kty, ...members }: Jwk): Jwk {
  return { kid, kty, ...Object.fromEntries(Object.entries(members).filter(([name]) => publicMembers.includes(name))) };
}
