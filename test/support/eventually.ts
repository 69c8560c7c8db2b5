import { setTimeout as sleep } from 'node:timers/promises';

/** Less than a test may take (jest.config.js), so that it says what never came; more than anything takes that comes. */
const limitMs = 200_000;

/**
 * Looks again and again for what comes when the machine is done with it, however busy that is.
 *
 * @param what - in the words of the complaint when it never comes
 * @param look - undefined or false: not yet
 * @param everyMs - where 50 would be too late
 */
export async function eventually<Found>(
  what: string | (() => string),
  look: () => Promise<Found> | Found,
  everyMs = 50,
): Promise<Exclude<Found, undefined | false>> {
  for (let waited = 0; waited < limitMs; waited += everyMs) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<Found, undefined | false>;
    await sleep(everyMs);
  }
  throw new Error(`${typeof what === 'string' ? what : what()} never came`);
}
