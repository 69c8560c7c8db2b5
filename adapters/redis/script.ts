import { createHash } from 'node:crypto';
import type { RedisConnection } from './open.ts';

/** Runs a script of Redis: one atomic act on keys of one slot. */
export type Script = (redis: RedisConnection, keys: readonly string[], args: readonly (string | number | Buffer)[]) => Promise<unknown>;

/** A script is sent by its digest; its text follows only when Redis does not know it (yet, or any more). */
export function script(lua: string): Script {
  const digest = createHash('sha1').update(lua).digest('hex');
  return (redis, keys, args) =>
    redis.ask(async (client) => {
      try {
        return await client.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return client.eval(lua, keys.length, ...keys, ...args);
      }
    });
}
