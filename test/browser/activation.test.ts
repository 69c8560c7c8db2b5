import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window, type WindowOptions } from '../support/chromium.ts';
import { anyMobile, importedPerson } from '../support/imported.ts';
import { goodPassword } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode } from '../support/visitor.ts';

describe('somebody who was imported', () => {
  let product: Product;
  let window: Window;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
  });
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  const arrivesAt = async (selector: string): Promise<void> => {
    await window.page.waitForSelector(selector);
    await expectClean(window);
  };

  /** From the sign-in page of a service through all steps, with another mobile than the bound one, back to it. */
  const activates = async (options: WindowOptions): Promise<void> => {
    const [mobile, imported] = [anyMobile(), await importedPerson(product, anyMobile())];
    window = await openPage(product, options);
    const { page } = window;
    await window.goes('/sandbox/rp/social-insurance/');
    await page.click('#sign-in');
    await page.click('a[href$="/activate"]');
    await arrivesAt('#documentNumber');
    await page.fill('#documentNumber', imported.document.number);
    await page.fill('#mobile', mobile);
    await page.fill('#code', await asksForCode(product, window, mobile, '#captcha'));
    await page.click('#next');
    await arrivesAt('#replace-mobile');
    await page.click('#replace-mobile');
    await arrivesAt('#validFrom');
    await page.fill('#name', imported.name);
    await page.fill('#validFrom', imported.document.validFrom);
    await page.check(`#validity-${imported.document.validUntil === 'long-term' ? 'long-term' : '20'}`);
    await page.click('#next');
    await arrivesAt('#newPassword');
    await page.fill('#newPassword', goodPassword);
    await page.fill('#confirmPassword', goodPassword);
    await page.check('#agreement');
    await page.click('#next');
    await arrivesAt('[data-outcome=done]');
    await page.click('#next');
    await page.click('#consent-allow');
    await arrivesAt('#session');
    expect(await page.getAttribute('#session', 'data-acr')).toBe('L2');
  };

  it('[ACT-01 ACT-05 ACT-06] activates the account on the way to a service, on a phone in Chinese', () => activates({ width: 360 }));

  it('[ACT-01 ACT-05 ACT-06] activates the account on the way to a service, on a desk in English', () =>
    activates({ width: 1440, locale: 'en' }));
});
