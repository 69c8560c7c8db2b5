import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { TurnStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { keepMs, stamped } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

/** KEYS turn; ARGV now, value, keep. SET NX alone would not do: an ended turn may still be there. */
const takeTurn = script(`
local expires = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) ')
if expires and tonumber(expires) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);

/** KEYS turn; ARGV owner. */
const endTurn = script(`
local owner = string.match(redis.call('GET', KEYS[1]) or '', '^%d+ (.*)$')
if owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`);

/**
 * Turns in Redis, by their owners.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisTurns(redis: RedisConnection, clock: Clock = systemClock): TurnStore {
  return {
    async take(key, owner, expiresAt, now) {
      const args = [now.getTime(), stamped(owner, expiresAt), keepMs(expiresAt, clock.now())];
      return (await takeTurn(redis, [keys.turn(key)], args)) === 1;
    },

    async end(key, owner) {
      await endTurn(redis, [keys.turn(key)], [owner]);
    },
  };
}
