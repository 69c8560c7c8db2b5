import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { closeChromium, openPage } from '../support/chromium.ts';
import { newCitizen } from '../support/citizen.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { signsIn } from '../support/visitor.ts';

/** A service that signs its people in by a window of its own, as single-page applications do. */
const service = createServer((request, response) => {
  const back = request.url?.startsWith('/callback');
  const script = back
    ? 'opener.postMessage(location.search, location.origin); close();'
    : 'addEventListener("message", (event) => { document.title = "heard " + event.data; });';
  response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>service</title><script>${script}</script>`);
});

let product: OwnProduct;
let origin: string;
beforeAll(async () => {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  product = await startProduct({
    clients: [
      {
        client_id: 'popup',
        client_name: '网页应用',
        'client_name#en': 'Web App',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${origin}/callback`],
        post_logout_redirect_uris: [`${origin}/callback`],
        first_party: true,
      },
    ],
  });
});
afterAll(async () => {
  await closeChromium();
  await product?.remove();
  service.close();
});

/** The service's page, and the window that it opens at an address of ours. */
async function opensPopup(address: string): Promise<{ page: Page; popup: Page }> {
  const { page } = await openPage(product);
  await page.goto(`${origin}/`);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void open(${JSON.stringify(address)})`)]);
  return { page, popup };
}

/** Of the verifier that RFC 7636 shows. */
const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };

const hears = (page: Page, what: string): Promise<unknown> => page.waitForFunction(`document.title.includes(${JSON.stringify(what)})`);

function addressOf(path: string, parameters: Record<string, string>): string {
  return `${product.issuer}${path}?${new URLSearchParams({ client_id: 'popup', ...parameters }).toString()}`;
}

describe('a service that signs in by a window of its own', () => {
  it('hears the answer, also when language, help and captcha were looked at on the way', async () => {
    const request = { redirect_uri: `${origin}/callback`, response_type: 'code', scope: 'openid', state: 'from-the-popup', ...challenge };
    const { page, popup } = await opensPopup(addressOf('/auth', request));
    await popup.click('button[name=locale]');
    await popup.waitForSelector('html[lang=en]');
    await popup.click('#tab-sms-code');
    const formOf = popup.url();
    await popup.goto(`${product.issuer}/help`);
    await popup.goto(`${product.issuer}/captcha/new?return=${encodeURIComponent(new URL(formOf).pathname)}`);
    await popup.click('#tab-password');
    await signsIn(product, { page: popup } as never, await newCitizen(product));
    await hears(page, 'state=from-the-popup');
  });

  it('hears that somebody signed out', async () => {
    const { page } = await opensPopup(addressOf('/session/end', { post_logout_redirect_uri: `${origin}/callback`, state: 'signed-out' }));
    await hears(page, 'state=signed-out');
  });

  it.each(['/', '/account', '/login'])('is no window into pages that are ours alone: %s', async (path) => {
    const { popup } = await opensPopup(`${product.issuer}${path}`);
    await popup.waitForSelector('main');
    expect(await popup.evaluate('opener')).toBeNull();
  });
});
