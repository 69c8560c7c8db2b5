import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { CaptchaStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

/**
 * Captchas in memory.
 *
 * @param clock - only decides when memory of expired captchas may be given back
 */
export function createMemoryCaptchas(clock: Clock = systemClock): CaptchaStore {
  const answers = new ExpiringMap<string>(clock);

  return {
    async put(id, answer, expiresAt) {
      answers.set(id, answer, expiresAt);
    },

    async redeem(id, answer, now) {
      const expected = answers.get(id, now);
      answers.delete(id);
      if (expected === undefined) return 'none';
      return expected === answer ? 'ok' : 'wrong';
    },

    read: async (id, now) => answers.get(id, now),
  };
}
