import { createHash, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { OtpResult } from '../../src/domain/short-lived.ts';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest();
const right = hashOf('135790');
const wrong = hashOf('000000');

describe.each(backends)('one-time codes in $name', ({ otps }) => {
  it('accepts the right code once', async () => {
    const key = randomUUID();
    await otps.put(key, right, 5, at(300));
    expect(await otps.redeem(key, right, now)).toBe('ok');
    expect(await otps.redeem(key, right, now)).toBe('none');
  });

  it('accepts a code from one of eight who send it at once', async () => {
    const key = randomUUID();
    await otps.put(key, right, 5, at(300));
    const results = await Promise.all(Array.from({ length: 8 }, () => otps.redeem(key, right, now)));
    expect(results.filter((result) => result === 'ok')).toHaveLength(1);
  });

  it('accepts a code until the moment it expires, and not at that moment', async () => {
    const key = randomUUID();
    await otps.put(key, right, 5, at(300));
    expect(await otps.redeem(key, right, at(300))).toBe('none');
    expect(await otps.redeem(key, right, new Date(at(300).getTime() - 1))).toBe('ok');
  });

  it('leaves the right code valid at the last attempt', async () => {
    const key = randomUUID();
    await otps.put(key, right, 3, at(300));
    expect(await otps.redeem(key, wrong, now)).toBe('wrong');
    expect(await otps.redeem(key, wrong, now)).toBe('wrong');
    expect(await otps.redeem(key, right, now)).toBe('ok');
  });

  it('is used up by the last wrong attempt, and the right code comes too late', async () => {
    const key = randomUUID();
    await otps.put(key, right, 2, at(300));
    expect(await otps.redeem(key, wrong, now)).toBe('wrong');
    expect(await otps.redeem(key, wrong, now)).toBe('exhausted');
    expect(await otps.redeem(key, right, now)).toBe('exhausted');
    expect(await otps.redeem(key, right, at(300))).toBe('none');
  });

  it('counts guesses that arrive at once one by one', async () => {
    const key = randomUUID();
    await otps.put(key, right, 5, at(300));
    const results = await Promise.all(Array.from({ length: 20 }, () => otps.redeem(key, wrong, now)));
    expect(results.filter((result) => result === 'wrong')).toHaveLength(4);
    expect(await otps.redeem(key, right, now)).toBe('exhausted');
  });

  it('replaces an earlier code with its attempts and its expiry', async () => {
    const key = randomUUID();
    await otps.put(key, wrong, 1, at(10));
    await otps.redeem(key, right, now);
    await otps.put(key, right, 2, at(300));
    expect(await otps.redeem(key, wrong, at(20))).toBe('wrong');
    expect(await otps.redeem(key, right, at(20))).toBe('ok');
  });

  it('takes a hash of another length for a wrong code', async () => {
    const key = randomUUID();
    await otps.put(key, right, 5, at(300));
    expect(await otps.redeem(key, right.subarray(0, 16), now)).toBe('wrong');
    expect(await otps.redeem(key, Buffer.alloc(0), now)).toBe('wrong');
  });

  it('knows no code for another key', async () => {
    await otps.put(randomUUID(), right, 5, at(300));
    expect(await otps.redeem(randomUUID(), right, now)).toBe('none');
  });

  it('never gives more guesses than attempts, nor the right code away twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(fc.boolean(), { maxLength: 12 }), async (attempts, tries) => {
        const key = randomUUID();
        await otps.put(key, right, attempts, at(300));
        const results = [];
        for (const isRight of tries) results.push(await otps.redeem(key, isRight ? right : wrong, now));
        expect(results).toEqual(expectedResults(attempts, tries));
      }),
      { numRuns: 40 },
    );
  });
});

/** The rule of the port, said once more: what comes after the first right one, and after the last attempt. */
function expectedResults(attempts: number, tries: readonly boolean[]): OtpResult[] {
  const firstRight = tries.indexOf(true);
  const redeemedAt = firstRight >= 0 && firstRight < attempts ? firstRight : undefined;
  return tries.map((_, index) => {
    if (redeemedAt !== undefined && index >= redeemedAt) return index === redeemedAt ? 'ok' : 'none';
    return index < attempts - 1 ? 'wrong' : 'exhausted';
  });
}
