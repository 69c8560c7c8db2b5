import { openRacers, type RaceStore } from './race-kinds.ts';

/** Process of its own that races when it is told to: the callers of a race are not all in one event loop. */
export interface Start {
  readonly kind: string;
  readonly round: number;
  readonly callers: readonly number[];
}

export type Answer = { readonly wins: number } | { readonly error: string };

const [store, url] = process.argv.slice(2);
if ((store !== 'postgres' && store !== 'redis') || url === undefined) throw new Error('usage: race-worker.ts <store> <url>');
const { racers } = await openRacers[store satisfies RaceStore](url);

async function race({ kind, round, callers }: Start): Promise<Answer> {
  const racer = racers[kind];
  if (!racer) return { error: `there is no race ${kind}` };
  try {
    const won = await Promise.all(callers.map((caller) => racer.attempt(round, caller)));
    return { wins: won.filter(Boolean).length };
  } catch (error) {
    return { error: String(error) };
  }
}

process.on('message', (start: Start) => void race(start).then((answer) => process.send?.(answer)));
process.once('disconnect', () => process.exit());
process.send?.({ wins: 0 });
