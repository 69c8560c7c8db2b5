import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { DraftRow, DraftStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

/**
 * Drafts of wizards in memory, sealed by the caller.
 *
 * @param clock - only decides when memory of expired drafts may be given back
 */
export function createMemoryDrafts(clock: Clock = systemClock): DraftStore {
  const drafts = new ExpiringMap<DraftRow>(clock);

  return {
    get: async (id, now) => drafts.get(id, now),

    async put(id, expected, sealed, expiresAt, now) {
      const revision = drafts.get(id, now)?.revision ?? 0;
      if (revision !== expected) return false;
      drafts.set(id, { revision: expected + 1, sealed }, expiresAt);
      return true;
    },

    async destroy(id) {
      drafts.delete(id);
    },
  };
}
