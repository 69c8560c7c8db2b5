import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestAlone } from '../support/connection.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';

let product: OwnProduct;
beforeAll(async () => {
  product = await startProduct({ env: { SANDBOX: undefined, SANDBOX_QUOTAS: undefined } });
});
afterAll(() => product.remove());

/** What a page under the name hears, when that name has the address of this machine. */
async function asks(host: string, path: string, method: 'GET' | 'POST', more: Record<string, string> = {}): Promise<number> {
  const { statusCode, body } = await requestAlone(new URL(path, product.address), {
    method,
    headers: { Host: host, Accept: 'application/json', ...more },
    ...(method === 'POST' && { body: '{"advanceSeconds":1}' }),
  });
  await body.dump();
  return statusCode;
}

describe('a name of somebody else’s that leads to this machine', () => {
  it.each(['rebound.example', 'localhost.rebound.example', '127.0.0.1.rebound.example', 'rebound.example@localhost', '10.0.0.7'])(
    '%s reads nothing of a sandbox that nobody opened to others, and changes nothing there',
    async (name) => {
      const { host } = new URL(product.issuer);
      for (const path of ['/sandbox/messages.json', '/sandbox/people.json', '/sandbox']) {
        expect(await asks(`${name}:3000`, path, 'GET')).toBe(404);
        expect(await asks(`${name}:3000`, path, 'GET', { 'X-Forwarded-Host': host, 'Content-Type': 'application/json' })).toBe(404);
      }
      expect(await asks(`${name}:3000`, '/sandbox/clock', 'POST', { 'Content-Type': 'application/json' })).toBe(404);
    },
  );

  it('is not a loopback name, under which it answers', async () => {
    for (const name of [new URL(product.issuer).host, '127.0.0.1:3000', '[::1]:3000', 'localhost', 'LOCALHOST:80']) {
      expect(await asks(name, '/sandbox/messages.json', 'GET')).toBe(200);
    }
  });
});
