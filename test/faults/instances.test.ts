import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { Client } from 'pg';
import { requestAlone } from '../support/connection.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, confirmsPassword, newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { eventually } from '../support/eventually.ts';
import { listen } from '../support/listener.ts';
import { identityFields } from '../support/newcomer.ts';
import { fillForm } from '../support/page.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { environmentOf, runMain, startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { relyingParty, type Tokens } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';

/** Two processes of one installation on one PostgreSQL and one Redis, behind a balancer that sends every request elsewhere. */
let postgres: TemporaryPostgres;
let redis: RedisServer;
let first: OwnProduct;
let second: OwnProduct;
let stores: Record<'DATABASE_URL' | 'REDIS_URL', string>;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  first = await startProduct({ env: stores });
  second = await startProduct({ env: stores, beside: first });
});
afterAll(async () => {
  await second.remove();
  await first.remove();
  await redis.stop();
  await postgres.remove();
});

const party = (client: string) => relyingParty(first, client);
const sql = async (text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new Client({ connectionString: stores.DATABASE_URL });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};
const newestAccount = `(select id from account order by created_at desc limit 1)`;

describe('two processes are one', () => {
  /** The next act goes to the other process. */
  let turn = 0;
  const switches = (person: Person): void => {
    turn += 1;
    person.reaches(turn % 2 === 0 ? first : second);
  };

  it('a sign-in, its step-up and its consent go on wherever they arrive', async () => {
    const service = await party('level-2');
    const citizen = await newCitizen(first);
    const person = newPerson(first);
    person.stops.add(service.redirectUri);
    switches(person);
    await person.arrives(await service.requestFor(person, { scope: 'openid phone' }));
    switches(person);
    await person.opens('#tab-sms-code');
    switches(person);
    await person.asksForCode({ mobile: citizen.mobile });
    switches(person);
    await person.submits({ mobile: citizen.mobile, code: await person.readsCode(citizen.mobile) });
    switches(person);
    await opensProofing(person, 'real-name', citizen);
    switches(person);
    await person.submits(identityFields(citizen.identity));
    switches(person);
    await person.opens('#next');
    switches(person);
    await allows(person);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2', amr: ['sms'] });
    switches(person);
    expect((await person.goes('/account')).text).toContain('初级认证');
  });

  it('a double click whose halves reach two processes is one sign-in, and the half that is heard ends at the service', async () => {
    const service = await party('basic');
    const { mobile } = await newCitizen(first);
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile });
    const { action, fields } = fillForm(person.page, { mobile, code: await person.readsCode(mobile) });
    const body = new URLSearchParams(fields).toString();
    const headers = {
      Cookie: await person.jar.getCookieString(action.href),
      'Content-Type': 'application/x-www-form-urlencoded',
      Host: action.host,
      Accept: 'text/html',
    };
    person.reaches(second);
    const dropped = requestAlone(new URL(action.pathname, first.address), { method: 'POST', headers, body });
    await Promise.all([dropped.then((answer) => answer.body.dump()), person.posts(action, body)]);
    await allows(person);
    expect((await service.receives(person)).claims.amr).toEqual(['sms']);
    person.reaches(first);
    expect((await person.goes('/account')).status).toBe(200);
  });

  it('a code that one process gave is redeemed at the other, once', async () => {
    const service = await party('basic');
    const person = await service.sendsToUs({ code_challenge: await openid.calculatePKCECodeChallenge(verifier) });
    await signsIn(person, await newCitizen(first));
    const redeem = (at: Product) =>
      token(at, {
        grant_type: 'authorization_code',
        code: person.page.url.searchParams.get('code') ?? '',
        redirect_uri: service.redirectUri,
        code_verifier: verifier,
      });
    const answers = await Promise.all([second, first, second, first].map(redeem));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(3);
  });

  it('a refresh token is used once, whichever process is asked', async () => {
    const tokens = await offlineTokens(await newCitizen(first));
    const answers = await Promise.all(
      [first, second, first, second].map((at) => token(at, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant').length).toBeGreaterThanOrEqual(3);
  });

  it('wrong passwords are counted together, and a captcha that one took is used up for the other', async () => {
    const citizen = await newCitizen(first);
    const service = await party('basic');
    const person = await service.sendsToUs();
    for (let count = 0; count < 5; count += 1) {
      switches(person);
      await person.submits({ identifier: citizen.username, password: `guess-${count}` });
    }
    switches(person);
    expect((await person.submits({ identifier: citizen.username, password: citizen.password })).status).toBe(429);

    const other = await service.sendsToUs();
    await other.opens('#tab-sms-code');
    const captchaId = other.page.$('[name=captchaId]').attr('value') ?? '';
    const captcha = await other.sandbox.captchaAnswer(captchaId);
    await other.asksForCode({ mobile: citizen.mobile, captcha });
    const { mobile } = await newCitizen(first);
    const again = await service.sendsToUs();
    again.reaches(second);
    await again.opens('#tab-sms-code');
    expect((await again.submits({ mobile, captchaId, captcha }, { button: '#send-code' })).error?.code).toBe('captcha.wrong');
  });

  it('who signs out at one is signed out at the other', async () => {
    const service = await party('basic');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(first));
    person.reaches(second);
    expect((await person.goes('/account')).status).toBe(200);
    await person.goes('/session/end');
    await person.submits({}, { button: '#logout-yes' });
    person.reaches(first);
    expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });

  it('when one dies, whoever was there goes on at the other', async () => {
    const service = await party('first-party');
    const citizen = await newCitizen(first, 'L2');
    const person = await service.sendsToUs();
    person.reaches(second);
    await person.goes(person.page.url);
    await second.crash();
    person.reaches(first);
    await signsIn(person, citizen);
    expect((await service.receives(person)).claims.acr).toBe('L2');
    await second.start();
    person.reaches(second);
    expect((await person.goes('/account')).status).toBe(200);
  });
});

