import { describe, expect, it } from '@jest/globals';
import { secondsAfter } from '../../../src/domain/clock.ts';
import { dueToArchive, dueToSign, keySet, publicPart } from '../../../src/domain/keys/rotation.ts';
import type { SigningKey, SigningKeyState } from '../../../src/domain/keys/signing-keys.ts';

const now = new Date('2026-03-02T08:00:00.000Z');
const day = 24 * 3600;

/** A key by its name; retired so many seconds ago. */
function key(kid: string, state: SigningKeyState, retiredFor?: number): SigningKey {
  return {
    kid,
    alg: 'ES256',
    state,
    jwk: { kid, kty: 'EC', crv: 'P-256', x: 'x', y: 'y', use: 'sig', ...(state === 'archived' ? {} : { d: 'secret' }) },
    createdAt: secondsAfter(now, -90 * day),
    publishedAt: secondsAfter(now, -1200),
    usedFrom: undefined,
    retiredAt: retiredFor === undefined ? undefined : secondsAfter(now, -retiredFor),
  };
}

const names = (keys: readonly { readonly kid: string }[]) => keys.map(({ kid }) => kid);

describe('the keys of a moment', () => {
  it('are those that sign, those that wait, and those that signed within a day; the first that fits signs', () => {
    const set = keySet([key('old', 'retired', day - 1), key('next', 'published'), key('signs', 'active')], now);
    expect([names(set.published), names(set.retired)]).toEqual([['signs', 'next', 'old'], []]);
  });

  it.each<[string, SigningKey, readonly string[], readonly string[]]>([
    ['was retired a day ago', key('k', 'retired', day), [], ['k']],
    ['was retired almost a day ago', key('k', 'retired', day - 1), ['k'], []],
    ['was archived', key('k', 'archived', 300 * day), [], ['k']],
    ['was withdrawn a minute ago', key('k', 'withdrawn', 60), [], []],
    ['was withdrawn long ago', key('k', 'withdrawn', 300 * day), [], []],
    ['waits', key('k', 'published'), ['k'], []],
  ])('one that %s', (_, one, published, retired) => {
    const set = keySet([one], now);
    expect([names(set.published), names(set.retired)]).toEqual([published, retired]);
  });

  it('that verify hints alone cannot sign', () => {
    expect(JSON.stringify(keySet([key('a', 'retired', day), key('b', 'archived', day)], now).retired)).not.toContain('secret');
  });

  it('hold until the first of them has had its day', () => {
    const keys = [key('a', 'retired', 3600), key('b', 'retired', 7200), key('c', 'active')];
    expect(keySet(keys, now).until).toEqual(secondsAfter(now, day - 7200));
    expect(keySet([key('c', 'active')], now).until).toBeUndefined();
  });
});

describe('keys that are due', () => {
  it('sign when they were published for twice as long as anybody keeps the key set', () => {
    const young = { ...key('young', 'published'), publishedAt: secondsAfter(now, -1199) };
    expect(names(dueToSign([young, key('due', 'published'), key('signs', 'active')], now))).toEqual(['due']);
  });

  it('forget how to sign a day after they retired, and are not asked twice', () => {
    const keys = [key('a', 'retired', day), key('b', 'retired', day - 1), key('c', 'archived', 2 * day), key('d', 'withdrawn', 2 * day)];
    expect(names(dueToArchive(keys, now))).toEqual(['a']);
  });
});

describe('the public part of a key', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['on a curve', { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }, ['crv', 'x', 'y']],
    ['of RSA', { kty: 'RSA', n: 'n', e: 'e', d: 'd', p: 'p', q: 'q', dp: 'dp', dq: 'dq', qi: 'qi' }, ['n', 'e']],
    ['of Edwards', { kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' }, ['crv', 'x']],
    ['of a kind to come', { kty: 'AKP', alg: 'new', pub: 'pub', priv: 'priv' }, ['alg']],
  ])('%s has nothing that signs', (_, members, left) => {
    expect(Object.keys(publicPart({ kid: 'k', kty: '', ...members })).toSorted()).toEqual(['kid', 'kty', ...left].toSorted());
  });
});
