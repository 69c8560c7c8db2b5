import { systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { CaptchaStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { keepMs, stamped, unstamped } from './lifetime.ts';
import type { RedisConnection } from './open.ts';

/**
 * Captchas in Redis. GETDEL hands the answer to one caller only, who then compares.
 *
 * @param clock - only decides how long Redis keeps what has expired
 */
export function createRedisCaptchas(redis: RedisConnection, clock: Clock = systemClock): CaptchaStore {
  return {
    async put(id, answer, expiresAt) {
      const keep = keepMs(expiresAt, clock.now());
      await redis.ask((client) => client.set(keys.captcha(id), stamped(answer, expiresAt), 'PX', keep));
    },

    async redeem(id, answer, now) {
      const expected = unstamped(await redis.ask((client) => client.getdel(keys.captcha(id))), now);
      if (expected === undefined) return 'none';
      return expected === answer ? 'ok' : 'wrong';
    },

    async read(id, now) {
      return unstamped(await redis.ask((client) => client.get(keys.captcha(id))), now);
    },
  };
}
