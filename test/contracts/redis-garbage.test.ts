import { afterAll, describe, expect, it } from '@jest/globals';
import { createMemoryState } from '../../adapters/memory/state.ts';
import { createCachedState } from '../../adapters/redis/cached-state.ts';
import { createRedisCaptchas } from '../../adapters/redis/captchas.ts';
import { createRedisDrafts } from '../../adapters/redis/drafts.ts';
import { createRedisOnce } from '../../adapters/redis/once.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import { createRedisOtps } from '../../adapters/redis/otps.ts';
import { createRedisQuotas } from '../../adapters/redis/quotas.ts';
import { createRedisTurns } from '../../adapters/redis/turns.ts';
import { createRedisState } from '../../adapters/redis/state.ts';
import { redisForTests } from '../support/redis.ts';
import { at, now } from './short-lived-backends.ts';
import { stateRow } from './state-contract.ts';

const server = await redisForTests();
const redis = server && (await openRedis(server.url));
const clock = { now: () => now };
afterAll(async () => {
  await redis?.close();
  await server?.stop();
});

/** Seconds until Redis forgets each key that begins with a prefix; negative for never. */
async function secondsLeft(prefix: string): Promise<readonly number[]> {
  const left: number[] = [];
  for (const name of (await redis?.ask((client) => client.keys(`${prefix}*`))) ?? []) {
    left.push(Math.ceil(((await redis?.ask((client) => client.pttl(name))) ?? -1000) / 1000));
  }
  return left;
}

/** Five minutes for clocks that differ. */
const SLACK_SECONDS = 300;

(redis ? describe : describe.skip)('what Redis keeps', () => {
  if (!redis) return;
  const state = createRedisState(redis, clock);

  it('is forgotten some time after it has expired, whatever it is', async () => {
    const row = stateRow({ uid: 'u', userCode: 'c', grantId: 'g', accountId: 'a' });
    const once = createRedisOnce(redis, clock);
    const cache = createCachedState({ redis, inner: createMemoryState(clock), models: ['Session'], ttlSeconds: 30, clock });
    await state.put('DeviceCode', 'put', row);
    await state.insert('DeviceCode', 'inserted', row, now);
    await state.consume('DeviceCode', 'put', now);
    await createRedisOtps(redis, clock).put('k', Buffer.from('hash'), 5, at(60));
    await createRedisOtps(redis, clock).redeem('k', Buffer.from('miss'), now);
    await createRedisCaptchas(redis, clock).put('k', 'x7k2', at(60));
    await createRedisQuotas(redis).take([{ key: 'k', limit: 5, windowSeconds: 60 }], now);
    await createRedisDrafts(redis, clock).put('k', 0, Buffer.from('draft'), at(60), now);
    await createRedisTurns(redis, clock).take('k', 'owner', at(60), now);
    await once.claim('k', at(60), now);
    await once.put('k', 'value', at(60));
    await cache.put('Session', 's', stateRow({ uid: 'u', accountId: 'a' }));
    await cache.find('Session', 's', now);
    await cache.ending(['a'], async () => {});

    const left = await secondsLeft('mx:');
    expect(left.length).toBeGreaterThanOrEqual(16);
    for (const seconds of left) {
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60 + SLACK_SECONDS);
    }
  });

  it('includes the consumption of a row for as long as the row', async () => {
    await state.put('AuthorizationCode', 'extended', stateRow());
    await state.consume('AuthorizationCode', 'extended', now);
    await state.put('AuthorizationCode', 'extended', stateRow({ expiresAt: at(3600) }));
    expect(await secondsLeft('mx:state:{AuthorizationCode:extended}')).toEqual([3600 + SLACK_SECONDS]);
    expect(await secondsLeft('mx:consumed:{AuthorizationCode:extended}')).toEqual([3600 + SLACK_SECONDS]);
  });

  it('includes what was issued under a grant for as long as the longest of it', async () => {
    await state.put('AccessToken', 'long', stateRow({ grantId: 'members', expiresAt: at(3600) }));
    await state.put('AuthorizationCode', 'short', stateRow({ grantId: 'members' }));
    expect(await secondsLeft('mx:grant:members')).toEqual([3600 + SLACK_SECONDS]);
  });

  it('grows with what is alive under a grant, not with all that ever was', async () => {
    let seconds = 0;
    const moving = createRedisState(redis, { now: () => at(seconds) });
    for (let index = 0; index < 50; index += 1) {
      seconds = index * 60;
      await moving.put('AccessToken', `token-${index}`, stateRow({ grantId: 'busy', expiresAt: at(seconds + 60) }));
    }
    const members = await redis.ask((client) => client.zcard('mx:grant:busy'));
    expect(members).toBeLessThanOrEqual(1 + (60 + SLACK_SECONDS) / 60);
  });

  it('holds no more uses of a quota than its limit', async () => {
    const rules = [{ key: 'bounded', limit: 3, windowSeconds: 60 }];
    for (let index = 0; index < 20; index += 1) await createRedisQuotas(redis).take(rules, at(index));
    expect(await redis.ask((client) => client.zcard('mx:{quota}:60:bounded'))).toBe(3);
  });
});
