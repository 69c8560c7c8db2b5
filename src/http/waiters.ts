import { setTimeout as sleep } from 'node:timers/promises';
import type { Announcements } from '../domain/announcements.ts';

/** Requests that wait for something to change. All of a process share one subscription, so that waiting asks no store for anything. */
export interface Waiters {
  /** Ends when the topic was announced, when something may have been missed, or when the time is over. */
  next(topic: string, milliseconds: number, signal: AbortSignal): Promise<'changed' | 'later'>;
  /** The process is about to end: nobody waits any longer. */
  readonly isClosing: () => boolean;
}

export function createWaiters({ announcements, isClosing }: { announcements: Announcements; isClosing: () => boolean }): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  announcements.listen((topic) => {
    const woken = topic === undefined ? [...waiting.values()] : [waiting.get(topic) ?? []];
    for (const wakes of woken) for (const wake of wakes) wake();
  });
  return {
    isClosing,
    async next(topic, milliseconds, signal) {
      const wakes = waiting.get(topic) ?? new Set();
      waiting.set(topic, wakes);
      const over = new AbortController();
      let wake = () => {};
      try {
        const changed = new Promise<'changed'>((resolve) => {
          wake = () => resolve('changed');
          wakes.add(wake);
        });
        const later = sleep(milliseconds, 'later' as const, { signal: AbortSignal.any([signal, over.signal]) }).catch(
          () => 'later' as const,
        );
        return await Promise.race([changed, later]);
      } finally {
        over.abort();
        wakes.delete(wake);
        if (wakes.size === 0) waiting.delete(topic);
      }
    },
  };
}
