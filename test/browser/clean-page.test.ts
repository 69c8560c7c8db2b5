import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage } from '../support/chromium.ts';
import type { Product } from '../support/product.ts';

/** Whoever looks for faults of pages must see them: pages with one fault each. */
const faults: readonly (readonly [path: string, body: string, complaint: RegExp])[] = [
  ['/inline-script', '<script>document.title = "changed"</script>', /content security policy: script-src/],
  ['/console-error', '<script src="/error.js"></script>', /console: something broke/],
  ['/exception', '<script src="/exception.js"></script>', /exception: nothing here/],
  ['/foreign', '<img alt="logo" src="http://127.0.0.1:9/logo.png">', /foreign request: http:\/\/127\.0\.0\.1:9/],
  ['/missing-picture', '<img alt="gone" src="/gone.png">', /console: Failed to load resource/],
  ['/no-label', '<input name="identifier">', /axe label: /],
  ['/pale', '<p style="color:#ccc;background:#fff">barely there</p>', /axe color-contrast: /],
  ['/wide', '<div style="width:3000px;height:1px"></div>', /wider than the window/],
];

const files: Readonly<Record<string, string>> = {
  '/error.js': 'console.error("something broke")',
  '/exception.js': 'throw new Error("nothing here")',
};

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"></head><body><main><h1>A page</h1>${body}</main></body></html>`;

let server: Server;
let product: Product;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const body = faults.find(([fault]) => fault === path)?.[1];
    response.setHeader('Content-Security-Policy', "script-src 'self'");
    if (files[path] !== undefined) response.setHeader('Content-Type', 'text/javascript').end(files[path]);
    else if (body !== undefined || path === '/clean')
      response.setHeader('Content-Type', 'text/html').end(page(body ?? '<p>All is well.</p>'));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const issuer = `http://127.0.0.1:${address.port}`;
  product = { issuer, address: issuer, folder: '', listenerPort: 0 };
});

afterAll(async () => {
  await closeChromium();
  server.close();
});

describe('the look at a page', () => {
  it('finds nothing on a clean page', async () => {
    const window = await openPage(product);
    await window.goes('/clean');
    await expect(expectClean(window)).resolves.toBeUndefined();
    await window.close();
  });

  it.each(faults)('finds the fault of %s', async (path, _, complaint) => {
    const window = await openPage(product);
    await window.goes(path);
    await expect(expectClean(window)).rejects.toThrow(complaint);
    await window.close();
  });
});
