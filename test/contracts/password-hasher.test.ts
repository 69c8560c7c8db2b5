import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { createArgon2idHasher } from '../../adapters/password-hash/argon2id.ts';

const pepper = randomBytes(32);
const hasher = createArgon2idHasher({ pepper });

describe('password hashes', () => {
  it('are argon2id with 19 MiB, two passes and the version of the pepper', async () => {
    expect(await hasher.hash('Minxin-2026')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  it('of one password differ, and each knows it', async () => {
    const [first, second] = await Promise.all([hasher.hash('Minxin-2026'), hasher.hash('Minxin-2026')]);
    expect(first).not.toBe(second);
    expect(await hasher.verify('Minxin-2026', first)).toBe(true);
    expect(await hasher.verify('Minxin-2026', second)).toBe(true);
    expect(await hasher.verify('minxin-2026', first)).toBe(false);
  });

  it('do not care which keyboard composed the same characters', async () => {
    const stored = await hasher.hash('caf\u00e9-2026');
    expect(await hasher.verify('cafe\u0301-2026', stored)).toBe(true);
  });

  it('are worthless without the pepper', async () => {
    const stored = await hasher.hash('Minxin-2026');
    const thief = createArgon2idHasher({ pepper: randomBytes(32) });
    expect(await thief.verify('Minxin-2026', stored)).toBe(false);
    await expect(createArgon2idHasher({ pepper, pepperVersion: 2 }).verify('x', stored)).rejects.toThrow('pepper 1');
  });

  it('made with an earlier pepper still verify and count as outdated', async () => {
    const stored = await hasher.hash('Minxin-2026');
    const renewed = createArgon2idHasher({ pepper: randomBytes(32), pepperVersion: 2, earlierPeppers: { 1: pepper } });
    expect(await renewed.verify('Minxin-2026', stored)).toBe(true);
    expect(renewed.outdated(stored)).toBe(true);
    expect(renewed.outdated(await renewed.hash('Minxin-2026'))).toBe(false);
  });

  it('imported from bcrypt verify and count as outdated', async () => {
    const stored = hashSync('Minxin-2026', 4);
    expect(await hasher.verify('Minxin-2026', stored)).toBe(true);
    expect(await hasher.verify('Minxin-2027', stored)).toBe(false);
    expect(hasher.outdated(stored)).toBe(true);
  });

  it('imported from argon2id without a pepper verify and count as outdated', async () => {
    // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32 (the reference implementation's own test vector)
    const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify('password', stored)).toBe(true);
    expect(hasher.outdated(stored)).toBe(true);
  });

  it('of an unknown form are an error of ours, which does not repeat them', async () => {
    await expect(hasher.verify('x', '$1$plain')).rejects.toThrow(/^a stored password hash has an unknown form$/);
  });

  it('are computed for an unknown account as well, in the same time, and never match', async () => {
    const stored = await hasher.hash('Minxin-2026');
    const time = async (hash: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 7; round += 1) {
        const start = performance.now();
        expect(await hasher.verify('Minxin-2027', hash)).toBe(false);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await time(stored), await time(undefined)];
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });
});

describe('the queue of hashes', () => {
  it('turns away at once with service.busy and a time to come back when it is full', async () => {
    const narrow = createArgon2idHasher({ pepper, width: 1, maxWaiting: 2 });
    const accepted = [1, 2, 3].map(() => narrow.hash('Minxin-2026'));
    expect(narrow.depth()).toBe(3);
    await expect(narrow.verify('x', undefined)).rejects.toMatchObject({ code: 'service.busy', retryAfterSeconds: 2 });
    expect(await Promise.all(accepted)).toHaveLength(3);
    expect(narrow.depth()).toBe(0);
    expect(await narrow.verify('x', undefined)).toBe(false);
  });

  it('goes on after a hash that failed', async () => {
    const narrow = createArgon2idHasher({ pepper, width: 1 });
    await expect(narrow.verify('x', 'broken')).rejects.toThrow('unknown form');
    expect(await narrow.verify('x', undefined)).toBe(false);
  });

  it('leaves the event loop free', async () => {
    const stored = hashSync('Minxin-2026', 10);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    await Promise.all([hasher.verify('wrong', stored), hasher.hash('Minxin-2026')]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
