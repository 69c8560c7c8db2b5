import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { keepMs, stamped, unstamped } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

/** KEYS claim; ARGV now, expiry, keep. SET NX alone would not do: an ended claim may still be there. */
const claimOnce = script(`
local expires = redis.call('GET', KEYS[1])
if expires and tonumber(expires) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);

/**
 * Claims and short-lived values in Redis, two name spaces.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisOnce(redis: RedisConnection, clock: Clock = systemClock): OnceStore {
  return {
    async claim(key, expiresAt, now) {
      const args = [now.getTime(), expiresAt.getTime(), keepMs(expiresAt, clock.now())];
      return (await claimOnce(redis, [keys.claim(key)], args)) === 1;
    },

    async put(key, value, expiresAt) {
      const keep = keepMs(expiresAt, clock.now());
      await redis.ask((client) => client.set(keys.value(key), stamped(value, expiresAt), 'PX', keep));
    },

    async get(key, now) {
      return unstamped(await redis.ask((client) => client.get(keys.value(key))), now);
    },

    async take(key, now) {
      return unstamped(await redis.ask((client) => client.getdel(keys.value(key))), now);
    },
  };
}
