import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { OtpStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Code {
  readonly hash: Buffer;
  readonly expiresAt: Date;
  readonly attemptsLeft: number;
}

/**
 * One-time codes in memory. The wrong attempt that uses up the last one is answered `exhausted`, and
 * so is every later one until the code would have expired.
 *
 * @param clock - only decides when memory of expired codes may be given back
 */
export function createMemoryOtps(clock: Clock = systemClock): OtpStore {
  const codes = new ExpiringMap<Code>(clock);

  return {
    async put(key, codeHash, attempts, expiresAt) {
      codes.set(key, { hash: codeHash, expiresAt, attemptsLeft: attempts }, expiresAt);
    },

    async redeem(key, codeHash, now) {
      const code = codes.get(key, now);
      if (!code) return 'none';
      if (code.attemptsLeft <= 0) return 'exhausted';
      if (code.hash.equals(codeHash)) {
        codes.delete(key);
        return 'ok';
      }
      const attemptsLeft = code.attemptsLeft - 1;
      codes.set(key, { ...code, attemptsLeft }, code.expiresAt);
      return attemptsLeft > 0 ? 'wrong' : 'exhausted';
    },
  };
}
