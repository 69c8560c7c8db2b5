import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { StateStore } from '../../src/domain/protocol-state.ts';
import type { UnitOfWork } from '../../src/domain/unit-of-work.ts';
import { barAccount } from './cache-entry.ts';
import { createCachedRows } from './cached-rows.ts';
import type { RedisConnection } from './open.ts';

export interface CachedStateOptions {
  readonly redis: RedisConnection;
  /** The durable store, whose word counts. */
  readonly inner: StateStore;
  /** Models that are read often and never consumed: Session, Grant. All others go to `inner` directly. */
  readonly models: readonly string[];
  /** How long a value may be answered after it was read or written; short, see below. */
  readonly ttlSeconds: number;
  readonly clock?: Clock;
}

export interface CachedState extends StateStore {
  /**
   * Runs `act`, which ends sessions or grants of these accounts in the inner store by itself: once it
   * has, no reader anywhere gets one of them from the cache.
   *
   * @throws Unavailable before anything is done, when Redis does not answer
   */
  ending<T>(accountIds: readonly string[], act: () => Promise<T>): Promise<T>;
}

/**
 * A cache in Redis in front of a durable store, such that no value outlives a write (D4).
 *
 * Writers mark the entry, write the inner store, then put the new value in place of their mark. Readers
 * who find no value ask the inner store, and may fill the entry only if the lease they took before
 * asking is still there. So whatever the order of readers and writers in whatever process, an entry
 * filled from an older state of the row is impossible: every write takes the lease away. Two writers at
 * once leave no value behind, as neither knows who wrote last, and neither does one whose row has ended:
 * the durable store says so and ignores what is put to it.
 *
 * When Redis does not answer, reads go to the inner store. Writes are refused (`Unavailable`) before
 * anything is written: without a mark, another process that still reaches Redis would go on answering the
 * old value. That costs nothing, as nobody can sign in or get a token without Redis anyway. Once a row
 * is marked, nothing can go wrong any more: an unsettled mark sends readers to the inner store until it
 * ages away.
 *
 * What is left is Redis itself forgetting a mark it had acknowledged (failover, eviction) in the very
 * moment of the write. Therefore a value carries the moment of its truth and is refused when older than
 * `ttlSeconds`.
 */
export function createCachedState(options: CachedStateOptions): CachedState {
  const { redis, inner, clock = systemClock } = options;
  const rows = createCachedRows({ redis, inner, clock, ttlMs: options.ttlSeconds * 1000 });
  const cached = new Set(options.models);
  const finder = (model: string): Pick<StateStore, 'find' | 'findByUid'> => (cached.has(model) ? rows : inner);

  return {
    async put(model, id, row) {
      if (!cached.has(model)) return inner.put(model, id, row);
      return rows.put(model, id, row, () => inner.put(model, id, row));
    },

    async insert(model, id, row, now) {
      if (!cached.has(model)) return inner.insert(model, id, row, now);
      return rows.change(model, id, () => inner.insert(model, id, row, now));
    },

    find: (model, id, now) => finder(model).find(model, id, now),
    findByUid: (model, uid, now) => finder(model).findByUid(model, uid, now),
    findByUserCode: (model, userCode, now) => inner.findByUserCode(model, userCode, now),

    async consume(model, id, now) {
      if (cached.has(model)) throw new Error(`${model} is cached and cannot be consumed`);
      return inner.consume(model, id, now);
    },

    async destroy(model, id) {
      if (!cached.has(model)) return inner.destroy(model, id);
      await rows.change(model, id, () => inner.destroy(model, id));
    },

    /** Nothing under a grant is cached. */
    revokeByGrantId: (grantId) => inner.revokeByGrantId(grantId),

    async ending(accountIds, act) {
      await Promise.all(accountIds.map((accountId) => barAccount(redis, accountId)));
      return act();
    },
  };
}

/** A unit of work whose endings of sessions and grants reach the cache as well. */
export function endThroughCache(unitOfWork: UnitOfWork, cache: Pick<CachedState, 'ending'>): UnitOfWork {
  return {
    commit(useCase, writes) {
      const commit = (): Promise<void> => unitOfWork.commit(useCase, writes);
      const accountIds = writes.flatMap((one) =>
        one.write === 'session.end' || one.write === 'sessions.end' || one.write === 'grants.end' ? [one.accountId] : [],
      );
      return accountIds.length > 0 ? cache.ending([...new Set(accountIds)], commit) : commit();
    },
  };
}
