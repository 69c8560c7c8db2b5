import type { Clock } from '../src/domain/clock.ts';

/**
 * Keeps people from waiting for a third party that is known to be down: after some failures in a row nobody asks
 * for a while; then one call tries, and its result closes or opens the circuit again. One per source and process.
 */
export interface CircuitBreaker {
  /** Runs `action`, which never throws; undefined, without running it, while the circuit is open. */
  call<Answer>(action: () => Promise<Answer>, failed: (answer: Answer) => boolean): Promise<Answer | undefined>;
}

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Failures in a row that open the circuit. */
  readonly failures?: number;
  /** How long nobody asks, in milliseconds. */
  readonly openMs?: number;
}

export function createCircuitBreaker({ clock, failures = 5, openMs = 5000 }: CircuitBreakerOptions): CircuitBreaker {
  let failuresInARow = 0;
  let openUntil = 0;
  let trying = false;
  return {
    async call(action, failed) {
      const open = failuresInARow >= failures;
      if (open && (trying || clock.now().getTime() < openUntil)) return undefined;
      if (open) trying = true;
      try {
        const answer = await action();
        failuresInARow = failed(answer) ? failuresInARow + 1 : 0;
        openUntil = clock.now().getTime() + openMs;
        return answer;
      } finally {
        if (open) trying = false;
      }
    },
  };
}
