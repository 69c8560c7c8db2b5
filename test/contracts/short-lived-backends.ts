import { createMemoryAnnouncements } from '../../adapters/memory/announcements.ts';
import { createMemoryCaptchas } from '../../adapters/memory/captchas.ts';
import { createMemoryDrafts } from '../../adapters/memory/drafts.ts';
import { createMemoryOnce } from '../../adapters/memory/once.ts';
import { createMemoryOtps } from '../../adapters/memory/otps.ts';
import { createMemoryQuotas } from '../../adapters/memory/quotas.ts';
import { createMemoryState } from '../../adapters/memory/state.ts';
import { createMemoryTurns } from '../../adapters/memory/turns.ts';
import { createRedisAnnouncements } from '../../adapters/redis/announcements.ts';
import { createRedisCaptchas } from '../../adapters/redis/captchas.ts';
import { createRedisDrafts } from '../../adapters/redis/drafts.ts';
import { createRedisOnce } from '../../adapters/redis/once.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import type { RedisConnection } from '../../adapters/redis/open.ts';
import { createRedisOtps } from '../../adapters/redis/otps.ts';
import { createRedisQuotas } from '../../adapters/redis/quotas.ts';
import { createRedisState } from '../../adapters/redis/state.ts';
import { createRedisTurns } from '../../adapters/redis/turns.ts';
import type { Announcements } from '../../src/domain/announcements.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { StateStore } from '../../src/domain/protocol-state.ts';
import type { CaptchaStore, DraftStore, OnceStore, OtpStore, QuotaStore, TurnStore } from '../../src/domain/short-lived.ts';
import { redisForTests } from '../support/redis.ts';

/** Every implementation of the short-lived ports. */
export interface Backend {
  readonly name: string;
  readonly state: StateStore;
  readonly otps: OtpStore;
  readonly captchas: CaptchaStore;
  readonly quotas: QuotaStore;
  readonly drafts: DraftStore;
  readonly turns: TurnStore;
  readonly once: OnceStore;
  readonly announcements: Announcements;
  close(): Promise<void>;
}

/** Far from the machine's time, to see that nobody looks at it. */
export const now = new Date('2026-03-01T08:00:00.000Z');

export function at(seconds: number): Date {
  return secondsAfter(now, seconds);
}

const clock: Clock = { now: () => now };

/** Memory, Redis and a cluster of Redis; the last two only where a server can be started. */
export async function shortLivedBackends(): Promise<readonly Backend[]> {
  const [single, cluster] = await Promise.all([redisBackend('Redis', false), redisBackend('a Redis cluster', true)]);
  return [memoryBackend(), single, cluster].filter((backend) => backend !== undefined);
}

export function memoryBackend(): Backend {
  return {
    name: 'memory',
    state: createMemoryState(clock),
    otps: createMemoryOtps(clock),
    captchas: createMemoryCaptchas(clock),
    quotas: createMemoryQuotas(clock),
    drafts: createMemoryDrafts(clock),
    turns: createMemoryTurns(clock),
    once: createMemoryOnce(clock),
    announcements: createMemoryAnnouncements(),
    close: async () => {},
  };
}

async function redisBackend(name: string, cluster: boolean): Promise<Backend | undefined> {
  const server = await redisForTests({ cluster });
  if (!server) return undefined;
  const redis = await openRedis(server.url);
  return {
    name,
    ...redisStores(redis),
    async close() {
      await redis.close();
      await server.stop();
    },
  };
}

function redisStores(redis: RedisConnection): Omit<Backend, 'name' | 'close'> {
  return {
    state: createRedisState(redis, clock),
    otps: createRedisOtps(redis, clock),
    captchas: createRedisCaptchas(redis, clock),
    quotas: createRedisQuotas(redis),
    drafts: createRedisDrafts(redis, clock),
    turns: createRedisTurns(redis, clock),
    once: createRedisOnce(redis, clock),
    announcements: createRedisAnnouncements(redis),
  };
}
