import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { createArgon2idHasher, hashWidth } from '../../adapters/password-hash/argon2id.ts';

const pepper = randomBytes(32);
const digest = (name: string, text: string): string => createHash(name).update(text).digest('base64');
const hasher = createArgon2idHasher({ pepper });

describe('password hashes', () => {
  it('are argon2id with 19 MiB, two passes and the version of the pepper', async () => {
    expect(await hasher.hash('Minxin-2026')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
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

  describe.each([
    ['PBKDF2 with SHA-1', `$pbkdf2-sha1$i=1000$c2FsdHNhbHQ$${pbkdf2Sync('Minxin-2026', 'saltsalt', 1000, 20, 'sha1').toString('base64')}`],
    [
      'PBKDF2 with SHA-256',
      `$pbkdf2-sha256$i=1000$c2FsdHNhbHQ=$${pbkdf2Sync('Minxin-2026', 'saltsalt', 1000, 32, 'sha256').toString('base64')}`,
    ],
    [
      'PBKDF2 with SHA-512',
      `$pbkdf2-sha512$i=1000$c2FsdHNhbHQ$${pbkdf2Sync('Minxin-2026', 'saltsalt', 1000, 64, 'sha512').toString('base64')}`,
    ],
    ['SHA-256 of salt and password', `$salted-sha256$o=salt-password$c2FsdA$${digest('sha256', 'saltMinxin-2026')}`],
    ['SHA-256 of password and salt', `$salted-sha256$o=password-salt$c2FsdA$${digest('sha256', 'Minxin-2026salt')}`],
    ['SM3 of salt and password', `$salted-sm3$o=salt-password$c2FsdA$${digest('sm3', 'saltMinxin-2026')}`],
    ['SM3 of password and salt', `$salted-sm3$o=password-salt$c2FsdA$${digest('sm3', 'Minxin-2026salt')}`],
    ['bcrypt of PHP', hashSync('Minxin-2026', 4).replace(/^\$2[ab]/, '$2y')],
  ])('imported as %s', (_, stored) => {
    it('are accepted, verify and count as outdated', async () => {
      expect(hasher.accepts(stored)).toBe(true);
      expect(await hasher.verify('Minxin-2026', stored)).toBe(true);
      expect(await hasher.verify('Minxin-2027', stored)).toBe(false);
      expect(hasher.outdated(stored)).toBe(true);
    });

    it('say nothing once they are sealed, verify under the same pepper alone, and count as outdated', async () => {
      const sealed = hasher.seal(stored);
      expect(sealed).toMatch(/^\$sealed\$keyid=1\$[A-Za-z0-9+/=]+$/);
      expect(Buffer.from(sealed.split('$').at(-1) ?? '', 'base64').toString('latin1')).not.toContain(stored.slice(-20));
      expect(hasher.seal(stored)).not.toBe(sealed);
      expect(await hasher.verify('Minxin-2026', sealed)).toBe(true);
      expect(await hasher.verify('Minxin-2027', sealed)).toBe(false);
      expect(hasher.outdated(sealed)).toBe(true);
      const renewed = createArgon2idHasher({ pepper: randomBytes(32), pepperVersion: 2, earlierPeppers: { 1: pepper } });
      expect(await renewed.verify('Minxin-2026', sealed)).toBe(true);
      const thief = createArgon2idHasher({ pepper: randomBytes(32) });
      await expect(thief.verify('Minxin-2026', sealed)).rejects.toThrow('unable to authenticate data');
      await expect(createArgon2idHasher({ pepper, pepperVersion: 2 }).verify('x', sealed)).rejects.toThrow('pepper 1');
    });
  });

  it.each([
    ['one that is sealed already', hasher.seal(hashSync('Minxin-2026', 4))],
    ['another form', '$1$salt$hash'],
    ['an unsalted digest', digest('sha256', 'Minxin-2026')],
    ['a digest that was cut off', `$salted-sha256$o=salt-password$c2FsdA$${digest('sha256', 'x').slice(0, 40)}`],
    ['bcrypt that takes too long', hashSync('Minxin-2026', 4).replace('$04$', '$13$')],
    ['PBKDF2 that takes too long', '$pbkdf2-sha256$i=1000001$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['PBKDF2 without a single turn', '$pbkdf2-sha256$i=0$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['argon2id that takes all memory', '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    ['argon2id that takes too long', '$argon2id$v=19$m=65536,t=5,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    ['argon2id with a pepper of ours', '$argon2id$v=19$m=19456,t=2,p=1,keyid=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ])('are not accepted in an import as %s', (_, stored) => {
    expect(hasher.accepts(stored)).toBe(false);
  });

  it('of an unknown form are an error of ours, which does not repeat them', async () => {
    await expect(hasher.verify('x', '$1$plain')).rejects.toThrow(/^a stored password hash has an unknown form$/);
  });

  it('are computed for an unknown account as well, and never match', async () => {
    const asked = hasher.verify('Minxin-2026', undefined);
    // On the queue like any other; that it is the same work is a row of the bench.
    expect(hasher.depth()).toBe(1);
    expect(await asked).toBe(false);
  });
});

describe('the time of a failure', () => {
  /** Stands still but while a hash is computed that takes `slowMs`; remembers how long failures had to wait. */
  function measured(slowMs = 0) {
    const pauses: number[] = [];
    let now = 0;
    const stopwatch = { now: () => (now += slowMs), pause: async (milliseconds: number) => void pauses.push(milliseconds) };
    return { pauses, stopwatch, stands: () => (slowMs = 0) };
  }

  it('does not tell of which kind the hash is, or that there is none', async () => {
    const { pauses, stopwatch } = measured();
    const patient = createArgon2idHasher({ pepper, stopwatch });
    const kinds = [
      undefined,
      await hasher.hash('Minxin-2026'),
      hashSync('Minxin-2026', 4),
      `$salted-sm3$o=salt-password$c2FsdA$${digest('sm3', 'salt')}`,
    ];
    for (const stored of kinds) expect(await patient.verify('Minxin-2027', stored)).toBe(false);
    expect(pauses).toEqual(kinds.map(() => 400));
  });

  it('is filled up to the least, and a success waits for nothing', async () => {
    const { pauses, stopwatch } = measured(150);
    const patient = createArgon2idHasher({ pepper, stopwatch });
    expect(await patient.verify('Minxin-2027', undefined)).toBe(false);
    expect(await patient.verify('Minxin-2026', await hasher.hash('Minxin-2026'))).toBe(true);
    expect(pauses).toEqual([250]);
  });

  it.each([
    [700, 700],
    [5000, 2000],
  ])('is that of the slow ones, once one was there: after %i ms %i', async (slowMs, wait) => {
    const { pauses, stopwatch, stands } = measured(slowMs);
    const patient = createArgon2idHasher({ pepper, stopwatch });
    await patient.verify('Minxin-2027', `$salted-sm3$o=salt-password$c2FsdA$${digest('sm3', 'salt')}`);
    stands();
    await patient.verify('Minxin-2027', undefined);
    expect(pauses).toEqual([0, wait]);
  });
});

describe('the queue of hashes', () => {
  it.each([
    [1, 4, 1],
    [2, 4, 2],
    [4, 4, 3],
    [16, 4, 3],
    [16, 17, 16],
    [4, 2, 1],
    [4, 1, 1],
  ])('on %i cores with %i threads is %i wide: a thread is left for files and names', (cores, threads, width) => {
    expect(hashWidth(cores, threads)).toBe(width);
  });

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
    const stored = hashSync('Minxin-2026', 11);
    let under = true;
    const work = Promise.all([hasher.verify('Minxin-2026', stored), hasher.hash('Minxin-2026')]).finally(() => (under = false));
    await new Promise((resolve) => setImmediate(resolve));
    // Were either computed on the loop, both would be done by its next turn.
    expect(under).toBe(true);
    await work;
  });
});
