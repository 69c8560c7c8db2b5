import { parseArgs } from 'node:util';
import { migrate } from '../../adapters/database/migrate.ts';
import { openDatabase } from '../../adapters/database/open.ts';
import { startPostgres } from './postgres.ts';
import type { RaceStore } from './race-kinds.ts';
import { openRaceTrack, type RaceResult } from './race-runner.ts';
import { startRedis } from './redis.ts';

/** The long races: `npm run races [-- --rounds 10000] [--store postgres|redis] [--kind <text in its name>]`. */
const { values } = parseArgs({
  options: { rounds: { type: 'string' }, store: { type: 'string' }, kind: { type: 'string' } },
});
const rounds = Number(values.rounds ?? process.env['ROUNDS'] ?? 10_000);

/** Servers of this run alone. */
const servers: Record<RaceStore, () => Promise<{ url: string; stop(): Promise<void> }>> = {
  async postgres() {
    const server = await startPostgres();
    const url = await server.createDatabase();
    const { db, close } = await openDatabase({ url });
    await migrate(db);
    await close();
    return { url, stop: () => server.remove() };
  },
  redis: () => startRedis(),
};

async function race(store: RaceStore): Promise<RaceResult[]> {
  const server = await servers[store]();
  const track = await openRaceTrack(store, server.url);
  const results: RaceResult[] = [];
  for (const kind of track.kinds.filter((name) => name.includes(values.kind ?? ''))) {
    const result = await track.run(kind, rounds);
    const { doubleWins, withoutWinner, milliseconds } = result;
    const perRound = (milliseconds / rounds).toFixed(2);
    console.log(
      `${store.padEnd(9)}${kind.padEnd(42)}${rounds} rounds of 8, ${perRound} ms each: ${doubleWins} double wins, ${withoutWinner} without a winner`,
    );
    results.push(result);
  }
  await track.close();
  await server.stop();
  return results;
}

const results: RaceResult[] = [];
for (const store of ['postgres', 'redis'] as const) {
  if (values.store === undefined || values.store === store) results.push(...(await race(store)));
}
if (results.length === 0 || results.some(({ doubleWins, withoutWinner }) => doubleWins + withoutWinner > 0)) process.exitCode = 1;
