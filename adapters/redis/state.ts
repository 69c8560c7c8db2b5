import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { NewStateRow, StateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { keys } from './keys.ts';
import { keepMs, SLACK_MS } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { decodeRow, encodeRow, EXPIRES_OF_ROW } from './row-codec.ts';
import { script } from './script.ts';

/** KEYS row, consumed; ARGV value, keep. The mark of consumption lives as long as the row. */
const putRow = script(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])`);

/** KEYS row, consumed; ARGV value, keep, now. */
const insertRow = script(`
local expires = ${EXPIRES_OF_ROW}
if expires and expires > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1`);

/** KEYS row, consumed; ARGV now. */
const consumeRow = script(`
local expires = ${EXPIRES_OF_ROW}
if not expires or expires <= tonumber(ARGV[1]) then return 0 end
local keep = math.max(redis.call('PTTL', KEYS[1]), 1)
return redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', keep) and 1 or 0`);

/** KEYS members; ARGV expiry, name, oldest worth keeping, keep. The set lives as long as its longest member. */
const addMember = script(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end`);

/** Members are revoked 200 at a time, so that one large grant holds nobody up. */
const LAST_OF_BATCH = '199';

/**
 * Short-lived state of the OpenID provider in Redis: one value per row, the mark of consumption beside
 * it, and indexes that only lead to a row, which itself says whether it fits. What is left in an index
 * after its row has gone therefore does no harm and ages away.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisState(redis: RedisConnection, clock: Clock = systemClock): StateStore {
  async function find(model: string, id: string, now: Date): Promise<StateRow | undefined> {
    const [stored, consumed] = await redis.ask((client) => client.mgetBuffer(...keysOf(nameOf(model, id))));
    if (!stored) return undefined;
    const row = decodeRow(stored);
    if (row.expiresAt <= now) return undefined;
    return consumed ? { ...row, consumedAt: new Date(Number(consumed.toString())) } : row;
  }

  async function findBy(index: string, model: string, now: Date): Promise<StateRow | undefined> {
    const id = await redis.ask((client) => client.get(index));
    return id === null ? undefined : find(model, id, now);
  }

  return {
    find,

    async put(model, id, row) {
      const now = clock.now();
      const value = [encodeRow(row), keepMs(row.expiresAt, now)];
      // Indexes first: one without a row is harmless, a token that no revocation finds is not.
      await Promise.all([...putIndexes(redis, model, id, row, now), putRow(redis, keysOf(nameOf(model, id)), value)]);
      return true;
    },

    async insert(model, id, row, now) {
      const value = [encodeRow(row), keepMs(row.expiresAt, clock.now()), now.getTime()];
      if ((await insertRow(redis, keysOf(nameOf(model, id)), value)) !== 1) return false;
      await Promise.all(putIndexes(redis, model, id, row, clock.now()));
      return true;
    },

    async findByUid(model, uid, now) {
      const row = await findBy(keys.stateUid(model, uid), model, now);
      return row?.uid === uid ? row : undefined;
    },

    async findByUserCode(model, userCode, now) {
      const row = await findBy(keys.stateUserCode(model, userCode), model, now);
      return row?.userCode === userCode ? row : undefined;
    },

    async consume(model, id, now) {
      return (await consumeRow(redis, keysOf(nameOf(model, id)), [now.getTime()])) === 1;
    },

    async destroy(model, id) {
      await redis.ask((client) => client.del(...keysOf(nameOf(model, id))));
    },

    async revokeByGrantId(grantId) {
      const members = keys.grantMembers(grantId);
      for (;;) {
        const names = await redis.ask((client) => client.zrange(members, '0', LAST_OF_BATCH));
        if (names.length === 0) return;
        await Promise.all(names.map((name) => redis.ask((client) => client.del(...keysOf(name)))));
        // Only what was deleted leaves the set: a token issued meanwhile stays within reach.
        await redis.ask((client) => client.zrem(members, ...names));
      }
    },
  };
}

/** Writes what leads to a row; see `createRedisState`. */
function putIndexes(
  redis: RedisConnection,
  model: string,
  id: string,
  { uid, userCode, grantId, expiresAt }: NewStateRow,
  now: Date,
): Promise<unknown>[] {
  const keep = keepMs(expiresAt, now);
  const writes: Promise<unknown>[] = [];
  if (grantId !== undefined) {
    const oldest = now.getTime() - SLACK_MS;
    writes.push(addMember(redis, [keys.grantMembers(grantId)], [expiresAt.getTime(), nameOf(model, id), oldest, keep]));
  }
  for (const index of [uid && keys.stateUid(model, uid), userCode && keys.stateUserCode(model, userCode)]) {
    if (index) writes.push(redis.ask((client) => client.set(index, id, 'PX', keep)));
  }
  return writes;
}

function nameOf(model: string, id: string): string {
  return `${model}:${id}`;
}

function keysOf(name: string): [row: string, consumed: string] {
  return [keys.stateRow(name), keys.stateConsumed(name)];
}
