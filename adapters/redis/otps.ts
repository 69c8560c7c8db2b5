import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { OtpResult, OtpStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { keepMs } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

const results: readonly OtpResult[] = ['none', 'ok', 'wrong', 'exhausted'];

/**
 * KEYS code; ARGV hash, now. Answers an index into `results`. What is compared are keyed hashes of equal
 * length, so the time it takes says nothing about the code.
 */
const redeemCode = script(`
local code = redis.call('GET', KEYS[1])
if not code then return 0 end
local expires, left, hash = string.match(code, '^(%d+) (%d+) (%x*)$')
if tonumber(expires) <= tonumber(ARGV[2]) then return 0 end
left = tonumber(left)
if left <= 0 then return 3 end
if hash == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end
redis.call('SET', KEYS[1], string.format('%s %d %s', expires, left - 1, hash), 'KEEPTTL')
return left > 1 and 2 or 3`);

/**
 * One-time codes in Redis, as `<expiry> <attempts left> <hash>`. The wrong attempt that uses up the last
 * one is answered `exhausted`, and so is every later one until the code would have expired.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisOtps(redis: RedisConnection, clock: Clock = systemClock): OtpStore {
  return {
    async put(key, codeHash, attempts, expiresAt) {
      const code = `${expiresAt.getTime()} ${attempts} ${codeHash.toString('hex')}`;
      await redis.ask((client) => client.set(keys.otp(key), code, 'PX', keepMs(expiresAt, clock.now())));
    },

    async redeem(key, codeHash, now) {
      const reply = await redeemCode(redis, [keys.otp(key)], [codeHash.toString('hex'), now.getTime()]);
      return results[Number(reply)] ?? 'none';
    },
  };
}
