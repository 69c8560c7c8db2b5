import { describe, expect, it } from '@jest/globals';
import type { RaceStore } from '../support/race-kinds.ts';
import { openRaceTrack, type RaceResult } from '../support/race-runner.ts';
import { redisForTests } from '../support/redis.ts';
import { databaseKinds, openStores } from '../support/stores.ts';

/** `npm run races` runs ten thousand. */
const rounds = 200;

async function raceAll(store: RaceStore, url: string): Promise<void> {
  const track = await openRaceTrack(store, url);
  const results: Pick<RaceResult, 'kind' | 'doubleWins' | 'withoutWinner'>[] = [];
  for (const kind of track.kinds) {
    const { doubleWins, withoutWinner } = await track.run(kind, rounds);
    results.push({ kind, doubleWins, withoutWinner });
  }
  await track.close();
  expect(results.length).toBeGreaterThan(0);
  expect(results).toEqual(track.kinds.map((kind) => ({ kind, doubleWins: 0, withoutWinner: 0 })));
}

const slow = 300_000;

(databaseKinds.includes('postgres') ? describe : describe.skip)('eight callers in four processes over PostgreSQL', () => {
  it(
    'never both get what may be had once, and one always does',
    async () => {
      const stores = await openStores('postgres');
      try {
        await raceAll('postgres', stores.url ?? '');
      } finally {
        await stores.close();
      }
    },
    slow,
  );
});

const redis = await redisForTests();

(redis ? describe : describe.skip)('eight callers in four processes over Redis', () => {
  it(
    'never both get what may be had once, and one always does',
    async () => {
      try {
        await raceAll('redis', redis?.url ?? '');
      } finally {
        await redis?.stop();
      }
    },
    slow,
  );
});
