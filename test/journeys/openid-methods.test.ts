import { beforeAll, describe, expect, it } from '@jest/globals';
import { requestAlone } from '../support/connection.ts';
import { newPerson } from '../support/browser.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal } from '../support/words.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

const posted = ['/token', '/token/introspection', '/token/revocation', '/request'];

describe('an endpoint that is asked in another way than it is made for', () => {
  it.each(posted)('shows a person who opens it a page of ours, in both languages: %s', async (path) => {
    for (const locale of ['zh-CN', 'en'] as const) {
      const page = await newPerson(product, { locale }).goes(path);
      expect([page.status, page.error?.code, page.headers['allow']]).toEqual([405, 'page.method', expect.stringContaining('POST')]);
      expect(page.text).toContain(refusal('page.method', {}, locale));
      expect(page.text).toMatch(/[\w-]{12}/);
      expect(page.$('html').attr('lang')).toBe(locale);
    }
  });

  it('leads a person back to the question that it is the answer to, where a page may stand at its address', async () => {
    const person = newPerson(product);
    await person.goes('/session/end/confirm');
    expect(person.trail.map(({ url, status }) => [url.pathname, status])).toEqual([
      ['/session/end/confirm', 303],
      ['/session/end', 200],
    ]);
  });

  it.each(['/token/nothing', '/request/1', '/session', '/session/end/nothing', '/auth/a/b', '/reg', '/.well-known/nothing'])(
    'that does not exist is a page of ours: %s',
    async (path) => {
      expect(await newPerson(product).goes(path)).toMatchObject({ status: 404, error: { code: 'page.not-found' } });
    },
  );

  it.each<[string, 'GET' | 'POST' | 'DELETE', string, number, string | undefined]>([
    ['/token', 'GET', 'application/json', 405, 'POST, OPTIONS'],
    ['/token', 'GET', '', 405, 'POST, OPTIONS'],
    ['/token', 'GET', '*/*', 405, 'POST, OPTIONS'],
    ['/token/', 'POST', '', 404, undefined],
    ['/session/End/confirm', 'POST', '', 404, undefined],
    ['/token/introspection', 'GET', '', 405, 'POST, OPTIONS'],
    ['/me', 'DELETE', '', 405, 'GET, HEAD, POST, OPTIONS'],
    ['/jwks', 'POST', '', 405, 'GET, HEAD, OPTIONS'],
    ['/.well-known/openid-configuration', 'POST', 'application/json', 405, 'GET, HEAD, OPTIONS'],
    ['/session/end/confirm', 'GET', '', 405, 'POST'],
    ['/session/end/confirm', 'GET', 'application/json', 405, 'POST'],
    ['/token/nothing', 'POST', '', 404, undefined],
  ])('answers a program in JSON: %s by %s, accepting %j', async (path, method, accept, status, allow) => {
    const headers = accept === '' ? {} : { Accept: accept };
    const answer = await requestAlone(new URL(path, product.address), { method, headers });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([status, allow]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(await answer.body.json()).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });
});
