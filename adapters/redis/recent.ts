import type { RecentStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import type { RedisConnection } from './open.ts';

/** A day; whoever reads what was sent does so within minutes. */
const keptSeconds = 86_400;

/** Recent entries in Redis, so that every process sees them. */
export function createRedisRecent(redis: RedisConnection): RecentStore {
  return {
    async push(list, value, keep) {
      const key = keys.recent(list);
      await redis.ask((client) =>
        client
          .multi()
          .lpush(key, value)
          .ltrim(key, 0, keep - 1)
          .expire(key, keptSeconds)
          .exec(),
      );
    },
    read: (list, limit) => redis.ask((client) => client.lrange(keys.recent(list), 0, limit - 1)),
  };
}
