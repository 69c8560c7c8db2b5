import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { TurnStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

/**
 * Turns in memory, by their owners.
 *
 * @param clock - only decides when memory of expired turns may be given back
 */
export function createMemoryTurns(clock: Clock = systemClock): TurnStore {
  const owners = new ExpiringMap<string>(clock);

  return {
    async take(key, owner, expiresAt, now) {
      if (owners.get(key, now) !== undefined) return false;
      owners.set(key, owner, expiresAt);
      return true;
    },

    async end(key, owner) {
      if (owners.peek(key) === owner) owners.delete(key);
    },
  };
}
