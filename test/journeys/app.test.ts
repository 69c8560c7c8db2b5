import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { appOf, appWith, asks, codeOn, showsCode, type Answer, type App } from '../support/app.ts';
import type { Person } from '../support/browser.ts';
import { allows, newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { messageOf, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
let citizen: Citizen;
let app: App;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'first-party');
  citizen = await newCitizen(product, 'L2');
  app = await appOf(product, citizen);
});

describe('the app of the city, in the hand of somebody whose computer shows a code', () => {
  it('[LOG-06] [LOG-08] [MOB-10] sees who asks, scans, picks the number and signs the computer in', async () => {
    const computer = await showsCode(service);
    const { ticket, number } = codeOn(computer.page);
    const before = await app.look(ticket);
    expect(before).toMatchObject({
      status: 200,
      body: { ticket, state: 'waiting', purpose: 'sign-in', service: '政务门户', browser: 'Chrome · Windows', place: expect.any(String) },
    });
    expect(before.body).not.toHaveProperty('numbers');
    const scanned = await app.scan(ticket);
    expect(scanned).toMatchObject({ status: 200, body: { state: 'scanned', numbers: expect.arrayContaining([number]) } });
    expect(await app.scan(ticket)).toMatchObject({ status: 200, body: scanned.body });
    await computer.goes(computer.page.url);
    expect(computer.page.$('[data-handover-state]').attr('data-handover-state')).toBe('scanned');
    expect(await app.confirm(ticket, number)).toMatchObject({ status: 200, body: { state: 'confirmed' } });
    await comesForIt(computer);
    expect((await app.look(ticket)).body['state']).toBe('confirmed');
    const { claims } = await service.receives(computer);
    expect(claims['amr']).toEqual(expect.arrayContaining(['pwd', 'xdev']));
  });

  it('says no, and the computer stays signed out', async () => {
    const computer = await showsCode(service);
    const { ticket, number } = codeOn(computer.page);
    await app.scan(ticket);
    expect(await app.deny(ticket)).toMatchObject({ status: 200, body: { state: 'denied' } });
    expect(await app.confirm(ticket, number)).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
    await computer.goes(computer.page.url);
    expect(computer.page.$('[data-handover-state]').attr('data-handover-state')).toBe('denied');
  });

  it('picks another number, which ends it, and is told in a message too', async () => {
    const computer = await showsCode(service);
    const { ticket, number } = codeOn(computer.page);
    await app.scan(ticket);
    const wrong = await app.confirm(ticket, number === 99 ? 98 : number + 1);
    expect(wrong).toMatchObject({ status: 403, body: { code: 'handover.number', type: 'urn:minxin:problem:handover.number' } });
    expect(wrong.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(await app.confirm(ticket, number)).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
    expect((await messageOf(sandboxOf(product), citizen.mobile, 'notice.handover-refused')).text).toContain('选错了数字');
  });

  it('says what went wrong in the language of the phone', async () => {
    const say = async (language: string) =>
      (await asks(product, '/app/handovers/nothing', { token: app.tokens.access_token, headers: { 'Accept-Language': language } })).body;
    expect([(await say('en-GB'))['title'], (await say('zh-CN'))['title']]).toEqual([
      expect.stringContaining('This QR code has expired'),
      expect.stringContaining('二维码已失效'),
    ]);
  });

  it('signs in again first where the service wants a sign-in of now (RFC 9470)', async () => {
    // Sessions know whole seconds: in the one in which the app was signed in, it still is.
    await sandboxOf(product).waits(1);
    const computer = await showsCode(service, { prompt: 'login' });
    const { ticket, number } = codeOn(computer.page);
    for (const answer of [await app.look(ticket), await app.scan(ticket)]) {
      expect(answer).toMatchObject({ status: 401, body: { code: 'insufficient_user_authentication', max_age: expect.any(Number) } });
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/error="insufficient_user_authentication".*, max_age="\d+"$/);
    }
    const { max_age } = (await app.look(ticket)).body;
    const again = await appOf(product, citizen, { max_age: Number(max_age) });
    await again.scan(ticket);
    expect((await again.confirm(ticket, number)).status).toBe(200);
    await comesForIt(computer);
    await service.receives(computer);
  });
});

/** The page of the code follows by itself; without a script it is loaded anew. */
async function comesForIt(computer: Person): Promise<void> {
  await computer.goes(computer.page.url);
  await computer.submits();
  await allows(computer);
}

