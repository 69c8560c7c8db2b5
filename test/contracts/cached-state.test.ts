import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryState } from '../../adapters/memory/state.ts';
import { createCachedState, endThroughCache } from '../../adapters/redis/cached-state.ts';
import type { CachedState } from '../../adapters/redis/cached-state.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import type { RedisConnection } from '../../adapters/redis/open.ts';
import type { StateStore } from '../../src/domain/protocol-state.ts';
import { Unavailable } from '../../src/domain/refused.ts';
import type { UnitOfWork, Write } from '../../src/domain/unit-of-work.ts';
import { eventually } from '../support/eventually.ts';
import { redisForTests } from '../support/redis.ts';
import { at, now } from './short-lived-backends.ts';
import { stateRow, stateStoreContract } from './state-contract.ts';

const server = await redisForTests();
/** Two processes have two connections. */
const connections = server ? await Promise.all([openRedis(server.url), openRedis(server.url)]) : [];
afterAll(async () => {
  for (const redis of connections) await redis.close();
  await server?.stop();
});

const suite = server ? describe : describe.skip;
const clock = { now: () => now };

function cachedBy(redis: RedisConnection | undefined, inner: StateStore, time = clock): CachedState {
  if (!redis) throw new Error('no Redis');
  return createCachedState({ redis, inner, models: ['Session', 'Grant'], ttlSeconds: 30, clock: time });
}

/** A durable store in memory that counts how often it is asked, and answers when the test wants it to. */
class Durable {
  finds = 0;
  readonly memory = createMemoryState(clock);
  /** What an act waits for before and after it is carried out. */
  before: () => Promise<void> = async () => {};
  after: () => Promise<void> = async () => {};

  readonly #ended = new Set<string>();

  readonly store: StateStore = {
    ...this.memory,
    find: (...args) => this.#count(() => this.memory.find(...args)),
    findByUid: (...args) => this.#count(() => this.memory.findByUid(...args)),
    put: (model, id, row) =>
      this.#act(async () => {
        const lives = !this.#ended.has(id);
        if (lives) await this.memory.put(model, id, row);
        return lives;
      }),
    destroy: (model, id) => this.#act(() => this.end(model, id)),
  };

  /** What has ended stays ended, as in the database. */
  async end(model: string, id: string): Promise<void> {
    this.#ended.add(id);
    await this.memory.destroy(model, id);
  }

  async #count<T>(act: () => Promise<T>): Promise<T> {
    this.finds += 1;
    return this.#act(act);
  }

  async #act<T>(act: () => Promise<T>): Promise<T> {
    const { before, after } = this;
    await before();
    const result = await act();
    await after();
    return result;
  }
}

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

suite('a durable store behind the cache', () => {
  const inner = createMemoryState(clock);
  describe('for a model that is cached', () => {
    stateStoreContract(() => cachedBy(connections[0], inner), 'Session', false);
  });
  describe('for a model that is not', () => {
    stateStoreContract(() => cachedBy(connections[0], inner), 'RefreshToken');
  });
});

