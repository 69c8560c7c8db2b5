import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import { newPerson } from '../support/browser.ts';
import { logsOf, root, runMain, startProduct, type OwnProduct } from '../support/product.ts';

/**
 * What the image holds, as the Dockerfile says it, started the way an installation starts it: in production, behind
 * a proxy that ends TLS, on an embedded store. No container engine is needed for what can go wrong here.
 */
describe('the image', () => {
  const key = () => randomBytes(32).toString('base64url');
  const folder = mkdtempSync(join(tmpdir(), 'minxin-image-'));
  const image = join(folder, 'app');
  const env = {
    NODE_ENV: 'production',
    SANDBOX: 'off',
    SANDBOX_QUOTAS: 'on',
    ISSUER: 'https://id.example.gov.cn',
    CLIENTS: './clients.json',
    DATA_DIR: join(folder, 'data'),
    TRUST_PROXY: '1',
    METRICS_PORT: '0',
    MINXIN_COOKIE_KEYS: key(),
    MINXIN_KEY_ENCRYPTION_KEY: key(),
    MINXIN_INDEX_KEY: key(),
    MINXIN_PAIRWISE_KEY: key(),
    MINXIN_PEPPER: key(),
    SMS_GATEWAY: 'log',
    MAIL_GATEWAY: 'log',
    PUBLIC_SECURITY_URL: 'https://register.example',
    PUBLIC_SECURITY_APP_ID: 'minxin',
    PUBLIC_SECURITY_SECRET: key(),
    BANK_CARD_URL: 'https://bank.example',
    BANK_CARD_APP_ID: 'minxin',
    BANK_CARD_SECRET: key(),
    NATIONAL_PLATFORM_URL: 'https://national.example',
    NATIONAL_PLATFORM_APP_ID: 'minxin',
    NATIONAL_PLATFORM_SECRET: key(),
    NATIONAL_SIGN_IN_URL: 'https://sign-in.example',
    NATIONAL_SIGN_IN_APP_ID: 'minxin',
    NATIONAL_SIGN_IN_SECRET: key(),
  };
  let product: OwnProduct;

  beforeAll(async () => {
    mkdirSync(env.DATA_DIR, { recursive: true });
    mkdirSync(image);
    for (const [, names = '', target = ''] of readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^COPY ((?!--)\S.*) (\S+)$/gm)) {
      for (const name of names.split(' ')) cpSync(join(root, name), join(image, target === './' ? name : target), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'));
    const { code, output } = await runMain(['migrate'], env, image);
    if (code !== 0) throw new Error(output);
    product = await startProduct({ env, code: image });
  });

  afterAll(async () => {
    await product?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has no sandbox and no tests in it', () => {
    expect(['sandbox', 'test', 'bench'].filter((name) => existsSync(join(image, name)))).toEqual([]);
  });

  it('shows the sign-in page to somebody who comes through the proxy, and keeps cookies that only https carries', async () => {
    const person = newPerson(product, { headers: { 'X-Forwarded-Proto': 'https' } });
    const page = await person.goes('/login');
    expect(page.url.href).toMatch(/^https:\/\/id\.example\.gov\.cn\/interaction\/[^/]+\/login\/password$/);
    expect(page.status).toBe(200);
    expect(page.has('#login-submit')).toBe(true);
    const cookies = await person.jar.getCookies(page.url.href);
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.filter(({ key: name, secure }) => !secure || !/^__(Host|Secure)-/.test(name))).toEqual([]);
  });

  it('has no page of the sandbox', async () => {
    const person = newPerson(product, { headers: { 'X-Forwarded-Proto': 'https' } });
    for (const path of ['/sandbox', '/sandbox/people.json', '/sandbox/messages.json', '/sandbox/gallery']) {
      expect((await person.goes(path)).status).toBe(404);
    }
  });

  it('answers the health check of the Dockerfile and logs no secret', async () => {
    expect((await fetchAlone(`${product.address}/health/live`)).status).toBe(200);
    const logs = logsOf(product);
    expect(Object.entries(env).filter(([name, value]) => /^MINXIN_|_SECRET$/.test(name) && logs.includes(value))).toEqual([]);
  });
});
