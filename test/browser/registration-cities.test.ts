import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { untilTimeOfDay } from '../support/city-forms.ts';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import { citizen, goodPassword, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode } from '../support/visitor.ts';

/** The form that verifies, in a browser: what it asks for follows the kind of document, without a script. */
describe('the registration of hubei', () => {
  let product: Product;
  let window: Window;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 10);
  });
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  it.each([true, false])(
    '[REG-30 REG-32] asks for dates of an identity card, for sex and birth date of a permit (scripts: %s)',
    async (scripts) => {
      window = await openPage(product, { scripts });
      const { page } = window;
      await window.goes('/register');
      const shown = async () => [
        await page.isVisible('#validFrom'),
        await page.isVisible('#validity'),
        await page.isVisible('#sex'),
        await page.isVisible('#birthDate'),
      ];
      expect(await shown()).toEqual([true, true, false, false]);
      await page.selectOption('#documentType', 'taiwan-permit');
      expect(await shown()).toEqual([false, false, true, true]);
      if (scripts) await expectClean(window);
      await page.selectOption('#documentType', 'resident-id-card');
      expect(await shown()).toEqual([true, true, false, false]);
    },
  );

  it('[REG-07] is filled and passed on a phone', async () => {
    window = await openPage(product, { width: 360 });
    const { page } = window;
    await window.goes('/register');
    await expectClean(window);
    const [who, somebody] = [newcomer(), citizen()];
    const { number, validFrom, validUntil } = somebody.document;
    await page.fill('#name', somebody.name);
    await page.fill('#documentNumber', number);
    await page.fill('#validFrom', validFrom);
    await page.check(`#validity-${validUntil === 'long-term' ? 'long-term' : '20'}`);
    await page.fill('#mobile', who.mobile);
    await page.fill('#newPassword', goodPassword);
    await page.fill('#confirmPassword', goodPassword);
    await page.check('#agreement');
    await page.fill('#code', await asksForCode(product, window, who.mobile, '#captcha'));
    await page.click('#next');
    await page.waitForSelector('[data-outcome=done]');
    await expectClean(window);
  });
});
