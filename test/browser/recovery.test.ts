import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window, type WindowOptions } from '../support/chromium.ts';
import { newCitizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { renewed } from '../support/recovery.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, typesCaptcha } from '../support/visitor.ts';

describe('somebody who forgot the password', () => {
  let product: Product;
  let window: Window;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  const arrivesAt = async (selector: string): Promise<void> => {
    await window.page.waitForSelector(selector);
    await expectClean(window);
  };

  /** From the sign-in page of a service through all steps, back to it, and in. */
  const recovers = async (options: WindowOptions): Promise<void> => {
    const who = await newCitizen(product, 'L2');
    window = await openPage(product, options);
    const { page } = window;
    await window.goes('/sandbox/rp/social-insurance/');
    await page.click('#sign-in');
    await page.click('a[href$="/recover"]');
    await arrivesAt('#identifier');
    await page.fill('#identifier', who.mobile);
    await typesCaptcha(product, window, '#captcha');
    await page.click('#next');
    if (options.width === 1440) {
      await arrivesAt('.group');
      await page.click('#next');
    }
    await arrivesAt('#documentNumber');
    await page.fill('#documentNumber', who.identity.document.number);
    await page.fill('#code', await asksForCode(product, window, who.mobile, '#captcha'));
    await page.click('#next');
    await arrivesAt('#newPassword');
    await page.fill('#newPassword', renewed);
    await page.fill('#confirmPassword', renewed);
    await page.click('#next');
    await arrivesAt('[data-outcome=done]');
    await page.click('#next');
    await arrivesAt('#login-password');
    await page.fill('#login-identifier', who.username);
    await page.fill('#login-password', renewed);
    await page.click('#login-submit');
    await page.click('#consent-allow');
    await arrivesAt('#session');
    expect(await page.getAttribute('#session', 'data-acr')).toBe('L2');
  };

  it('[REC-02 REC-07 REC-13] sets another one on the way to a service, on a desk in Chinese', () => recovers({ width: 1440 }));

  it('[MOB-03 DIS-06] sets another one on the way to a service, on a phone in English', () => recovers({ width: 360, locale: 'en' }));
});
