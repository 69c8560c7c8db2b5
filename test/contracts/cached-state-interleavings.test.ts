import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createMemoryState } from '../../adapters/memory/state.ts';
import { createCachedState } from '../../adapters/redis/cached-state.ts';
import type { CachedState } from '../../adapters/redis/cached-state.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import type { StateStore } from '../../src/domain/protocol-state.ts';
import { redisForTests } from '../support/redis.ts';
import { at, now } from './short-lived-backends.ts';
import { stateRow } from './state-contract.ts';

const server = await redisForTests();
/** Two processes have two connections. */
const connections = server ? await Promise.all([openRedis(server.url), openRedis(server.url)]) : [];
afterAll(async () => {
  for (const redis of connections) await redis.close();
  await server?.stop();
});

(server ? describe : describe.skip)('the cache in front of a durable store', () => {
  it('fits every answer to what the durable store held while the question was under way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(anyAct, { minLength: 6, maxLength: 16 }), async (scheduler, acts) => {
        await interleave(scheduler, acts);
      }),
      { numRuns: 250 },
    );
  });
});

type Act = 'read here' | 'read there' | 'write here' | 'write there' | 'destroy there' | 'end here';

/** What has ended stays ended, so endings are rare, or most writes would do nothing. */
const anyAct = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom<Act>('read here', 'read there') },
  { weight: 6, arbitrary: fc.constantFrom<Act>('write here', 'write there') },
  { weight: 1, arbitrary: fc.constantFrom<Act>('destroy there', 'end here') },
);

/**
 * Two processes read and write one row; the durable store answers in an order of the scheduler's choosing.
 * Its states are numbered, so that each answer can be placed: it must be one of those that were true
 * between question and answer.
 */
async function interleave(scheduler: fc.Scheduler, acts: readonly Act[]): Promise<void> {
  const id = randomUUID();
  const clock = { now: () => now };
  const memory = createMemoryState(clock);
  const history: (string | undefined)[] = [undefined];
  const row = (clientId: string): ReturnType<typeof stateRow> => stateRow({ accountId: id, clientId, expiresAt: at(3600) });
  const store: StateStore = {
    ...memory,
    async find(...args) {
      await scheduler.schedule(Promise.resolve(), 'before find');
      const found = await memory.find(...args);
      await scheduler.schedule(Promise.resolve(), 'after find');
      return found;
    },
    put: (model, key, value) => change(() => memory.put(model, key, value), value.clientId),
    destroy: async () => void (await end()),
  };
  let ended = false;

  /** @returns whether the row was alive */
  async function change(act: () => Promise<unknown>, state: string | undefined): Promise<boolean> {
    await scheduler.schedule(Promise.resolve(), 'before write');
    const lives = !ended;
    if (lives) {
      history.push(state);
      await act();
    }
    await scheduler.schedule(Promise.resolve(), 'after write');
    return lives;
  }

  function end(): Promise<boolean> {
    return change(async () => {
      ended = true;
      await memory.destroy('Session', id);
    }, undefined);
  }

  const [here, there] = connections.map((redis) => createCachedState({ redis, inner: store, models: ['Session'], ttlSeconds: 30, clock }));
  if (!here || !there) throw new Error('no Redis');

  async function read(cache: CachedState): Promise<void> {
    const asked = history.length - 1;
    const answer = (await cache.find('Session', id, now))?.clientId;
    expect(history.slice(asked)).toContain(answer);
  }

  const perform: Record<Act, (index: number) => Promise<unknown>> = {
    'read here': () => read(here),
    'read there': () => read(there),
    'write here': (index) => here.put('Session', id, row(`v${index}`)),
    'write there': (index) => there.put('Session', id, row(`v${index}`)),
    'destroy there': () => there.destroy('Session', id),
    'end here': () => here.ending([id], end),
  };

  const running = acts.map(async (act, index) => {
    await scheduler.schedule(Promise.resolve(), act);
    await perform[act](index);
  });
  await drive(scheduler, Promise.all(running));
  await drive(scheduler, Promise.all([read(here), read(there)]));
}

/** Lets the scheduler choose as long as anything is under way; Redis answers in its own time meanwhile. */
async function drive(scheduler: fc.Scheduler, all: Promise<unknown>): Promise<void> {
  const under = new AbortController();
  const ended = all.finally(() => under.abort());
  ended.catch(() => {});
  while (!under.signal.aborted) {
    if (scheduler.count() > 0) await scheduler.waitNext(1);
    await turn();
  }
  await ended;
}
