import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CDPSession } from 'playwright-core';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import { newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let citizen: Citizen;
let window: Window;
let devtools: CDPSession;

beforeAll(async () => {
  product = await sharedProduct();
});
beforeEach(async () => {
  citizen = await newCitizen(product, 'L2');
  window = await openPage(product);
  // Authenticators belong to a group of windows, and the first page of the product begins a new one (COOP).
  await window.goes('/');
  devtools = await window.context.newCDPSession(window.page);
  await devtools.send('WebAuthn.enable');
});
afterEach(() => window.close());
afterAll(closeChromium);

/** An authenticator built into the computer, whose owner puts a finger on it at once. */
async function fingerprintReader(): Promise<string> {
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return authenticatorId;
}

const url = () => new URL(window.page.url()).pathname;

async function signsInByPassword(): Promise<void> {
  await window.goes('/login');
  await window.page.fill('#login-identifier', citizen.username);
  await window.page.fill('#login-password', citizen.password);
  await window.page.click('#login-submit');
  await window.page.waitForURL(/\/account$/);
}

async function addsPasskey(): Promise<void> {
  await signsInByPassword();
  await window.page.click('#security');
  await window.page.click('#add-passkey');
  await window.page.fill('#passkeyName', '办公室电脑');
  await window.page.click('#next');
  await window.page.waitForURL(/done=passkey-added$/);
}

async function signsOut(): Promise<void> {
  await window.context.clearCookies();
}

describe('passkeys in a browser', () => {
  it('[AST-14] are added in the account centre, sign in by the button, and are removed', async () => {
    const reader = await fingerprintReader();
    await addsPasskey();
    expect(await window.page.textContent('#passkeys li')).toContain('办公室电脑');
    await expectClean(window);

    await signsOut();
    // Without this the browser would offer it on the password page already.
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: reader, enabled: false });
    await window.goes('/login');
    await window.page.click('#tab-passkey');
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: reader, enabled: true });
    await window.page.click('#login-passkey');
    await window.page.waitForURL(/\/account$/);

    await window.page.click('#security');
    await window.page.click('#passkeys li a');
    await window.page.click('#remove');
    await window.page.waitForURL(/done=passkey-removed$/);
    expect(await window.page.$('#passkeys li')).toBeNull();
  });

  it('[AST-14] are offered where a name is typed, and nothing has to be typed', async () => {
    await fingerprintReader();
    await addsPasskey();
    await signsOut();
    await window.goes('/login');
    await window.page.waitForURL(/\/account$/);
    expect(await window.page.$('#security')).not.toBeNull();
  });

  it('[AST-14] that nobody confirms leave the page as it is, with what may be done', async () => {
    await window.goes('/login');
    const reader = await fingerprintReader();
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId: reader, isUserVerified: false });
    await window.page.click('#tab-passkey');
    await window.page.click('#login-passkey');
    await window.page.locator('[data-passkey-status]', { hasText: '没有完成' }).waitFor();
    expect(url()).toMatch(/\/login\/passkey$/);
    await expectClean(window);
  });

  it('added too late after the proof lead to the proof again, and not to a page that fails', async () => {
    await fingerprintReader();
    await signsInByPassword();
    await window.goes('/account/security/passkeys/new');
    await sandboxOf(product).waits(601);
    await window.page.click('#next');
    await window.page.waitForURL(/\/account\/proof\//);
    await window.page.fill('#password', citizen.password);
    await window.page.click('#next');
    await window.page.waitForURL(/passkeys\/new$/);
  });

  it('where a browser knows none, the page says so and offers the other ways', async () => {
    await window.page.addInitScript('delete window.PublicKeyCredential');
    await window.goes('/login');
    await window.page.click('#tab-passkey');
    expect(await window.page.isVisible('[data-passkey-unsupported]')).toBe(true);
    expect(await window.page.isVisible('#login-passkey')).toBe(false);
    await expectClean(window);
  });

  it('a browser that reads no JSON by itself is helped', async () => {
    const old =
      "for (const name of ['parseRequestOptionsFromJSON', 'parseCreationOptionsFromJSON']) delete PublicKeyCredential[name]; delete PublicKeyCredential.prototype.toJSON;";
    await window.page.addInitScript(old);
    await fingerprintReader();
    await addsPasskey();
    await signsOut();
    await window.goes('/login');
    await window.page.waitForURL(/\/account$/);
  });
});
