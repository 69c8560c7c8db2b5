/**
 * The one clock of the product (docs/adr/0016-one-clock.md). Rules never call `new Date()`:
 * they get a clock or a moment, so that a test can wait an hour and every process agrees.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** `at` plus a number of seconds (may be negative). */
export function secondsAfter(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
