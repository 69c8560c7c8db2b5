import type { Announcements } from '../../src/domain/announcements.ts';
import type { RedisConnection } from './open.ts';
import { keys } from './keys.ts';

/** Announcements to all processes, by one subscription of each: however many pages wait, Redis is not asked for them. */
export function createRedisAnnouncements(redis: RedisConnection): Announcements {
  const listeners = new Set<(topic: string | undefined) => void>();
  const tell = (topic: string | undefined) => {
    for (const listener of listeners) listener(topic);
  };
  redis.subscribe(keys.announced, tell);
  return {
    async announce(topic) {
      await redis.ask((client) => client.publish(keys.announced, topic));
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
