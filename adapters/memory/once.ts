import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

/**
 * Claims and short-lived values in memory, two name spaces.
 *
 * @param clock - only decides when memory of expired entries may be given back
 */
export function createMemoryOnce(clock: Clock = systemClock): OnceStore {
  const claims = new ExpiringMap<true>(clock);
  const values = new ExpiringMap<string>(clock);

  return {
    async claim(key, expiresAt, now) {
      if (claims.get(key, now)) return false;
      claims.set(key, true, expiresAt);
      return true;
    },

    async put(key, value, expiresAt) {
      values.set(key, value, expiresAt);
    },

    get: async (key, now) => values.get(key, now),

    async take(key, now) {
      const value = values.get(key, now);
      values.delete(key);
      return value;
    },
  };
}
