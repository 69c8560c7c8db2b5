import { randomUUID } from 'node:crypto';
import type { QuotaRule, QuotaStore } from '../../src/domain/short-lived.ts';
import { keys } from './keys.ts';
import { SLACK_MS } from './lifetime.ts';
import type { RedisConnection } from './open.ts';
import { script } from './script.ts';

/**
 * KEYS one window per rule; ARGV now, ticket, slack, then limit and length (ms) of each window. A window
 * is a sorted set of tickets by moment and never holds more than its limit. Answers the index of the
 * first rule without room and the milliseconds until it has some, or -1.
 */
const takeUses = script(`
local now = tonumber(ARGV[1])
for i, window in ipairs(KEYS) do
  local limit, length = tonumber(ARGV[2 * i + 2]), tonumber(ARGV[2 * i + 3])
  redis.call('ZREMRANGEBYSCORE', window, '-inf', now - length)
  local uses = redis.call('ZCARD', window)
  if uses >= limit then
    local leaving = redis.call('ZRANGE', window, uses - limit, uses - limit, 'WITHSCORES')
    return {i - 1, leaving[2] and leaving[2] + length - now or length}
  end
end
for i, window in ipairs(KEYS) do
  redis.call('ZADD', window, now, ARGV[2])
  redis.call('PEXPIRE', window, ARGV[2 * i + 3] + ARGV[3])
end
return {-1, 0}`);

/** KEYS one window per rule; ARGV ticket. */
const giveBackUses = script(`
for _, window in ipairs(KEYS) do redis.call('ZREM', window, ARGV[1]) end`);

/**
 * Sliding windows in Redis: a use counts from its moment until exactly `windowSeconds` later. All
 * windows live on one node of a cluster, because one act takes from several of them or from none.
 */
export function createRedisQuotas(redis: RedisConnection): QuotaStore {
  return {
    async take(rules, now) {
      const ticket = randomUUID();
      const windows = rules.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
      const reply = await takeUses(redis, windowKeys(rules), [now.getTime(), ticket, SLACK_MS, ...windows]);
      const [rule = -1, waitMs = 0] = Array.isArray(reply) ? reply.map(Number) : [];
      if (rule < 0) return { ok: true, ticket };
      return { ok: false, rule, retryAfterSeconds: Math.ceil(waitMs / 1000) };
    },

    async giveBack(rules, ticket) {
      await giveBackUses(redis, windowKeys(rules), [ticket]);
    },
  };
}

/** One key may be limited over several windows at once; each is a window of its own. */
function windowKeys(rules: readonly QuotaRule[]): string[] {
  return rules.map(({ windowSeconds, key }) => keys.quota(windowSeconds, key));
}
