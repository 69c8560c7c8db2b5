import type { Announcements } from '../../src/domain/announcements.ts';

/** Announcements within one process. */
export function createMemoryAnnouncements(): Announcements {
  const listeners = new Set<(topic: string | undefined) => void>();
  return {
    async announce(topic) {
      for (const listener of listeners) listener(topic);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
