import type { Clock } from '../../src/domain/clock.ts';

/** A clock that stands still until the test moves it. */
export function movableClock(start = '2026-11-22T04:00:00Z'): Clock & { advance(milliseconds: number): void } {
  let now = new Date(start);
  return {
    now: () => now,
    advance: (milliseconds) => {
      now = new Date(now.getTime() + milliseconds);
    },
  };
}
