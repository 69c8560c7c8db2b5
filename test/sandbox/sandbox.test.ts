import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import { createMemoryOnce } from '../../adapters/memory/once.ts';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import type { Behaviour } from '../../sandbox/authorities/simulator.ts';
import { locales, type SandboxState } from '../../sandbox/context.ts';
import { createMemoryMessages } from '../../sandbox/outbox-gateway.ts';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { createPeople } from '../../sandbox/people.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import type { ClientRecord } from '../../src/domain/client.ts';
import type { AccountHeader } from '../../src/domain/person/account.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { profileOf } from '../support/profiles.ts';

const issuer = 'http://id.example';

const profile = profileOf('demo');

const clients: readonly ClientRecord[] = ['social-insurance', 'housing-fund'].map((name) => ({
  client_id: name,
  client_secret: 'secret',
  client_name: name === 'housing-fund' ? '住房公积金' : '社会保险',
  token_endpoint_auth_method: 'client_secret_basic',
  application_type: 'web',
  redirect_uris: [`${issuer}/sandbox/rp/${name}/callback`],
  post_logout_redirect_uris: [`${issuer}/sandbox/rp/${name}/`],
  backchannel_logout_session_required: true,
  grant_types: ['authorization_code'],
  response_types: ['code'],
  require_auth_time: false,
  require_pushed_authorization_requests: false,
  id_token_signed_response_alg: 'ES256',
  first_party: false,
  principal: 'person',
  pkce_required: true,
  entitlements: [],
  subject_type: 'pairwise' as const,
  assertion_audience: 'issuer' as const,
  sandbox_only: true,
}));

let offset = 0;
const clock = {
  now: () => new Date(Date.parse('2026-11-22T04:00:00Z') + offset * 1000),
  offsetSeconds: () => offset,
  advance: async (seconds: number) => {
    offset += seconds;
  },
};
const messages = createMemoryMessages();
const commits: (readonly Write[])[] = [];
const holder: AccountHeader = {
  id: 'account',
  subjectId: 'subject',
  personId: 'person',
  status: 'active',
  locale: undefined,
  mobileProven: true,
};
const forgotten: unknown[] = [];
let behaviour: Behaviour = 'normal';

const sandbox = createSandbox({
  issuer,
  forOthers: false,
  issuerOrigin: () => 'http://127.0.0.1:9',
  profile,
  clients,
  cookieKeys: ['a cookie key'],
  clock,
  people: createPeople(clock),
  authorities: {
    'public-security': {
      behaviour: () => behaviour,
      setBehaviour: (next) => {
        behaviour = next;
      },
    },
  },
  nationalUsers: () => [],
  messages,
  captchaAnswer: async (id) => (id === 'known' ? '4711' : undefined),
  gallery: {
    entries: () => [
      { name: 'login/password/view', state: 'empty' },
      { name: 'register/account', state: 'problems' },
    ],
    async render(ctx, entry, view) {
      if (entry.state !== 'empty') return false;
      ctx.body = { entry, view };
      return true;
    },
  },
  accounts: {
    byId: async () => undefined,
    byIdentifier: async (kind, value) => (kind === 'mobile' && value === '13800000001' ? holder : undefined),
  },
  persons: { byDocument: async () => undefined },
  forget: async (whom) => void forgotten.push(whom),
  hasher: { hash: async () => 'hash' },
  unitOfWork: {
    commit: async (_, writes) => {
      commits.push(writes);
    },
  },
  tickets: async () => [],
  state: createMemoryOnce(clock),
  vault: createFileVault({ keyEncryptionKey: randomBytes(32), indexKey: randomBytes(32), pairwiseKey: randomBytes(32) }),
});

let server: Server;
let origin: string;

beforeAll(async () => {
  const app = new Koa<SandboxState>();
  app.use(async (ctx, next) => {
    ctx.state.askedHost = ctx.host;
    ctx.state.nonce = 'the-nonce';
    ctx.state.locale = 'zh-CN';
    await next();
  });
  app.use(sandbox.routes);
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.close();
});

