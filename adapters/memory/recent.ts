import type { RecentStore } from '../../src/domain/short-lived.ts';

/** Recent entries in the memory of the process. */
export function createMemoryRecent(): RecentStore {
  const lists = new Map<string, string[]>();
  return {
    async push(list, value, keep) {
      const kept = lists.get(list) ?? [];
      kept.push(value);
      lists.set(list, kept.length > keep ? kept.slice(-keep) : kept);
    },
    read: async (list, limit) => (lists.get(list) ?? []).slice(-limit).toReversed(),
  };
}
