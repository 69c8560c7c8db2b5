import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestAlone } from '../support/connection.ts';
import { eventually } from '../support/eventually.ts';
import { newPerson, type Page } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { environmentOf, runMain, logsOf, startProduct, type OwnProduct } from '../support/product.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { initiates, relyingParty } from '../support/relying-party.ts';

let postgres: TemporaryPostgres;
let redis: RedisServer;
let product: OwnProduct;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  product = await startProduct({ env: { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url } });
});
afterAll(async () => {
  await product.remove();
  await redis.stop();
  await postgres.remove();
});

/** Asks without a browser. */
const asks = async (path: string, init: { method?: 'POST'; headers?: Record<string, string>; body?: string } = {}) => {
  const answer = await requestAlone(`${product.address}${path}`, init);
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
};
const asksForToken = (grant: string) =>
  asks('/token', {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from('basic:basic-keeps-this-for-tests-only-0123456789').toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: grant,
  });
/** Refresh tokens are in the database, access tokens in Redis. */
const refresh = `grant_type=refresh_token&refresh_token=${'x'.repeat(43)}`;
const credentials = 'grant_type=client_credentials';

const saysLater = (page: Page) => {
  expect(page).toMatchObject({ status: 503, error: { code: 'service.unavailable' } });
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
  expect(page.text).toMatch(/请求编号：[\w-]{12}/);
};

/** Its last word on readiness may be half a second old: what needs either store is asked besides. */
const heals = () =>
  eventually('an answer that needs both stores', async () => {
    const statuses = await Promise.all([asks('/health/ready'), asksForToken(refresh), asksForToken(credentials)]);
    return statuses[0].status === 200 && statuses.every(({ status }) => status !== 503);
  });

describe('a process that starts without its stores', () => {
  it('says which database it misses and where that is set, and ends', async () => {
    const { code, output } = await runMain([], { ...environmentOf(product), DATABASE_URL: 'postgres://minxin@127.0.0.1:9/minxin' });
    expect(code).toBe(1);
    expect(output).toMatch(/^database is unavailable \(connect ECONNREFUSED 127\.0\.0\.1:9\); look at DATABASE_URL/m);
  });
});

/** Sessions are in the database: their pages go on without Redis. */
const goesOn = (page: Page) => expect(page.status).toBe(200);

describe.each<[string, string, (page: Page) => void, () => Promise<unknown>, () => Promise<unknown>]>([
  ['PostgreSQL that is down', refresh, saysLater, () => postgres.crash(), () => postgres.start()],
  ['Redis that is down', credentials, goesOn, () => redis.stop(), async () => (redis = await startRedis({ port: redis.port }))],
  ['Redis that hangs', credentials, goesOn, async () => redis.pause(), async () => redis.resume()],
])('%s', (_, grant, account, fails, returns) => {
  it('is said as "try later" by pages and endpoints alike, and heals by itself', async () => {
    const service = await relyingParty(product, 'first-party');
    const citizen = await newCitizen(product, 'L2');
    const person = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
    await signsIn(person, citizen);
    const { tokens } = await service.receives(person);
    const other = await service.sendsToUs();
    // Has signed in, and is on the way back.
    const late = await service.sendsToUs();
    const wayBack = new URL(`/auth/${late.page.url.pathname.split('/')[2]}`, late.page.url);
    late.stops.add(wayBack.href);
    await late.submits({ identifier: citizen.username, password: citizen.password });
    late.stops.delete(wayBack.href);

    await fails();
    try {
      expect((await asks('/health/live')).status).toBe(200);
      await eventually('the end of readiness', async () => (await asks('/health/ready')).status === 503);
      // The store is away until all of this has been answered.
      saysLater(await other.submits({ identifier: citizen.username, password: citizen.password, ...noCaptcha(other.page) }));
      expect((await late.goes(wayBack)).status).toBe(503);
      expect(Number(late.page.headers['retry-after'])).toBeGreaterThan(0);
      expect(late.page.text).toMatch(/请求编号：[\w-]{12}/);
      account(await person.goes('/account'));
      const refused = await asksForToken(grant);
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
      expect(JSON.parse(refused.body)).toEqual({ error: 'server_error', error_description: 'temporarily unavailable, try again later' });
      // What needs no store goes on.
      expect((await asks('/.well-known/openid-configuration')).status).toBe(200);
      expect((await newPerson(product).goes('/help')).status).toBe(200);
    } finally {
      await returns();
    }
    await heals();

    // Nobody was signed out, and nothing that was promised is lost.
    await service.sendsToUs({ prompt: 'none' }, person);
    expect((await service.receives(person)).claims.acr).toBe('L2');
    expect((await service.refreshes(tokens)).access_token).toBeDefined();
    const fresh = await service.sendsToUs();
    await signsIn(fresh, citizen);
    expect((await service.receives(fresh)).claims.amr).toEqual(['pwd']);
    expect(logsOf(product)).not.toContain(citizen.mobile);
  });
});

describe('short-lived state that is lost', () => {
  it('costs who is under way a fresh start, with the way to it', async () => {
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs();
    await redis.stop();
    redis = await startRedis({ port: redis.port });
    await heals();
    const page = await person.goes(person.page.url);
    expect(page).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
    expect(page.$('#back').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
  });
});

/** A captcha cannot be looked up while a store is away; the page must fail before it matters. */
function noCaptcha(page: Page): { captcha?: string } {
  return page.has('#login-captcha') ? { captcha: '0000' } : {};
}
