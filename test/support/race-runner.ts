import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { callers, openRacers, type RaceStore } from './race-kinds.ts';
import type { Answer, Start } from './race-worker.ts';

export interface RaceResult {
  readonly kind: string;
  readonly rounds: number;
  /** Rounds that more callers won than may. */
  readonly doubleWins: number;
  /** Rounds that fewer won, nobody where only one may. */
  readonly withoutWinner: number;
  readonly milliseconds: number;
}

export interface RaceTrack {
  readonly kinds: readonly string[];
  /** Runs one kind for so many rounds; eight callers in four processes start each round together. */
  run(kind: string, rounds: number): Promise<RaceResult>;
  close(): Promise<void>;
}

const processes = 4;

/** Starts the processes of a race over one server, whose database is migrated. */
export async function openRaceTrack(store: RaceStore, url: string): Promise<RaceTrack> {
  const { racers, close } = await openRacers[store](url);
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(store, url)));

  const runRound = async (kind: string, round: number): Promise<number> => {
    await racers[kind]?.prepare?.(round);
    const answers = workers.map((worker, index) => {
      const mine = Array.from({ length: callers / processes }, (_, caller) => index + caller * processes);
      return ask(worker, { kind, round, callers: mine });
    });
    return (await Promise.all(answers)).reduce((sum, wins) => sum + wins, 0);
  };

  return {
    kinds: Object.keys(racers),
    async run(kind, rounds) {
      const start = performance.now();
      const may = racers[kind]?.winners ?? 1;
      const wins: number[] = [];
      for (let round = 0; round < rounds; round += 1) wins.push(await runRound(kind, round));
      return {
        kind,
        rounds,
        doubleWins: wins.filter((count) => count > may).length,
        withoutWinner: wins.filter((count) => count < may).length,
        milliseconds: performance.now() - start,
      };
    },
    async close() {
      await close();
      for (const worker of workers) {
        worker.disconnect();
        await once(worker, 'exit');
      }
    },
  };
}

async function startWorker(store: RaceStore, url: string): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('race-worker.ts', import.meta.url)), [store, url]);
  await once(worker, 'message');
  return worker;
}

async function ask(worker: ChildProcess, start: Start): Promise<number> {
  const answered = new Promise<Answer>((resolve) => worker.once('message', (answer: Answer) => resolve(answer)));
  worker.send(start);
  const answer = await answered;
  if ('error' in answer) throw new Error(`${start.kind}, round ${start.round}: ${answer.error}`);
  return answer.wins;
}