const get = (path: string) => fetchAlone(`${origin}${path}`, { redirect: 'manual' });
const post = (path: string, body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetchAlone(`${origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the sandbox for scripts', () => {
  it('lists people, and no organisations yet', async () => {
    expect(await (await get('/sandbox/people.json')).json()).toContainEqual(expect.objectContaining({ id: 'zhangwei', scenario: 'match' }));
    expect(await (await get('/sandbox/organisations.json')).json()).toEqual([]);
  });

  it('finds whoever has a document, generated people too', async () => {
    const ask = async (number: string) => (await get(`/sandbox/people.json?document=${number}`)).json();
    const { document, bankCards } = generatedPerson(4711);
    expect(await ask(document.number)).toEqual([expect.objectContaining({ document, bankCards })]);
    expect(await ask('110199199003150113')).toEqual([expect.objectContaining({ id: 'zhangwei' })]);
    expect(await ask('11010519491231002X')).toEqual([]);
  });

  it('gives the messages to one address', async () => {
    const message = { channel: 'sms', template: 'login', params: {}, text: '验证码 123456', sentAt: clock.now() } as const;
    await messages.put({ ...message, id: '1', to: '13800000001', code: '123456' });
    await messages.put({ ...message, id: '2', to: '13800000002' });
    expect(await (await get('/sandbox/messages.json?to=13800000001')).json()).toMatchObject([{ id: '1', code: '123456' }]);
    expect(await (await get('/sandbox/messages.json?to=%2B8613800000001')).json()).toHaveLength(1);
    expect(await (await get('/sandbox/messages.json')).json()).toHaveLength(2);
  });

  it('gives the answer of a captcha while it is unused', async () => {
    expect(await (await get('/sandbox/captchas/known.json')).json()).toEqual({ answer: '4711' });
    expect((await get('/sandbox/captchas/else.json')).status).toBe(404);
    expect((await get('/sandbox/captchas/known')).status).toBe(404);
  });

  it('makes accounts', async () => {
    const answer = await post('/sandbox/accounts', { count: 2, prefix: 'load', password: 'x', level: 'L2' });
    expect(await answer.json()).toEqual({
      created: 2,
      first: { username: 'load1', mobile: expect.stringMatching(/^19\d{9}$/), documentNumber: expect.stringMatching(/^\d{17}[\dX]$/) },
    });
    expect(commits.flat().filter(({ write }) => write === 'account.insert')).toHaveLength(2);
  });

  it('moves the clock forward', async () => {
    const answer = await post('/sandbox/clock', { advanceSeconds: 3600 });
    expect(await answer.json()).toEqual({ now: '2026-11-22T05:00:00.000Z', offsetSeconds: 3600 });
  });

  it('sets a scripted person back: what holds their mobile goes, and the prepared account is made anew', async () => {
    const answer = await post('/sandbox/people/zhangwei/reset', {});
    expect(await answer.json()).toEqual({ id: 'zhangwei', accountsRemoved: 1 });
    expect(forgotten).toEqual([{ accountIds: ['account'], personIds: ['person'] }]);
    expect(commits.at(-1)).toContainEqual(expect.objectContaining({ write: 'account.insert' }));
    expect((await post('/sandbox/people/nobody/reset', {})).status).toBe(404);
  });

  it('tells an authority how to behave', async () => {
    expect(await (await post('/sandbox/authorities/public-security', { behaviour: 'down' })).json()).toEqual({
      source: 'public-security',
      behaviour: 'down',
    });
    expect(behaviour).toBe('down');
  });

  it.each([
    ['/sandbox/accounts', { count: 0, prefix: '', password: 'x', level: 'L7', more: 1 }, 400, 'invalid'],
    ['/sandbox/accounts', { count: 1, prefix: 'p', password: 'x', level: 'L4' }, 400, 'level'],
    ['/sandbox/clock', { advanceSeconds: -1 }, 400, 'invalid'],
    ['/sandbox/clock', { advanceSeconds: 'soon' }, 400, 'invalid'],
    ['/sandbox/clock', [], 400, 'invalid'],
    ['/sandbox/clock', '{', 400, 'not-json'],
    ['/sandbox/clock', 'x'.repeat(20_000), 413, 'too-large'],
    ['/sandbox/authorities/public-security', { behaviour: 'angry' }, 400, 'invalid'],
    ['/sandbox/authorities/constructor', { behaviour: 'down' }, 404, 'unknown'],
    ['/sandbox/phone/scan', {}, 400, 'invalid'],
    ['/sandbox/phone/scan', { url: 'x', as: 'zhangwei' }, 404, 'no-app'],
    ['/sandbox/phone/confirm', { ticket: 'x', as: 'zhangwei', number: 7 }, 400, 'invalid'],
    ['/sandbox/phone/face', {}, 404, 'not-yet'],
  ])('answers %s with %j by %i %s', async (path, body, status, error) => {
    const answer = await post(path, body);
    expect([answer.status, await answer.json()]).toEqual([status, { error, message: expect.any(String) }]);
  });

  it('takes JSON only, so that no form of another site moves its clock', async () => {
    const answer = await post('/sandbox/clock', 'advanceSeconds=60', form);
    expect([answer.status, await answer.json()]).toMatchObject([415, { error: 'not-json' }]);
    const foreign = await post('/sandbox/controls/clock', 'advanceSeconds=60', { ...form, 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
  });
});

describe('the pages of the sandbox', () => {
  const pages = [
    '/sandbox',
    '/sandbox/gallery',
    '/sandbox/gallery/register/account?state=gone',
    '/sandbox/rp/social-insurance/',
    '/sandbox/rp/housing-fund/',
    '/sandbox/rp/housing-fund/services/nothing',
    '/sandbox/rp/housing-fund/callback?code=x&state=y',
    // The platform does not answer here.
    '/sandbox/rp/housing-fund/login',
    '/sandbox/rp/housing-fund/login?iss=https://else.example',
  ];

  it.each(locales.flatMap((locale) => pages.map((page) => [page, locale] as const)))('%s is complete in %s', async (page, locale) => {
    const answer = await get(`${page}${page.includes('?') ? '&' : '?'}lang=${locale}`);
    const html = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toContain(`<html lang="${locale}"`);
    expect(html).toMatch(/<h1>[^<]+<\/h1>/);
  });

  it('begin with the seeded account and what it needs', async () => {
    const html = await (await get('/sandbox')).text();
    for (const text of ['zhangwei', 'Minxin-2026', '6299000000000000010', '/sandbox/rp/housing-fund/', 'nonce="the-nonce"']) {
      expect(html).toContain(text);
    }
  });

  it('find people without a script', async () => {
    const html = await (await get('/sandbox?q=%E6%9D%8E%E5%A8%9C')).text();
    expect(html).toContain('共 1 人');
    const rows = html.match(/<tr role="row" id="person-[^>]*>/g) ?? [];
    expect(rows.filter((row) => !row.includes('hidden'))).toHaveLength(1);
    expect(rows.length).toBeGreaterThan(40);
  });

  it('move the clock and an authority by forms', async () => {
    const before = offset;
    expect((await post('/sandbox/controls/clock', 'advanceSeconds=86400', form)).headers.get('location')).toBe('/sandbox#controls');
    expect(offset - before).toBe(86_400);
    await post('/sandbox/controls/authority', 'source=public-security&behaviour=slow', form);
    expect(behaviour).toBe('slow');
  });

  it('show a page of the gallery as it is asked for', async () => {
    const answer = await get('/sandbox/gallery/login/password/view?state=empty&lang=en&channel=h5&elder=on');
    expect(await answer.json()).toEqual({
      entry: { name: 'login/password/view', state: 'empty' },
      view: { locale: 'en', channel: 'h5', elder: true },
    });
  });
});

describe('a demonstration service', () => {
  it('stands below its slash, where its cookie is sent', async () => {
    expect((await get('/sandbox/rp/housing-fund')).headers.get('location')).toBe('/sandbox/rp/housing-fund/');
  });

  it('answers a logout token that is none with 400', async () => {
    const answer = await post('/sandbox/rp/housing-fund/backchannel-logout', '', form);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('says so when the platform cannot be reached', async () => {
    const answer = await get('/sandbox/rp/housing-fund/login');
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('data-error="platform_unreachable"')]);
  });
});
