import { afterEach, describe, expect, it } from '@jest/globals';
import { startLoops, type Job, type Loops } from '../../src/process/loops.ts';
import { eventually } from '../support/eventually.ts';
import { movableClock } from '../support/movable-clock.ts';

/** A job that counts its rounds. */
function counting(about: Partial<Job> = {}): Job & { readonly rounds: () => number } {
  let rounds = 0;
  return {
    name: 'counting',
    everySeconds: 60,
    async run() {
      rounds += 1;
      return false;
    },
    ...about,
    rounds: () => rounds,
  };
}

describe('what a process does besides requests', () => {
  const clock = movableClock();
  const failures: unknown[] = [];
  let loops: Loops;
  const start = (...jobs: readonly Job[]): void => {
    loops = startLoops(jobs, { clock, random: () => 0.5, failed: (job, error) => failures.push([job, error]) });
  };
  afterEach(async () => {
    await loops.stop();
    failures.length = 0;
  });

  it('is done at the start, and again when its time has come by the clock of the product, not before', async () => {
    const job = counting();
    start(job);
    await loops.caughtUp();
    expect(job.rounds()).toBe(1);
    clock.advance(40_000);
    await loops.caughtUp();
    expect(job.rounds()).toBe(1);
    clock.advance(21_000);
    await loops.caughtUp();
    expect(job.rounds()).toBe(2);
    clock.advance(3600_000);
    await eventually('the third round', () => job.rounds() === 3);
  });

  it('is done at once while there is more', async () => {
    let left = 5;
    start({ ...counting(), run: async () => (left -= 1) > 0 });
    await loops.caughtUp();
    expect(left).toBe(0);
  });

  it('is done soon after a commit that makes work for it, and after no other', async () => {
    const [outbox, other] = [counting({ after: 'outbox.enqueue' }), counting({ after: 'audit.append' })];
    start(outbox, other);
    await eventually('the first rounds', () => outbox.rounds() === 1 && other.rounds() === 1);
    loops.committed(['account.insert', 'outbox.enqueue']);
    await eventually('the second round', () => outbox.rounds() === 2);
    expect(other.rounds()).toBe(1);
  });

  it('is done once more for a commit during its round', async () => {
    let finish = () => {};
    let rounds = 0;
    start({
      ...counting({ after: 'outbox.enqueue' }),
      async run() {
        rounds += 1;
        if (rounds === 1) await new Promise<void>((resolve) => (finish = resolve));
        return false;
      },
    });
    loops.committed(['outbox.enqueue']);
    finish();
    await eventually('the second round', () => rounds === 2);
  });

  it('that fails is reported and tried again in its time', async () => {
    const error = new Error('away');
    const job = counting();
    start({ ...job, run: async () => (await job.run(), Promise.reject(error)) });
    await loops.caughtUp();
    clock.advance(100_000);
    await loops.caughtUp();
    expect(failures).toEqual([
      ['counting', error],
      ['counting', error],
    ]);
  });

  it('is finished before the process ends, and begun no more', async () => {
    let finish = () => {};
    let state = 'idle';
    start({
      ...counting(),
      async run() {
        state = 'begun';
        await new Promise<void>((resolve) => (finish = resolve));
        state = 'finished';
        return true;
      },
    });
    const stopped = loops.stop();
    finish();
    await stopped;
    expect(state).toBe('finished');
  });

  it('has a last round at the end where this process alone holds what it works on', async () => {
    const [held, other] = [counting({ lastly: true }), counting()];
    start(held, other);
    await loops.caughtUp();
    await loops.stop();
    expect([held.rounds(), other.rounds()]).toEqual([2, 1]);
  });
});
