import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage } from '../support/chromium.ts';
import { newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { signsIn } from '../support/visitor.ts';

/** What each service opens to somebody known well enough, and what it wants more for. */
const services = [
  { service: 'social-insurance', acr: 'L2', level: 'L2', offering: 'contributions', more: 'entitlement' },
  { service: 'housing-fund', acr: 'L3', level: 'L3', offering: 'balance', more: 'transfer' },
] as const;

const looks = services.flatMap((service) =>
  ([1440, 360] as const).flatMap((width) => (['zh-CN', 'en'] as const).map((locale) => ({ ...service, width, locale }))),
);

describe('a demonstration service', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  afterAll(closeChromium);

  it.each(looks)(
    '[UXP-01 RPX-02 ACC-01] $service at $width px in $locale: signs people in, shows what it received, asks for more, signs them out',
    async ({ service, level, acr, offering, more, width, locale }) => {
      const citizen: Citizen = await newCitizen(product, level);
      const window = await openPage(product, { width, locale });
      const { page } = window;
      const base = `/sandbox/rp/${service}/`;

      await window.goes(base);
      expect(await page.getAttribute('html', 'lang')).toBe(locale);
      await expectClean(window);
      await page.click('#sign-in');
      await signsIn(product, window, citizen);
      await page.click('#consent-allow');
      await page.waitForSelector(`#session[data-acr=${acr}]`);
      expect(await page.textContent('.greeting')).toContain(citizen.identity.name);
      expect(await page.getAttribute('.level-held', 'data-level')).toBe(acr);
      expect(await page.getAttribute('#to-account', 'href')).toBe('/account');
      await expectClean(window);
      for (const details of await page.locator('details summary').all()) await details.click();
      expect(await page.textContent('#access-token')).toMatch(/^[\w.-]{20,}$/);
      await expectClean(window);

      await window.goes(`${base}services/${offering}`);
      await expectClean(window);
      await window.goes(`${base}services/${more}`);
      await expectClean(window);
      // L4 is not offered yet, so the service is told that it cannot be had; L3 can.
      await page.waitForSelector(service === 'housing-fund' ? '[data-error=unmet_authentication_requirements]' : '#step-up-bank-card');

      await window.goes(base);
      await page.click('#sign-out');
      await page.click('#logout-yes');
      await page.waitForSelector('#sign-in');
      await expectClean(window);
      await window.close();
    },
  );
});
