import { messagesOf } from '../support/sandbox.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCountingProxy, type CountingProxy } from '../support/counting-proxy.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { root, startProduct, type OwnProduct } from '../support/product.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { relyingParty } from '../support/relying-party.ts';

/** What background jobs and the sandbox's clock ask, whatever people do. */
const background =
  /skip locked|"end_told_at"|hash not like|"setting"|advisory|"signing_key"|from "audit_event"|update audit_event|delete from|update "outbox"|^begin$|^commit$/i;

interface Cost {
  readonly sql: number;
  readonly redis: number;
}

/** The table of docs/performance.md: step, SQL statements, Redis commands. */
function documented(): Map<string, Cost> {
  const text = readFileSync(join(root, 'docs/performance.md'), 'utf8');
  const rows = [...text.matchAll(/^\| ([^|]+) \| (\d+) \| (\d+) \|$/gm)];
  return new Map(rows.map(([, step = '', sql, redis]) => [step.trim(), { sql: Number(sql), redis: Number(redis) }]));
}

describe('round trips to the stores', () => {
  let postgres: TemporaryPostgres;
  let redis: RedisServer;
  let sql: CountingProxy;
  let commands: CountingProxy;
  let product: OwnProduct;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    sql = await startCountingProxy(await postgres.createDatabase());
    commands = await startCountingProxy(redis.url);
    product = await startProduct({
      profile: { extends: 'demo', captcha: { login: 'never' } },
      env: { DATABASE_URL: sql.url, REDIS_URL: commands.url },
    });
  });

  afterAll(async () => {
    await product?.remove();
    await Promise.all([sql?.close(), commands?.close()]);
    await redis?.stop();
    await postgres?.remove();
  });

  async function costOf(step: () => Promise<unknown>): Promise<Cost> {
    sql.asked();
    commands.asked();
    await step();
    return { sql: sql.asked().filter((statement) => !background.test(statement)).length, redis: commands.asked().length };
  }

  it('each step of a sign-in costs no more than docs/performance.md says', async () => {
    const service = await relyingParty(product, 'first-party');
    // Templates, prepared pools and cached records: the first person pays for everybody.
    const first = await service.sendsToUs({ scope: 'openid' });
    await first.submits({ identifier: 'zhangwei', password: 'Minxin-2026' });
    await service.redeems(first);
    // The usual case is a device that signed in before; of a new one the owner is told, which delivers a message meanwhile.
    expect(await messagesOf(first.sandbox, '13800000001', 'notice.new-device')).toHaveLength(1);
    await first.goes('/session/end');
    await first.submits({}, { button: '#logout-yes' });

    const measured = new Map<string, Cost>();
    const measure = async <T>(name: string, step: () => Promise<T>): Promise<T> => {
      let result: T | undefined;
      measured.set(name, await costOf(async () => (result = await step())));
      return result as T;
    };
    const person = await measure('authorization request, to the sign-in page', () => service.sendsToUs({ scope: 'openid' }, first));
    await measure('password submitted, back at the service', () => person.submits({ identifier: 'zhangwei', password: 'Minxin-2026' }));
    await measure('code redeemed', () => service.redeems(person));
    await measure('authorization request with a session', () => service.sendsToUs({ scope: 'openid' }, person));
    const allowed = documented();
    const over = [...measured].filter(([name, cost]) => {
      const limit = allowed.get(name);
      return limit === undefined || cost.sql > limit.sql || cost.redis > limit.redis;
    });
    expect(Object.fromEntries(over)).toEqual({});
  });
});