describe('the API of the app', () => {
  it.each<[string, (ours: string) => Parameters<typeof asks>[2], string | undefined]>([
    ['no token', () => ({}), undefined],
    ['another scheme', (ours) => ({ headers: { Authorization: `Basic ${ours}` } }), 'invalid_token'],
    ['a token that is none', () => ({ token: 'x'.repeat(44) }), 'invalid_token'],
    ['a token with a space in it', (ours) => ({ token: `${ours} ${ours}` }), 'invalid_token'],
  ])('asks for a token, and says so (RFC 6750): %s', async (_, call, error) => {
    const answer = await asks(product, '/app/handovers/nothing', call(app.tokens.access_token));
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token', status: 401 } });
    const challenge = answer.headers.get('WWW-Authenticate') ?? '';
    expect(challenge).toContain(`Bearer realm="${product.issuer}"`);
    expect(/error="(\w+)"/.exec(challenge)?.[1]).toBe(error);
  });

  it('takes no token from an address', async () => {
    const answer = await asks(product, `/app/handovers/nothing?access_token=${app.tokens.access_token}`);
    expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });

  it.each<[string, object | string | undefined, Record<string, string>, number, string]>([
    ['no number', {}, {}, 400, 'form.malformed'],
    ['a number as text', { number: '12' }, {}, 400, 'form.malformed'],
    ['a number of one digit', { number: 1 }, {}, 400, 'form.malformed'],
    ['something besides', { number: 12, account: 'x' }, {}, 400, 'form.malformed'],
    ['a list', [], {}, 400, 'form.malformed'],
    ['no JSON', '{"number":', { 'Content-Type': 'application/json' }, 400, 'form.malformed'],
    ['a form', 'number=12', { 'Content-Type': 'application/x-www-form-urlencoded' }, 400, 'form.malformed'],
    ['too much', { number: 12, more: 'x'.repeat(2000) }, {}, 413, 'form.too-large'],
  ])('takes what its description says and nothing else: %s', async (_, body, headers, status, code) => {
    const { ticket } = codeOn((await showsCode(service)).page);
    await app.scan(ticket);
    const token = app.tokens.access_token;
    expect(await asks(product, `/app/handovers/${ticket}/confirm`, { token, headers, ...(body !== undefined && { body }) })).toMatchObject({
      status,
      body: { code },
    });
    expect((await app.look(ticket)).body['state']).toBe('scanned');
  });

  it('sets no cookie, lets no page of another site read it, and is kept by nobody', async () => {
    const answer = await asks(product, '/app/openapi.json', { headers: { Origin: 'http://127.0.0.1' } });
    const names = [...answer.headers.keys()];
    expect(names.filter((name) => name === 'set-cookie' || name.startsWith('access-control-'))).toEqual([]);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('knows its methods and its addresses', async () => {
    const token = app.tokens.access_token;
    const wrong = await asks(product, '/app/handovers/x/scan', { token });
    expect([wrong.status, wrong.headers.get('Allow'), wrong.body['code']]).toEqual([405, 'POST', 'page.method']);
    for (const path of ['/app', '/app/', '/app/nothing', '/app/handovers/x/take']) {
      expect(await asks(product, path, { token, headers: { Accept: 'text/html' } })).toMatchObject({
        status: 404,
        body: { code: 'page.not-found' },
      });
    }
  });

  it('answers so many calls of one account in a minute', async () => {
    const eager = await appOf(product, await newCitizen(product));
    const answers: Answer[] = [];
    for (let call = 0; call < 61; call += 1) answers.push(await eager.look('nothing'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(60).fill(410), 429]);
    expect(Number(answers.at(-1)?.headers.get('Retry-After'))).toBeGreaterThan(0);
  });

  it('is described by what it answers (OpenAPI 3.1)', async () => {
    const { body: document } = await asks(product, '/app/openapi.json');
    const { openapi, paths, components } = document as unknown as Description;
    expect(openapi).toBe('3.1.0');
    expect(Object.entries(paths).map(([path, own]) => [path, Object.keys(own)])).toEqual([
      ['/app/handovers/{ticket}', ['get']],
      ['/app/handovers/{ticket}/scan', ['post']],
      ['/app/handovers/{ticket}/confirm', ['post']],
      ['/app/handovers/{ticket}/deny', ['post']],
    ]);
    const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
    const { ticket, number } = codeOn((await showsCode(service)).page);
    const answers = [await app.look(ticket), await app.scan(ticket), await app.confirm(ticket, number), await app.confirm(ticket, number)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 410]);
    for (const { status, body } of answers) {
      const isSound = ajv.compile(components.schemas[status === 200 ? 'Handover' : 'Problem'] ?? false);
      expect([isSound(body), isSound.errors]).toEqual([true, null]);
    }
    // Whatever is described is there, and asks who is asking.
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods))
        expect((await asks(product, path.replace('{ticket}', 'x'), { method: method.toUpperCase() })).status).toBe(401);
  });
});

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

describe('a token of the app', () => {
  it('ends with the session that was signed in with it: the app signs in again', async () => {
    const who = await newCitizen(product);
    const owned = await appOf(product, who);
    await sandboxOf(product).waits(12 * 3600 + 1);
    const tokens = await (await relyingParty(product, 'citizen-app')).refreshes(owned.tokens);
    const answer = await appWith(product, tokens).look('nothing');
    expect(answer).toMatchObject({ status: 401, body: { code: 'insufficient_user_authentication', max_age: 0 } });
    expect(answer.headers.get('WWW-Authenticate')).toContain('max_age="0"');
    // And the one before has expired.
    expect(await owned.look('nothing')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(await (await appOf(product, who)).look('nothing')).toMatchObject({ status: 410 });
  });
});