suite('the cache in front of a durable store', () => {
  let durable: Durable;
  let here: CachedState;
  let there: CachedState;
  let id: string;
  beforeEach(() => {
    durable = new Durable();
    here = cachedBy(connections[0], durable.store);
    there = cachedBy(connections[1], durable.store);
    id = randomUUID();
  });

  const version = async (cache: StateStore): Promise<string | undefined> => (await cache.find('Session', id, now))?.clientId;

  it('answers a row that was written without asking the durable store', async () => {
    await here.put('Session', id, stateRow({ accountId: 'a', uid: id, clientId: '1' }));
    expect(await version(there)).toBe('1');
    await here.put('Session', id, stateRow({ accountId: 'a', uid: id, clientId: '2' }));
    expect(await version(there)).toBe('2');
    expect(await there.findByUid('Session', id, now)).toMatchObject({ clientId: '2' });
    expect(durable.finds).toBe(0);
  });

  it('asks the durable store once for a row that is read often', async () => {
    await durable.store.put('Grant', id, stateRow({ accountId: 'a', clientId: '1' }));
    for (let index = 0; index < 5; index += 1) await here.find('Grant', id, now);
    expect(await there.find('Grant', id, now)).toMatchObject({ clientId: '1' });
    expect(durable.finds).toBe(1);
  });

  it('answers no value that is older than its lifetime', async () => {
    await durable.store.put('Session', id, stateRow({ expiresAt: at(3600) }));
    await here.find('Session', id, now);
    await here.find('Session', id, new Date(at(30).getTime() - 1));
    expect(durable.finds).toBe(1);
    await here.find('Session', id, at(30));
    expect(durable.finds).toBe(2);
  });

  it('asks the durable store again when as much time has gone by since a write', async () => {
    const later = cachedBy(connections[0], durable.store, { now: () => at(29) });
    await here.put('Session', id, stateRow({ expiresAt: at(3600) }));
    await later.put('Session', id, stateRow({ expiresAt: at(3600) }));
    await later.find('Session', id, new Date(at(59).getTime() - 1));
    expect(durable.finds).toBe(0);
    await later.find('Session', id, at(59));
    expect(durable.finds).toBe(1);
  });

  it('does not bring a session back that ended while a request still held it', async () => {
    await here.put('Session', id, stateRow({ clientId: '1' }));
    await here.find('Session', id, now);
    await there.destroy('Session', id);
    await here.put('Session', id, stateRow({ clientId: '2' }));
    expect(await version(here)).toBeUndefined();
    await here.put('Session', id, stateRow({ clientId: '3' }));
    expect(await version(there)).toBeUndefined();
    expect(await here.put('Session', id, stateRow({ clientId: '4' }))).toBe(false);
  });

  it('does not cache what belongs to a grant, so that a revocation of the grant reaches it', async () => {
    await here.put('Grant', id, stateRow({ grantId: 'g' }));
    await here.find('Grant', id, now);
    await there.revokeByGrantId('g');
    expect(await here.find('Grant', id, now)).toBeUndefined();
  });

  it('refuses to consume what is cached', async () => {
    await expect(here.consume('Session', id, now)).rejects.toThrow('cannot be consumed');
  });

  it('is not filled by a reader who asked before a write and heard after it', async () => {
    await durable.store.put('Session', id, stateRow({ clientId: 'old' }));
    const [asked, answer] = [gate(), gate()];
    durable.after = async () => {
      asked.open();
      await answer.passed;
    };
    const slow = version(here);
    await asked.passed;
    durable.after = async () => {};
    await there.put('Session', id, stateRow({ clientId: 'new' }));
    answer.open();
    expect(await slow).toBe('old');
    expect(await version(here)).toBe('new');
    expect(await version(there)).toBe('new');
  });

  it('shows a write to every reader as soon as the durable store has it', async () => {
    await here.put('Session', id, stateRow({ clientId: 'old' }));
    await here.find('Session', id, now);
    const [written, rest] = [gate(), gate()];
    durable.after = async () => {
      written.open();
      await rest.passed;
    };
    const writing = here.put('Session', id, stateRow({ clientId: 'new' }));
    await written.passed;
    durable.after = async () => {};
    expect(await version(there)).toBe('new');
    rest.open();
    await writing;
    expect(await version(there)).toBe('new');
  });

  /** A write that is marked but has not reached the durable store; `finish` lets it. */
  async function writerUnderWay(clientId: string): Promise<{ reach(): Promise<void>; finish(): Promise<void> }> {
    const [marked, go, reached, rest] = [gate(), gate(), gate(), gate()];
    durable.before = async () => {
      marked.open();
      await go.passed;
    };
    durable.after = async () => {
      reached.open();
      await rest.passed;
    };
    const writing = here.put('Session', id, stateRow({ clientId }));
    await marked.passed;
    durable.before = async () => {};
    durable.after = async () => {};
    return {
      async reach() {
        go.open();
        await reached.passed;
      },
      async finish() {
        rest.open();
        await writing;
      },
    };
  }

  it.each([1, 2])('keeps no value while a writer is under way, when %i others came and went', async (others) => {
    await here.put('Session', id, stateRow({ clientId: 'old' }));
    await here.find('Session', id, now);
    const slow = await writerUnderWay('slow');
    for (let index = 0; index < others; index += 1) await there.put('Session', id, stateRow({ clientId: 'fast' }));
    expect(await version(there)).toBe('fast');
    await slow.reach();
    expect(await version(there)).toBe('slow');
    await slow.finish();
    expect(await version(there)).toBe('slow');
  });

  it('drops what a reader filled when Redis had forgotten the mark of a writer under way', async () => {
    await here.put('Session', id, stateRow({ clientId: 'old' }));
    const slow = await writerUnderWay('new');
    await connections[0]?.ask((client) => client.flushall());
    expect(await version(there)).toBe('old');
    await slow.reach();
    await slow.finish();
    expect(await version(there)).toBe('new');
    expect(await version(here)).toBe('new');
  });

  it('is not filled by a slow reader in place of what a later one has filled', async () => {
    await durable.store.put('Session', id, stateRow({ clientId: 'old' }));
    const [asked, answer] = [gate(), gate()];
    durable.after = async () => {
      asked.open();
      await answer.passed;
    };
    const slow = version(here);
    await asked.passed;
    durable.after = async () => {};
    await there.put('Session', id, stateRow({ clientId: 'new' }));
    expect(await version(there)).toBe('new');
    answer.open();
    await slow;
    expect(await version(there)).toBe('new');
  });

  it('leaves readers with the durable store when a writer dies half way', async () => {
    await here.put('Session', id, stateRow({ clientId: 'old' }));
    await here.find('Session', id, now);
    durable.finds = 0;
    durable.after = () => Promise.reject(new Error('the process dies'));
    await expect(here.put('Session', id, stateRow({ clientId: 'new' }))).rejects.toThrow('dies');
    durable.after = async () => {};
    expect(await version(there)).toBe('new');
    expect(await version(there)).toBe('new');
    expect(durable.finds).toBe(2);
  });
});

