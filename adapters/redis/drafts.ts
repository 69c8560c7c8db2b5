import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { DraftRow, DraftStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { keepMs } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

/** KEYS draft; ARGV now, expected revision, value, keep. An expired draft counts as none. */
const compareAndSet = script(`
local expires, revision = string.match(redis.call('GETRANGE', KEYS[1], 0, 40), '^(%d+) (%d+) ')
if not expires or tonumber(expires) <= tonumber(ARGV[1]) then revision = '0' end
if revision ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1`);

const SPACE = 0x20;

/**
 * Drafts of wizards in Redis, sealed by the caller, as `<expiry> <revision> <sealed>`.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisDrafts(redis: RedisConnection, clock: Clock = systemClock): DraftStore {
  return {
    async get(id, now) {
      const stored = await redis.ask((client) => client.getBuffer(keys.draft(id)));
      return stored ? decode(stored, now) : undefined;
    },

    async put(id, expected, sealed, expiresAt, now) {
      const value = Buffer.concat([Buffer.from(`${expiresAt.getTime()} ${expected + 1} `), sealed]);
      const args = [now.getTime(), expected, value, keepMs(expiresAt, clock.now())];
      return (await compareAndSet(redis, [keys.draft(id)], args)) === 1;
    },

    async destroy(id) {
      await redis.ask((client) => client.del(keys.draft(id)));
    },
  };
}

function decode(stored: Buffer, now: Date): DraftRow | undefined {
  const first = stored.indexOf(SPACE);
  const second = stored.indexOf(SPACE, first + 1);
  if (Number(stored.toString('latin1', 0, first)) <= now.getTime()) return undefined;
  return {
    revision: Number(stored.toString('latin1', first + 1, second)),
    sealed: stored.subarray(second + 1),
  };
}
