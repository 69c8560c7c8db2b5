import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

describe.each(backends)('turns in $name', ({ turns }) => {
  it('is had by one of eight who ask at once, until it is ended', async () => {
    const key = randomUUID();
    const owners = Array.from({ length: 8 }, () => randomUUID());
    const taken = await Promise.all(owners.map((owner) => turns.take(key, owner, at(15), now)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await turns.end(key, owners[taken.indexOf(true)] ?? '');
    expect(await turns.take(key, randomUUID(), at(15), now)).toBe(true);
  });

  it('is not given twice to one owner', async () => {
    const key = randomUUID();
    expect(await turns.take(key, 'owner', at(15), now)).toBe(true);
    expect(await turns.take(key, 'owner', at(15), now)).toBe(false);
  });

  it('is ended by nobody but its owner', async () => {
    const key = randomUUID();
    await turns.take(key, 'owner', at(15), now);
    await turns.end(key, 'somebody else');
    expect(await turns.take(key, 'somebody else', at(15), now)).toBe(false);
  });

  it('ends by itself at the moment it expires, and its late owner does not end that of the next', async () => {
    const key = randomUUID();
    await turns.take(key, 'late', at(15), now);
    expect(await turns.take(key, 'next', at(30), new Date(at(15).getTime() - 1))).toBe(false);
    expect(await turns.take(key, 'next', at(30), at(15))).toBe(true);
    await turns.end(key, 'late');
    expect(await turns.take(key, 'third', at(45), at(16))).toBe(false);
    await turns.end(key, 'next');
    expect(await turns.take(key, 'third', at(45), at(16))).toBe(true);
  });

  it('that was never taken is ended without harm', async () => {
    await turns.end(randomUUID(), 'owner');
  });
});