suite('ending the sessions and grants of an account', () => {
  const ended = (accountId: string): Write => ({ write: 'sessions.end', accountId, exceptUid: undefined });

  it('reaches what is cached, without the durable store saying which rows it ended', async () => {
    const durable = new Durable();
    const [here, there] = [cachedBy(connections[0], durable.store), cachedBy(connections[1], durable.store)];
    const [account, other] = [randomUUID(), randomUUID()];
    const ids = [`${account}-1`, `${account}-2`];
    for (const id of ids) await here.put('Session', id, stateRow({ accountId: account }));
    await here.put('Session', other, stateRow({ accountId: other }));
    for (const id of [...ids, other]) await there.find('Session', id, now);
    durable.finds = 0;
    const unitOfWork: UnitOfWork = {
      async commit() {
        for (const id of ids) await durable.end('Session', id);
      },
    };

    await endThroughCache(unitOfWork, here).commit('sign-out-everywhere', [ended(account)]);
    for (const id of ids) expect(await there.find('Session', id, now)).toBeUndefined();
    expect(durable.finds).toBe(2);
    expect(await there.find('Session', other, now)).toBeDefined();
    expect(durable.finds).toBe(2);
  });

  it('is not undone by a reader or a writer who began before it, nor by one who begins meanwhile', async () => {
    const durable = new Durable();
    const [here, there] = [cachedBy(connections[0], durable.store), cachedBy(connections[1], durable.store)];
    const [account, read, written] = [randomUUID(), randomUUID(), randomUUID()];
    await durable.memory.put('Session', read, stateRow({ accountId: account }));
    await here.put('Session', written, stateRow({ accountId: account }));
    await here.find('Session', written, now);
    const [asked, rest] = [gate(), gate()];
    let under = 0;
    durable.after = async () => {
      under += 1;
      if (under === 2) asked.open();
      await rest.passed;
    };
    const reading = here.find('Session', read, now);
    const writing = here.put('Session', written, stateRow({ accountId: account, clientId: 'again' }));
    await asked.passed;
    durable.after = async () => {};

    await there.ending([account], async () => {
      rest.open();
      await Promise.all([reading, writing]);
      for (const id of [read, written]) expect(await here.find('Session', id, now)).toBeDefined();
      await here.put('Session', written, stateRow({ accountId: account, clientId: 'once more' }));
      for (const id of [read, written]) await durable.end('Session', id);
    });
    for (const id of [read, written]) expect(await there.find('Session', id, now)).toBeUndefined();
  });

  it('passes other commits on as they are', async () => {
    const commits: string[] = [];
    const unitOfWork: UnitOfWork = { commit: async (useCase) => void commits.push(useCase) };
    const cache: Pick<CachedState, 'ending'> = { ending: () => Promise.reject(new Error('not needed')) };
    await endThroughCache(unitOfWork, cache).commit('register', []);
    expect(commits).toEqual(['register']);
  });
});

suite('the cache without Redis', () => {
  it('reads from the durable store, refuses to write, and has no stale value when Redis is back', async () => {
    const own = await redisForTests();
    if (!own) throw new Error('Redis started before and does not start now');
    const redis = await openRedis(own.url);
    const durable = new Durable();
    const cache = cachedBy(redis, durable.store);
    await cache.put('Session', 's', stateRow({ uid: 'u', clientId: 'old' }));
    await cache.find('Session', 's', now);

    own.pause();
    expect(await cache.find('Session', 's', now)).toMatchObject({ clientId: 'old' });
    expect(await cache.findByUid('Session', 'u', now)).toMatchObject({ clientId: 'old' });
    await expect(cache.put('Session', 's', stateRow({ clientId: 'new' }))).rejects.toBeInstanceOf(Unavailable);
    await expect(cache.destroy('Session', 's')).rejects.toBeInstanceOf(Unavailable);
    const never = (): Promise<never> => Promise.reject(new Error('began all the same'));
    await expect(cache.ending(['a'], never)).rejects.toBeInstanceOf(Unavailable);
    expect(await durable.memory.find('Session', 's', now)).toMatchObject({ clientId: 'old' });
    own.resume();

    await eventually('an answer of Redis', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    );
    await cache.put('Session', 's', stateRow({ clientId: 'new' }));
    expect(await cache.find('Session', 's', now)).toMatchObject({ clientId: 'new' });
    await redis.close();
    await own.stop();
  });
});
