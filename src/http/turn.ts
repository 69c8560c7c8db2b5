import { setTimeout as sleep } from 'node:timers/promises';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { DraftStore } from '../domain/short-lived.ts';

/** How long one turn may take: an authority's time limit and those of the stores. */
const turnSeconds = 15;
const pollMs = 100;

/**
 * Does the work when nobody else, in any process, is at work on the same thing. A turn whose process died
 * ends by itself.
 *
 * @param what - id of the thing
 */
export async function inTurn(
  { drafts, clock }: { drafts: DraftStore; clock: Clock },
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const turn = `turn:${what}`;
  const taken = (now: Date) => drafts.put(turn, 0, Buffer.alloc(0), secondsAfter(now, turnSeconds), now);
  while (!(await taken(clock.now()))) await sleep(pollMs);
  try {
    await work();
  } finally {
    await drafts.destroy(turn);
  }
}
