import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import { Refused } from '../domain/refused.ts';
import type { TurnStore } from '../domain/short-lived.ts';

export interface TurnDeps {
  readonly turns: TurnStore;
  readonly clock: Clock;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** How long one turn may take: an authority's time limit and those of the stores. A process that died over it blocks no longer. */
const turnSeconds = 15;
const pollMs = 100;
/** Longer than any turn: whoever still waits then stands behind many. */
const patienceMs = 20_000;
const comeBackSeconds = 5;

/**
 * Does the work when nobody else, in any process, is at work on the same thing.
 *
 * @param what - id of the thing
 * @throws Refused service.busy when the turn did not come in time
 */
export async function inTurn({ turns, clock, wait = sleep }: TurnDeps, what: string, work: () => Promise<void>): Promise<void> {
  const owner = randomUUID();
  const take = (now: Date) => turns.take(what, owner, secondsAfter(now, turnSeconds), now);
  for (let waited = 0; !(await take(clock.now())); waited += pollMs) {
    if (waited >= patienceMs) throw new Refused('service.busy', undefined, {}, comeBackSeconds);
    await wait(pollMs);
  }
  try {
    await work();
  } finally {
    await turns.end(what, owner);
  }
}