describe('keys', () => {
  const kidsAt = async (product: Product): Promise<string[]> => {
    const { keys }: { keys: { kid: string; kty: string }[] } = JSON.parse(
      await (await requestAlone(`${product.address}/jwks`)).body.text(),
    );
    return keys.filter(({ kty }) => kty === 'EC').map(({ kid }) => kid);
  };
  const runKeys = async (...args: string[]) => runMain(['keys', ...args], { ...environmentOf(first), ...stores, ISSUER: first.issuer });
  const signedBy = async (): Promise<string | undefined> => {
    const service = await party('first-party');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(first));
    return decodeProtectedHeader((await service.redeems(person)).id_token ?? '').kid;
  };

  it('[PRT-01] are rotated by command: published by every process, used after a while, kept until nothing of theirs is valid', async () => {
    const [old = ''] = await kidsAt(first);
    const rotated = await runKeys('rotate', 'ES256');
    expect(rotated).toEqual({ code: 0, output: expect.stringMatching(/ES256 .* published/) });
    await eventually('a second key everywhere', async () => (await kidsAt(first)).length === 2 && (await kidsAt(second)).length === 2);
    const fresh = (await kidsAt(first)).find((kid) => kid !== old) ?? '';
    expect(rotated.output).toContain(fresh);
    expect(await signedBy()).toBe(old);

    // Whoever keeps the old set for as long as it may is never surprised; a process that starts looks at once.
    await sandboxOf(first).waits(1100);
    const service = await party('first-party');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(first));
    const early = (await service.redeems(person)).id_token ?? '';
    await sandboxOf(first).waits(101);
    await second.stop();
    await second.start();
    await eventually('the fresh key everywhere', async () => (await kidsAt(first))[0] === fresh && (await kidsAt(second))[0] === fresh);
    expect(await signedBy()).toBe(fresh);
    // The old one stays in the set, so that what it signed is still valid.
    expect(await kidsAt(first)).toContain(old);
    await expect(service.verifies(early)).resolves.toMatchObject({ aud: 'first-party' });
  });

  it('that are withdrawn leave every process, and what they signed is refused', async () => {
    const service = await party('first-party');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(first));
    const stolen = (await service.redeems(person)).id_token ?? '';
    const kid = decodeProtectedHeader(stolen).kid ?? '';
    await service.sendsToUs({ prompt: 'none', id_token_hint: stolen }, person);
    expect(person.page.url.searchParams.has('code')).toBe(true);

    expect(await runKeys('withdraw', kid)).toEqual({
      code: 0,
      output: expect.stringMatching(new RegExp(`^${kid} +ES256 +withdrawn`, 'm')),
    });
    await eventually('the end of the key everywhere', async () => ![...(await kidsAt(first)), ...(await kidsAt(second))].includes(kid));
    expect((await kidsAt(first))[0]).toBe((await kidsAt(second))[0]);
    for (const product of [first, second]) {
      person.reaches(product);
      await service.sendsToUs({ prompt: 'none', id_token_hint: stolen }, person);
      expect(await service.isRefused(person)).toMatchObject({ error: 'invalid_request' });
      const left = await newPerson(product).goes(`/session/end?id_token_hint=${stolen}`);
      expect(left).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
    }
    await expect(service.verifies(stolen)).rejects.toThrow('no applicable key');
    expect(await signedBy()).not.toBe(kid);
    expect(await sql(`select details ->> 'actor' as actor from audit_event where event = 'key.withdrawn'`)).toEqual([{ actor: 'command' }]);
  });
});

