import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { Write } from '../domain/unit-of-work.ts';

/** What a process does besides requests, again and again. */
export interface Job {
  readonly name: string;
  /** From the end of a round to the next one, by the product's clock, spread by a quarter either way. */
  readonly everySeconds: number;
  /** What makes work for it: after a commit of this write in this process it does not wait for its time. */
  readonly after?: Write['write'];
  /** What it works on is kept in this process alone: it has a last round when the loops are stopped. */
  readonly lastly?: boolean;
  /** True: there is more, go on at once. */
  readonly run: () => Promise<boolean>;
}

export interface LoopDeps {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly failed: (job: string, error: unknown) => void;
}

export interface Loops {
  /** Tells of a commit. */
  committed(writes: readonly Write['write'][]): void;
  /** Until every job that goes by the clock alone has done here what it owed by now. */
  caughtUp(): Promise<void>;
  /** Lets the rounds under way finish and starts no other but the last ones. */
  stop(): Promise<void>;
}

/** A clock that is moved while one waits for it, as that of the sandbox, is looked at so often. */
const lookMs = 250;
/**
 * Work is done a little after the answer that made it: whether there was any (a message to a known number) must not be
 * felt in the time of that answer.
 */
const afterCommitMs = 100;

export function startLoops(jobs: readonly Job[], deps: LoopDeps): Loops {
  const loops = jobs.map((job) => new Loop(job, deps));
  const ends = loops.map((loop) => loop.go());
  return {
    committed(writes) {
      for (const loop of loops) if (loop.job.after !== undefined && writes.includes(loop.job.after)) loop.wake(afterCommitMs);
    },
    async caughtUp() {
      const now = deps.clock.now();
      await Promise.all(loops.filter(({ job }) => job.after === undefined).map((loop) => loop.catchUp(now)));
    },
    async stop() {
      for (const loop of loops) loop.stop();
      await Promise.all(ends);
      for (const { name, run, lastly } of jobs) if (lastly) await run().catch((error: unknown) => deps.failed(name, error));
    },
  };
}

class Loop {
  readonly job: Job;
  readonly #deps: LoopDeps;
  #stopped = false;
  #running = true;
  /** By the product's clock; the last round that is over. */
  #begun = 0;
  /** The pause under way is over when this is, and what it was ended for is done so long afterwards. */
  #woken = new AbortController();
  #delayMs = 0;

  constructor(job: Job, deps: LoopDeps) {
    this.job = job;
    this.#deps = deps;
  }

  async go(): Promise<void> {
    const { clock, random, failed } = this.#deps;
    while (!this.#stopped) {
      this.#running = true;
      // From here on: what is committed during a round may have come too late for it.
      this.#woken = new AbortController();
      const begun = clock.now().getTime();
      const more = await this.job.run().catch((error: unknown) => {
        failed(this.job.name, error);
        return false;
      });
      if (more) continue;
      this.#begun = begun;
      this.#running = false;
      await this.#until(clock.now().getTime() + this.job.everySeconds * 1000 * (0.75 + random() / 2));
    }
  }

  wake(delayMs: number): void {
    this.#delayMs = delayMs;
    this.#woken.abort();
  }

  async catchUp(now: Date): Promise<void> {
    const owed = now.getTime() - this.job.everySeconds * 750;
    while (!this.#stopped && (this.#running || this.#begun <= owed)) {
      if (!this.#running) this.wake(0);
      await sleep(5);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.wake(0);
  }

  async #until(moment: number): Promise<void> {
    const { clock, random } = this.#deps;
    const { signal } = this.#woken;
    for (let left = 1; left > 0 && !signal.aborted;) {
      left = moment - clock.now().getTime();
      if (left > 0) await sleep(Math.min(left, lookMs), undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted && this.#delayMs > 0) await sleep(this.#delayMs * (0.5 + random()));
  }
}
