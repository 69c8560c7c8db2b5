import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import { profileNames } from '../support/profiles.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** What the keyboard of a phone leaves of its window of 360 × 740. */
const aboveTheKeyboard = 440;

const looks = profileNames.flatMap((profile) => (['zh-CN', 'en'] as const).map((locale) => ({ profile, locale })));

describe('on a phone of 360 × 740 the first field', () => {
  let window: Window;
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  /** Lower edge of the first field that one sees, in CSS pixels. */
  const endOfFirstField = () =>
    window.page.evaluate<number>(`(() => {
      const field = [...document.querySelectorAll('main .input')].find((each) => each.checkVisibility());
      return field.getBoundingClientRect().bottom;
    })()`);

  it.each(looks)(
    '[UXP-01] of the sign-in stands above the fold in $profile in $locale, with a service that waits',
    async ({ profile, locale }) => {
      window = await openPage(await sharedProduct(profile), { width: 360, locale });
      for (const path of ['/login', '/sandbox/rp/social-insurance/login']) {
        await window.goes(path);
        await window.page.waitForSelector('#login-identifier');
        expect(await endOfFirstField()).toBeLessThanOrEqual(aboveTheKeyboard);
        await expectClean(window);
      }
    },
  );

  it.each(looks)('[UXP-01] of the registration stands above the fold in $profile in $locale', async ({ profile, locale }) => {
    window = await openPage(await sharedProduct(profile), { width: 360, locale });
    await window.goes('/register');
    const { page } = window;
    if (await page.locator('#option-register').isVisible()) await page.click('#option-register');
    await page.waitForSelector('#mobile');
    expect(await endOfFirstField()).toBeLessThanOrEqual(aboveTheKeyboard);
    await expectClean(window);
  });
});
