import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

describe.each(backends)('claims and short-lived values in $name', ({ once }) => {
  it('grants a claim to one of eight who ask at once', async () => {
    const key = randomUUID();
    const results = await Promise.all(Array.from({ length: 8 }, () => once.claim(key, at(60), now)));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('holds a claim until the moment it expires, and not at that moment', async () => {
    const key = randomUUID();
    expect(await once.claim(key, at(60), now)).toBe(true);
    expect(await once.claim(key, at(90), new Date(at(60).getTime() - 1))).toBe(false);
    expect(await once.claim(key, at(90), at(60))).toBe(true);
    expect(await once.claim(key, at(90), at(61))).toBe(false);
  });

  it('keeps a value until the moment it expires, and not at that moment', async () => {
    const key = randomUUID();
    await once.put(key, '', at(60));
    expect(await once.get(key, now)).toBe('');
    await once.put(key, '值 with spaces', at(120));
    expect(await once.get(key, new Date(at(120).getTime() - 1))).toBe('值 with spaces');
    expect(await once.get(key, at(120))).toBeUndefined();
    expect(await once.get(randomUUID(), now)).toBeUndefined();
  });

  it('gives a value to one of eight who take it at once, and to nobody after it expired', async () => {
    const key = randomUUID();
    await once.put(key, 'challenge', at(60));
    const taken = await Promise.all(Array.from({ length: 8 }, () => once.take(key, now)));
    expect(taken.filter((value) => value !== undefined)).toEqual(['challenge']);
    expect(await once.get(key, now)).toBeUndefined();
    await once.put(key, 'late', at(60));
    expect(await once.take(key, at(60))).toBeUndefined();
  });

  it('keeps claims and values apart', async () => {
    const key = randomUUID();
    await once.put(key, 'value', at(60));
    expect(await once.claim(key, at(60), now)).toBe(true);
    expect(await once.get(key, now)).toBe('value');
  });
});