describe('the key-encryption key', () => {
  it('is replaced by command, and then nothing at rest needs the earlier one', async () => {
    const secrets: { keyEncryptionKey: string } = JSON.parse(
      readFileSync(join(environmentOf(first)['DATA_DIR'] ?? '', 'secrets.json'), 'utf8'),
    );
    const [old, fresh] = [secrets.keyEncryptionKey, randomBytes(32).toString('base64url')];
    const keys = async (kek: string, ...args: string[]) =>
      runMain(['keys', ...args], { ...environmentOf(first), ...stores, ISSUER: first.issuer, MINXIN_KEY_ENCRYPTION_KEY: kek });
    const earlier = ({ output }: { output: string }) =>
      [...output.matchAll(/^\w+ +(\d+) of/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    const person = newPerson(first);
    await person.goes('/login');
    await signsIn(person, await newCitizen(first));

    expect(earlier(await keys(`${fresh},${old}`, 'rewrap', '--dry-run'))).toBeGreaterThan(5);
    expect((await keys(fresh)).code).toBe(1);
    expect((await keys(`${fresh},${old}`, 'rewrap')).output).toMatch(/^account +\d+ done$/m);
    expect(await keys(fresh)).toMatchObject({ code: 0, output: expect.stringContaining('ES256') });
    const left = await keys(`${fresh},${old}`, 'rewrap', '--dry-run');
    expect(earlier(left)).toBe(0);
    expect(left.output).toMatch(/sessions, grants and tokens need an earlier key/);
    // The processes of this test know the old one only.
    expect((await keys(`${old},${fresh}`, 'rewrap')).code).toBe(0);
  });
});

describe('the audit log', () => {
  it('is vouched for by every process that starts, and shows by command that its end is missing', async () => {
    await second.stop();
    await second.start();
    const verify = async () => runMain(['audit:verify'], { ...environmentOf(first), ...stores, ISSUER: first.issuer });
    expect(await verify()).toEqual({ code: 0, output: expect.stringMatching(/an anchor vouches for it up to entry \d+/) });
    const [last] = await sql(`
      with gone as (
        delete from audit_event where seq >= (select split_part(value, '.', 1)::int from setting where name = 'audit-anchor') returning seq
      ) select min(seq) as seq from gone
    `);
    expect(await verify()).toEqual({ code: 1, output: expect.stringContaining(`the chain is broken at entry ${String(last?.['seq'])}`) });
  });
});

describe('an account that an operator locked', () => {
  it('is of no use anywhere, at once: no sign-in, no session, no code, no token, no page', async () => {
    const service = await party('basic');
    const bystander = await offlineTokens(await newCitizen(first));
    const config = await service.configuration();
    const citizen = await newCitizen(first, 'L2');
    const person = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
    await signsIn(person, citizen);
    const own = await service.redeems(person);
    await service.sendsToUs({}, person);
    expect(person.page.url.searchParams.has('code')).toBe(true);

    await sql(`update account set status = 'locked' where id = ${newestAccount}`);

    await expect(service.redeems(person)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(service.refreshes(own)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(openid.fetchUserInfo(config, own.access_token, openid.skipSubjectCheck)).rejects.toMatchObject({ status: 401 });
    expect((await openid.tokenIntrospection(config, own.access_token)).active).toBe(false);
    await service.sendsToUs({ prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'login_required' });
    expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);

    const again = await service.sendsToUs();
    expect((await again.submits({ identifier: citizen.username, password: 'wrong' })).error?.code).toBe('credentials.wrong');
    expect(await again.submits({ identifier: citizen.username, password: citizen.password })).toMatchObject({
      status: 403,
      error: { code: 'account.locked' },
    });
    await again.opens('#tab-sms-code');
    await again.asksForCode({ mobile: citizen.mobile });
    expect((await again.submits({ mobile: citizen.mobile, code: await again.readsCode(citizen.mobile) })).error?.code).toBe(
      'account.locked',
    );

    // Nobody else is.
    expect((await openid.tokenIntrospection(config, bystander.access_token)).active).toBe(true);
  });

  it('cannot go on with a step-up that it had begun', async () => {
    const service = await party('level-3');
    const citizen = await newCitizen(first, 'L3');
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile: citizen.mobile });
    await person.submits({ mobile: citizen.mobile, code: await person.readsCode(citizen.mobile) });
    await sql(`update account set status = 'locked' where id = ${newestAccount}`);
    await confirmsPassword(person, citizen).catch(() => undefined);
    expect(person.page.error?.code).toBe('account.locked');
  });
});

describe('a logout token', () => {
  it('[PRT-05] that is sent after the account changed carries the sub the service knew', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(first);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const { claims } = await service.receives(person);
    const listener = await listen(first);
    try {
      listener.answers(503);
      await service.signsOut(person);
      await person.submits({}, { button: '#logout-yes' });
      await listener.takesLogout('basic', claims.sub);

      // What a change of the person behind an account does (D1); no page of this product does it yet.
      await sql(`with made as (insert into subject (id, created_at) values (gen_random_uuid(), now()) returning id)
        update account set subject_id = (select id from made) where id = ${newestAccount}`);
      const now = await service.sendsToUs();
      await signsIn(now, citizen);
      expect((await service.receives(now)).claims.sub).not.toBe(claims.sub);

      listener.answers(200);
      await sandboxOf(first).waits(120);
      const late = await service.verifies(await listener.takesLogout('basic', claims.sub));
      expect(late).toMatchObject({ aud: 'basic', sid: claims['sid'] });
    } finally {
      await listener.close();
    }
  });
});

const verifier = openid.randomPKCECodeVerifier();

/** Asks one process for tokens, as the client `basic`. */
async function token(at: Product, parameters: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
  const secret = Buffer.from('basic:basic-keeps-this-for-tests-only-0123456789').toString('base64');
  const answer = await requestAlone(`${at.address}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${secret}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters).toString(),
  });
  return { status: answer.statusCode, body: JSON.parse(await answer.body.text()) };
}

async function offlineTokens(citizen: Citizen): Promise<Tokens> {
  const service = await party('basic');
  const person = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
  await signsIn(person, citizen);
  return service.redeems(person);
}
