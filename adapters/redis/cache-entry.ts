import { randomUUID } from 'node:crypto';
import { keys } from './keys.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

/**
 * One entry of the cache and who may write it. It holds one of
 *
 * - `V…` a value;
 * - `L…` a lease: one reader is fetching the row and may fill the entry if its lease is still there;
 * - `W…` a mark: one writer is changing the row in the inner store;
 * - `X`  a bar: several writers at once, or an ending of the account; nobody knows what is true.
 *
 * Everything but a value sends readers to the inner store. Leases and marks carry a random token and are
 * only ever replaced by a script that compares it, so a command that arrives late finds them gone and
 * changes nothing. They outlive any statement of the database; if their owner dies, they age away.
 */

/** Longer than the database lets a statement take. */
const MARK_MS = 10_000;
/** Longer than a transaction takes, with its retries. */
const ENDING_MS = 30_000;
/** Memory of what is cached for an account lives longer than what is cached. */
const INDEX_SLACK_MS = 60_000;

const VALUE = 0x56; // V
const BAR = 'X';

/** KEYS entry; ARGV mark, life. */
const markEntry = script(`
local state = redis.call('GETRANGE', KEYS[1], 0, 0)
local mark = (state == 'W' or state == 'X') and 'X' or ARGV[1]
redis.call('SET', KEYS[1], mark, 'PX', ARGV[2])`);

/** KEYS entry; ARGV mark or lease, value or nothing, its life, life of a bar. */
const settleEntry = script(`
local own = redis.call('GETRANGE', KEYS[1], 0, 36)
if own == '' then return end
if own == ARGV[1] then
  if ARGV[2] == '' then redis.call('DEL', KEYS[1])
  else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
elseif string.sub(ARGV[1], 1, 1) == 'W' then
  redis.call('SET', KEYS[1], 'X', 'PX', ARGV[4])
end`);

/** KEYS ending, cached entries of the account; ARGV until, entry, now, life. 0 while the account is being ended. */
const registerEntry = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('ZADD', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1`);

/** KEYS as above; ARGV life. Answers the entries of the account. */
const beginEnding = script(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return redis.call('ZRANGE', KEYS[2], 0, -1)`);

export type Read = { readonly state: 'value'; readonly value: Buffer; readonly asOf: number } | { readonly state: 'absent' | 'busy' };

export async function readEntry(redis: RedisConnection, entry: string): Promise<Read> {
  const stored = await redis.ask((client) => client.getBuffer(entry));
  if (!stored) return { state: 'absent' };
  if (stored[0] !== VALUE) return { state: 'busy' };
  const space = stored.indexOf(' ');
  return { state: 'value', asOf: Number(stored.toString('latin1', 1, space)), value: stored.subarray(space + 1) };
}

/** The right to fill an absent entry, or nothing when somebody else was faster. */
export async function leaseEntry(redis: RedisConnection, entry: string): Promise<string | undefined> {
  const lease = `L${randomUUID()}`;
  const granted = await redis.ask((client) => client.set(entry, lease, 'PX', MARK_MS, 'NX'));
  return granted === 'OK' ? lease : undefined;
}

/** Sends every reader to the inner store until the mark is settled. */
export async function beginWrite(redis: RedisConnection, entry: string): Promise<string> {
  const mark = `W${randomUUID()}`;
  await markEntry(redis, [entry], [mark, MARK_MS]);
  return mark;
}

/** Gives a lease or mark back, for a value where there is one to cache. */
export async function settle(
  redis: RedisConnection,
  entry: string,
  token: string,
  cache?: { readonly value: Buffer; readonly asOf: number; readonly lifeMs: number },
): Promise<void> {
  const value = cache ? Buffer.concat([Buffer.from(`V${cache.asOf} `), cache.value]) : '';
  await settleEntry(redis, [entry], [token, value, cache?.lifeMs ?? 0, MARK_MS]);
}

/**
 * Remembers which account an entry belongs to, before it is filled.
 *
 * @returns false while sessions or grants of the account are being ended: then it must not be filled
 */
export async function register(
  redis: RedisConnection,
  accountId: string,
  entry: string,
  { now, ttlMs }: { readonly now: Date; readonly ttlMs: number },
): Promise<boolean> {
  const life = ttlMs + INDEX_SLACK_MS;
  const args = [now.getTime() + life, entry, now.getTime(), life];
  return (await registerEntry(redis, accountKeys(accountId), args)) === 1;
}

/** From here on no entry of the account is read or filled, for as long as a transaction may take. */
export async function barAccount(redis: RedisConnection, accountId: string): Promise<void> {
  const entries = await beginEnding(redis, accountKeys(accountId), [ENDING_MS]);
  if (!Array.isArray(entries)) return;
  await Promise.all(entries.map((entry) => redis.ask((client) => client.set(String(entry), BAR, 'PX', ENDING_MS))));
}

function accountKeys(accountId: string): [ending: string, cached: string] {
  return [keys.accountEnding(accountId), keys.cachedOfAccount(accountId)];
}
