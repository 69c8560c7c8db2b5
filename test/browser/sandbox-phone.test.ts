import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';

describe('the phone of the sandbox', () => {
  let product: Product;
  let windows: Window[] = [];
  beforeAll(async () => {
    product = await sharedProduct();
  });
  afterEach(async () => {
    for (const window of windows) await window.close();
    windows = [];
  });
  afterAll(closeChromium);

  it.each([
    { width: 1440, locale: 'zh-CN' },
    { width: 360, locale: 'en' },
  ] as const)('[LOG-06] [UXP-01] scans what a computer shows and signs it in, at $width px in $locale', async ({ width, locale }) => {
    const computer = await openPage(product, { locale });
    const phone = await openPage(product, { width, locale });
    windows = [computer, phone];
    await computer.goes('/login');
    await computer.page.click('#tab-qr-code');
    const url = (await computer.page.getAttribute('#handover-code', 'data-url')) ?? '';
    const number = (await computer.page.textContent('#handover-number'))?.trim();
    expect(await computer.page.getAttribute('#sandbox-phone', 'href')).toBe('/sandbox/phone');

    await phone.goes('/sandbox/phone');
    await expectClean(phone);
    await phone.page
      .locator('form.code', { has: phone.page.locator(`input[value="${url}"]`) })
      .locator('button')
      .click();
    await phone.page.waitForSelector('#handover-confirm');
    await expectClean(phone);
    await computer.page.waitForSelector('[data-handover-state=scanned]');
    await phone.page.check(`#handover-number-${number}`);
    await phone.page.click('#handover-confirm');
    await phone.page.waitForSelector('.told.good');
    await expectClean(phone);
    await computer.page.waitForSelector('#logout');
  });
});
