import type { Clock } from '../../src/domain/clock.ts';
import type { NewStateRow, StateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { Unavailable } from '../../src/domain/refused.ts';
import { beginWrite, leaseEntry, readEntry, register, settle } from './cache-entry.ts';
import { keys } from './keys.ts';
import { keepMs } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { decodeRow, encodeRow } from './row-codec.ts';

export interface CachedRowsOptions {
  readonly redis: RedisConnection;
  readonly inner: Pick<StateStore, 'find' | 'findByUid'>;
  /** How long a value may be answered after the moment of its truth. */
  readonly ttlMs: number;
  readonly clock: Clock;
}

export interface CachedRows {
  find(model: string, id: string, now: Date): Promise<StateRow | undefined>;
  findByUid(model: string, uid: string, now: Date): Promise<StateRow | undefined>;
  /**
   * Runs `act`, which puts the row to the inner store and tells whether it did (see StateStore).
   *
   * @throws Unavailable before `act`, when Redis does not answer
   */
  put(model: string, id: string, row: NewStateRow, act: () => Promise<boolean>): Promise<boolean>;
  /**
   * Runs `act`, which changes the row in the inner store in another way; nothing is cached afterwards.
   *
   * @throws Unavailable before `act`, when Redis does not answer
   */
  change<T>(model: string, id: string, act: () => Promise<T>): Promise<T>;
}

/** A lead takes some 300 bytes. */
const maxLeads = 10_000;

/** Reading and writing through the cache; the reasoning stands at `createCachedState`. */
export function createCachedRows({ redis, inner, ttlMs, clock }: CachedRowsOptions): CachedRows {
  /** Where uids led last, in this process: the row itself says whether a lead still fits. */
  const leads = new Map<string, string>();

  /** Rows under a grant are left out: revocation finds them by grant, which the cache does not know. */
  async function mayCache(entry: string, row: NewStateRow, now: Date): Promise<boolean> {
    if (row.grantId !== undefined) return false;
    return row.accountId === undefined || register(redis, row.accountId, entry, { now, ttlMs });
  }

  async function fill(entry: string, lease: string, row: StateRow | undefined, now: Date): Promise<void> {
    const value = row && (await mayCache(entry, row, now)) ? encodeRow(row) : undefined;
    await settle(redis, entry, lease, value && { value, asOf: now.getTime(), lifeMs: ttlMs });
  }

  async function find(model: string, id: string, now: Date): Promise<StateRow | undefined> {
    const entry = keys.cachedRow(`${model}:${id}`);
    const read = (await unlessUnavailable(readEntry(redis, entry))) ?? { state: 'busy' };
    if (read.state === 'value' && read.asOf + ttlMs > now.getTime()) {
      const row = decodeRow(read.value);
      return row.expiresAt > now ? row : undefined;
    }
    const lease = read.state === 'absent' ? await unlessUnavailable(leaseEntry(redis, entry)) : undefined;
    const row = await inner.find(model, id, now);
    if (lease) await unlessUnavailable(fill(entry, lease, row, now));
    return row;
  }

  return {
    find,

    async findByUid(model, uid, now) {
      const lead = keys.cachedUid(model, uid);
      const id = leads.get(lead) ?? (await unlessUnavailable(redis.ask((client) => client.get(lead))));
      const row = id ? await find(model, id, now) : undefined;
      if (id && row?.uid === uid) {
        if (leads.size >= maxLeads) leads.clear();
        leads.set(lead, id);
        return row;
      }
      leads.delete(lead);
      return inner.findByUid(model, uid, now);
    },

    async put(model, id, row, act) {
      const entry = keys.cachedRow(`${model}:${id}`);
      const now = clock.now();
      const [mark, cachable] = await Promise.all([
        beginWrite(redis, entry),
        mayCache(entry, row, now),
        row.uid !== undefined && leadTo(redis, keys.cachedUid(model, row.uid), id, keepMs(row.expiresAt, now)),
      ]);
      const lives = await act();
      const value = lives && cachable ? { value: encodeRow(row), asOf: now.getTime(), lifeMs: ttlMs } : undefined;
      await unlessUnavailable(settle(redis, entry, mark, value));
      return lives;
    },

    async change(model, id, act) {
      const entry = keys.cachedRow(`${model}:${id}`);
      const mark = await beginWrite(redis, entry);
      const result = await act();
      await unlessUnavailable(settle(redis, entry, mark));
      return result;
    },
  };
}

/** Needs no care about who is first: the row it leads to says itself whether it has this uid. */
async function leadTo(redis: RedisConnection, uidEntry: string, id: string, keep: number): Promise<void> {
  await redis.ask((client) => client.set(uidEntry, id, 'PX', keep));
}

/** Reading goes on without Redis, and a mark that could not be settled ages away. */
async function unlessUnavailable<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
