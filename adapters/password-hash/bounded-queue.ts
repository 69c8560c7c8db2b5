import { Refused } from '../../src/domain/refused.ts';

export interface BoundedQueue {
  /**
   * Runs the task when its turn comes.
   *
   * @throws Refused `service.busy` when too many wait already: better told at once than after a timeout
   */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Waiting and running. */
  depth(): number;
}

/** How long whoever was turned away is asked to wait. */
const retryAfterSeconds = 2;

/** Tasks in the order they came, `width` at a time. */
export function boundedQueue(width: number, maxWaiting: number): BoundedQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(task) {
      if (running < width) running += 1;
      else if (waiting.length >= maxWaiting) throw new Refused('service.busy', undefined, {}, retryAfterSeconds);
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next) next(); // the place goes on to the next, so nobody can slip in between
        else running -= 1;
      }
    },
    depth: () => running + waiting.length,
  };
}
