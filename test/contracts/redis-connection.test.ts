import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRedisOnce } from '../../adapters/redis/once.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import type { RedisConnection } from '../../adapters/redis/open.ts';
import { Unavailable } from '../../src/domain/refused.ts';
import { eventually } from '../support/eventually.ts';
import { redisForTests, startRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { at, now } from './short-lived-backends.ts';

const probe = await redisForTests();
await probe?.stop();

const opened: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await (one.close?.() ?? one.stop?.());
});

async function server(options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
  const redis = await startRedis(options);
  opened.push(redis);
  return redis;
}

async function connection(url: string, report?: (error: Error) => void): Promise<RedisConnection> {
  const redis = await openRedis(url, report);
  opened.push(redis);
  return redis;
}

/** Why an act was given up; undefined when it was done. */
function failure(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

async function untilAnswered(redis: RedisConnection): Promise<void> {
  await eventually('an answer of Redis', async () => (await failure(redis.ping())) === undefined);
}

(probe ? describe : describe.skip)('the connection to Redis', () => {
  it.each([{ cluster: false }, { cluster: true }])('starts without Redis, says so, and heals by itself ($cluster)', async ({ cluster }) => {
    const gone = await startRedis({ cluster });
    await gone.stop();
    const errors: Error[] = [];
    const redis = await connection(gone.url, (error) => errors.push(error));
    expect(await failure(redis.ping())).toBeInstanceOf(Unavailable);
    expect(errors.length).toBeGreaterThan(0);
    expect(redis.stats().ready).toBe(false);

    await server({ cluster, port: gone.port });
    await untilAnswered(redis);
    expect(redis.stats()).toEqual({ ready: true, waiting: 0 });
  });

  it('does not wait for a Redis that hangs, and goes on when it answers again', async () => {
    const { url, ...machine } = await server();
    const redis = await connection(url);
    expect(redis.stats()).toEqual({ ready: true, waiting: 0 });
    machine.pause();
    const asked = failure(redis.ping());
    expect(redis.stats()).toEqual({ ready: true, waiting: 1 });
    const error = await asked;
    expect(redis.stats().waiting).toBe(0);
    machine.resume();
    expect(error).toBeInstanceOf(Unavailable);
    await untilAnswered(redis);
  });

  it('opens a new connection when the old one stays silent', async () => {
    const { url, ...machine } = await server();
    const redis = await connection(url);
    const clientId = (): Promise<number> => redis.ask((client) => client.client('ID'));
    const before = await clientId();
    machine.pause();
    await failure(redis.ping());
    await eventually('the end of the silent connection', () => !redis.stats().ready);
    machine.resume();
    await untilAnswered(redis);
    expect(await clientId()).not.toBe(before);
  });

  it('sends nothing a second time when the connection breaks', async () => {
    const { url, port, ...machine } = await server();
    const redis = await connection(url);
    const once = createRedisOnce(redis);
    await once.claim('warm', at(60), now);
    machine.pause();
    const claim = failure(once.claim('sms', at(60), now));
    await machine.stop();
    expect(await claim).toBeInstanceOf(Unavailable);
    await server({ port });
    await untilAnswered(redis);
    expect(await once.claim('sms', at(60), now)).toBe(true);
  });

  it('knows its scripts again after Redis forgot them', async () => {
    const { url } = await server();
    const redis = await connection(url);
    const once = createRedisOnce(redis);
    expect(await once.claim('a', at(60), now)).toBe(true);
    await redis.ask((client) => client.script('FLUSH'));
    expect(await once.claim('b', at(60), now)).toBe(true);
    expect(await once.claim('b', at(60), now)).toBe(false);
  });

  it('takes a full Redis for an unavailable one, and says nothing of what it was asked to keep', async () => {
    const { url } = await server({ args: ['--maxmemory', '100kb', '--maxmemory-policy', 'noeviction'] });
    const redis = await connection(url);
    const once = createRedisOnce(redis);
    for (const act of [once.put('13800000001', 'canary', at(60)), once.claim('13800000001', at(60), now)]) {
      const error = await failure(act);
      expect(error).toBeInstanceOf(Unavailable);
      expect(everythingIn(error)).toContain('OOM');
      expect(everythingIn(error)).not.toMatch(/13800000001|canary/);
    }
  });

  it('reports a wrong password without repeating it', async () => {
    const { url } = await server();
    await (await connection(url)).ask((client) => client.config('SET', 'requirepass', 'right'));
    const errors: Error[] = [];
    const redis = await connection(url.replace('redis://', 'redis://:canary@'), (error) => errors.push(error));
    expect(await failure(redis.ping())).toBeInstanceOf(Unavailable);
    expect(everythingIn(errors)).toContain('WRONGPASS');
    expect(everythingIn(errors)).not.toContain('canary');
  });

  it('tells a mistake of ours from an absence of Redis', async () => {
    const { url } = await server();
    const redis = await connection(url);
    await redis.ask((client) => client.lpush('13800000001', 'canary'));
    const error = await failure(redis.ask((client) => client.get('13800000001')));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect(everythingIn(error)).toContain('WRONGTYPE');
    expect(everythingIn(error)).not.toMatch(/13800000001|canary/);
  });

  it('answers nobody any more once it is closed', async () => {
    const { url } = await server();
    const redis = await openRedis(url);
    await redis.close();
    expect(await failure(redis.ping())).toBeInstanceOf(Unavailable);
  });

  it.each(['redis://:canary@a:6379,:canary@b:6379', 'redis://:canary@a:port', 'http://:canary@a'])(
    'refuses %s, which is no address, without repeating it',
    async (url) => {
      const error = await failure(openRedis(url));
      expect(everythingIn(error)).toContain('an address of Redis must begin with');
      expect(everythingIn(error)).not.toContain('canary');
    },
  );
});

/** What a careless logger could print: own properties of all kinds, stacks and causes. */
function everythingIn(error: unknown): string {
  return inspect(error, { depth: Infinity, showHidden: true });
}
