import type { SigningKey } from './signing-keys.ts';

/**
 * Rotation that no relying party notices (docs/adr/0011): a new key is published for longer than twice
 * what anybody may cache, then signs; the old one stays published until its last token has expired.
 */

/** `max-age` of the published key set, seconds. */
export const jwksMaxAgeSeconds = 600;

export const publishSeconds = 2 * jwksMaxAgeSeconds;

/** Longest life of anything a key signs (ID tokens, logout tokens, JWT introspection), with slack. */
export const retireSeconds = 24 * 3600;

/** Published keys that have waited long enough to sign. */
export function dueToSign(keys: readonly SigningKey[], now: Date): readonly SigningKey[] {
  return keys.filter((key) => key.state === 'published' && now.getTime() - key.publishedAt.getTime() >= publishSeconds * 1000);
}

/** Keys of the published set, the signing ones first, because the first that fits signs. */
export function publishedKeys(keys: readonly SigningKey[], now: Date): readonly SigningKey[] {
  const rank = { active: 0, published: 1, retired: 2, withdrawn: 3 } as const;
  return keys
    .filter(({ state }) => state !== 'withdrawn')
    .filter((key) => key.retiredAt === undefined || now.getTime() - key.retiredAt.getTime() < retireSeconds * 1000)
    .toSorted((a, b) => rank[a.state] - rank[b.state]);
}
