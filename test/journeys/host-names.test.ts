import { get, type IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { requestAlone } from '../support/connection.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** A browser that runs no script and follows nothing. */
const looks = async (path: string, headers: Record<string, string>, method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
  const answer = await requestAlone(new URL(path, product.address), { method, headers: { Accept: 'text/html', ...headers } });
  await answer.body.dump();
  return { status: answer.statusCode, location: answer.headers['location'], cookies: [answer.headers['set-cookie'] ?? []].flat() };
};

/** What stands in the first line of the request, as no library would write it. */
const asksFor = (target: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(product.address);
    get({ hostname, port, path: target, agent: false, headers: { Host: 'evil.example', Accept: 'text/html' } }, (answer) => {
      answer.resume();
      resolve(answer);
    }).once('error', reject);
  });

describe('a page that is opened by another name of the machine', () => {
  it.each(['/', '/login?acr=L2', '/account', '/register', '/help', '/session/end?ui_locales=en', '/auth?client_id=basic&prompt=none'])(
    'is opened by the issuer’s: %s',
    async (path) => {
      for (const host of ['other.example', '127.0.0.1:80', 'localhost:1']) {
        for (const method of ['GET', 'HEAD'] as const) {
          expect(await looks(path, { Host: host }, method)).toMatchObject({ status: 303, location: `${product.issuer}${path}` });
        }
      }
    },
  );

  it('is so for the address of the loopback interface, which is what people type', async () => {
    expect(await looks('/', {})).toMatchObject({ status: 303, location: `${product.issuer}/` });
    expect(await looks('/', { Accept: '*/*' })).toMatchObject({ status: 303, location: `${product.issuer}/` });
  });

  it.each([
    '//evil.example/',
    '///evil.example',
    '/.//evil.example/',
    '/\\evil.example',
    '/%2F/evil.example',
    'http://evil.example/x',
    'http://evil.example//y',
  ])('never leads to a host that the address names: %s', async (target) => {
    const { statusCode, headers } = await asksFor(target);
    expect(statusCode).toBe(303);
    expect(new URL(headers.location ?? '').origin).toBe(product.issuer);
    expect(new URL(headers.location ?? '').pathname).not.toMatch(/^\/[/\\]/);
  });

  it('is answered where a proxy says that the browser came by the right one', async () => {
    const { host } = new URL(product.issuer);
    expect((await looks('/', { Host: 'minxin:8080', 'X-Forwarded-Host': host })).status).toBe(200);
  });

  it('is answered where the browser was sent here a moment ago: a proxy that hides the name makes no circle', async () => {
    const { cookies } = await looks('/', { Host: 'minxin:8080' });
    const [moved = ''] = cookies.map((cookie) => cookie.split(';')[0] ?? '').filter((cookie) => cookie.startsWith('mx_moved='));
    expect((await looks('/', { Host: 'minxin:8080', Cookie: moved })).status).toBe(200);
    expect((await looks('/', { Host: 'minxin:8080', Cookie: 'mx_moved=forged.signature' })).status).toBe(303);
  });

  it.each<[string, 'GET' | 'POST', Record<string, string>]>([
    ['/health/live', 'GET', {}],
    ['/health/ready', 'GET', {}],
    ['/jwks', 'GET', {}],
    ['/.well-known/openid-configuration', 'GET', {}],
    ['/.well-known/oauth-authorization-server', 'GET', {}],
    ['/me', 'GET', { Accept: 'application/json' }],
    ['/token', 'POST', { Accept: 'application/json' }],
    ['/request', 'POST', { Accept: '*/*' }],
    ['/login', 'GET', { Accept: 'application/json' }],
    ['/sandbox/people.json', 'GET', {}],
    ['/preferences', 'POST', {}],
  ])('is no page where a program asks, or something is sent: %s by %s', async (path, method, headers) => {
    const { location } = await looks(path, { Host: 'other.example', ...headers }, method);
    expect(String(location ?? '')).not.toMatch(/^http/);
  });
});

describe('the address where passwords are changed, which password managers know', () => {
  it('leads to the page, by way of the sign-in for whoever is not signed in', async () => {
    const citizen = await newCitizen(product);
    const person = newPerson(product);
    await person.goes('/.well-known/change-password');
    expect(person.trail[0]).toMatchObject({ status: 303 });
    expect(person.trail[0]?.headers['location']).toBe('/account/password');
    await signsIn(person, citizen);
    expect(person.page.url.pathname).toMatch(/^\/account\/password/);
    expect((await person.goes('/.well-known/change-password')).url.pathname).toMatch(/^\/account\/password/);
    expect(person.page).toMatchObject({ status: 200, error: undefined });
  });

  it('is told from addresses that do not exist, as its specification asks', async () => {
    const host = { Host: new URL(product.issuer).host };
    const missing = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
    for (const Accept of ['text/html', '*/*', 'application/json']) {
      expect((await looks(missing, { ...host, Accept })).status).toBe(404);
      expect((await looks('/.well-known/change-password', { ...host, Accept })).status).toBe(303);
    }
    expect((await looks('/.well-known/change-password', host, 'POST')).status).toBe(404);
  });
});
