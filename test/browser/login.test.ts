import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson } from '../support/browser.ts';
import { closeChromium, expectClean, openPage, type Window, type WindowOptions } from '../support/chromium.ts';
import { newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, signsIn, typesCaptcha } from '../support/visitor.ts';
import { word } from '../support/words.ts';

let product: Product;
let citizen: Citizen;
let window: Window;
beforeAll(async () => {
  product = await sharedProduct();
  citizen = await newCitizen(product, 'L2');
});
afterEach(async () => window?.close());
afterAll(closeChromium);

const opens = async (path: string, options: WindowOptions = {}): Promise<Window['page']> => {
  window = await openPage(product, options);
  await window.goes(path);
  return window.page;
};

/** Presses Tab until an element has the focus; each stop on the way must be seen. */
async function tabsTo({ page }: Window, selector: string): Promise<void> {
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<{ there: boolean; seen: boolean; what: string }>(`(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0;
      return { there: element.matches(${JSON.stringify(selector)}), seen, what: element.outerHTML.slice(0, 80) };
    })()`);
    if (!stop.seen) throw new Error(`nobody sees where the focus is: ${stop.what}`);
    if (stop.there) return;
  }
  throw new Error(`Tab never gets to ${selector}`);
}

describe('signing in, in a browser', () => {
  it('[UXP-01 LOG-01] needs a keyboard only, which always shows where it is', async () => {
    const page = await opens('/login');
    await page.keyboard.press('Tab');
    // The first stop leads past what stands on every page.
    expect(await page.evaluate<string>('document.activeElement.getAttribute("href")')).toBe('#main');
    await page.keyboard.press('Enter');
    await tabsTo(window, '#login-identifier');
    await page.keyboard.type(citizen.username);
    await tabsTo(window, '#login-password');
    await page.keyboard.type(citizen.password);
    if (await page.locator('#login-captcha').isVisible()) await typesCaptcha(product, window, '#login-captcha');
    await tabsTo(window, '#login-submit');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    await tabsTo(window, '#end-sessions');
    await expectClean(window);
  });

  it('[LOG-05] by SMS code: the page stays, waits visibly, and the cursor stands in the code', async () => {
    const page = await opens('/login', { width: 360 });
    await page.click('#tab-sms-code');
    await page.waitForSelector('#login-mobile');
    await page.evaluate('window.sameDocument = true');
    await page.fill('#login-mobile', citizen.mobile);
    const code = await asksForCode(product, window, citizen.mobile, '#login-captcha');
    await page.locator('#login-code:focus').waitFor();
    expect(await page.evaluate<boolean>('window.sameDocument')).toBe(true);
    expect(await page.getAttribute('#login-code', 'autocomplete')).toBe('one-time-code');
    expect(await page.locator('[data-code-status] .unseen').textContent()).toContain(citizen.mobile.slice(-4));
    expect(await page.locator('.captcha').isVisible()).toBe(false);

    const seconds = async () => Number(/\d+/.exec((await page.textContent('#send-code')) ?? '')?.[0]);
    const before = await seconds();
    expect(before).toBeGreaterThan(50);
    expect(await page.getAttribute('#send-code', 'aria-disabled')).toBe('true');
    await page
      .locator('#send-code')
      .filter({ hasNotText: String(before) })
      .waitFor();
    expect(await seconds()).toBeLessThan(before);
    await expectClean(window);

    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    await expectClean(window);
  });

  it('[LOG-05] by SMS code: a wrong number is said beside its field without leaving the page', async () => {
    const page = await opens('/login');
    await page.click('#tab-sms-code');
    await page.waitForSelector('#login-mobile');
    await page.evaluate('window.sameDocument = true');
    await page.fill('#login-mobile', '1380000');
    await typesCaptcha(product, window, '#login-captcha');
    await page.click('#send-code');
    await page.waitForSelector('[role=alert][data-error="mobile.invalid"]');
    expect(await page.textContent('#login-mobile-problem')).not.toBe('');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('login-mobile');
    expect(await page.evaluate<boolean>('window.sameDocument')).toBe(true);
    // Chromium reports the status of the refusal; nothing else is wrong.
    expect(window.complaints.splice(0)).toEqual([expect.stringContaining('422')]);
    await expectClean(window);
  });

  it("goes on after the browser's back button", async () => {
    const page = await opens('/login');
    await signsIn(product, window, { ...citizen, password: 'not-their-password' });
    await page.waitForSelector('[role=alert]');
    await page.goBack();
    await page.waitForSelector('#login-submit');
    await signsIn(product, window, citizen);
    await page.waitForURL('**/account');
  });
});

describe('pages that go on by themselves', () => {
  it.each([true, false])('form_post: the answer reaches the service, with scripts: %s', async (scripts) => {
    window = await openPage(product, { scripts });
    const { page } = window;
    const service = await relyingParty(product, 'first-party');
    await window.context.route(`${service.redirectUri}**`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>arrived</title>' }),
    );
    const answer = page.waitForRequest(service.redirectUri);
    await page.goto((await service.requestFor(newPerson(product), { response_mode: 'form_post' })).href);
    await signsIn(product, window, citizen);
    if (!scripts) await page.click('#continue');
    const posted = new URLSearchParams((await answer).postData() ?? '');
    expect([...posted.keys()].toSorted()).toEqual(['code', 'iss', 'state']);
  });

  it.each([true, false])('another account in the same browser: the switch ends at the service, with scripts: %s', async (scripts) => {
    const [one, other] = [await newCitizen(product, 'L2'), await newCitizen(product, 'L2')];
    window = await openPage(product, { scripts });
    const { page } = window;
    const signsInAtService = async (who: Citizen) => {
      await window.goes('/sandbox/rp/social-insurance/login?prompt=login');
      await signsIn(product, window, who);
    };
    const greeted = (who: Citizen) => page.locator('.greeting', { hasText: who.identity.name }).waitFor();

    await signsInAtService(one);
    await page.click('#consent-allow');
    await greeted(one);
    await signsInAtService(other);
    if (!scripts) {
      await page.locator('main', { hasText: word('form-post', 'switch') }).waitFor();
      await page.click('#continue');
    }
    await page.click('#consent-allow');
    await greeted(other);
  });
});
