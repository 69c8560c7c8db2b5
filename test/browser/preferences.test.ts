import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import { tooSmall } from '../support/elder.ts';
import type { Product } from '../support/product.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

let product: Product;
let window: Window;
beforeAll(async () => {
  product = await sharedProduct();
});
afterEach(async () => window?.close());
afterAll(closeChromium);

/** Days until a cookie is forgotten that the product has set a moment ago. */
async function daysKept(name: string): Promise<number> {
  const cookie = (await window.context.cookies()).find((each) => each.name.endsWith(name));
  const now = Date.now() / 1000 + (await sandboxOf(product).clockAhead());
  return Math.round(((cookie?.expires ?? 0) - now) / 86_400);
}

describe.each([
  { width: 1440, scripts: true },
  { width: 360, scripts: true },
  { width: 360, scripts: false },
] as const)('what a person prefers, at $width px, with scripts: $scripts', ({ width, scripts }) => {
  it('[UXP-01] the language is switched on the page one is at and remembered', async () => {
    window = await openPage(product, { width, scripts });
    const { page } = window;
    const lang = () => page.getAttribute('html', 'lang');
    await window.goes('/login');
    const before = page.url();
    expect(await lang()).toBe('zh-CN');
    await page.click('button[name=locale][value=en]');
    await page.waitForSelector('html[lang=en]');
    expect(page.url()).toBe(before);
    expect(await page.textContent('h1')).toContain(word('login', 'title', {}, 'en'));
    await page.click('#tab-sms-code');
    await page.waitForSelector('#login-mobile');
    expect(await lang()).toBe('en');
    for (const path of ['/', '/help/privacy', '/register']) {
      await window.goes(path);
      expect([path, await lang()]).toEqual([path, 'en']);
    }
    expect(await daysKept('locale')).toBe(30);
    await page.click('button[name=locale][value=zh-CN]');
    await page.waitForSelector('html[lang=zh-CN]');
  });

  it('[UXP-01] what was typed goes along with a switch, but for secrets', async () => {
    window = await openPage(product, { width, scripts });
    const { page } = window;
    await window.goes('/register');
    await page.fill('#username', 'zhang-wei');
    await page.fill('#newPassword', 'Qiaoliang-7031');
    const kept = async () => [await page.inputValue('#username'), await page.inputValue('#newPassword')];
    await page.click('button[name=locale][value=en]');
    await page.waitForSelector('html[lang=en]');
    expect(await kept()).toEqual(['zhang-wei', '']);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    await page.click('button[name=elder][value=on]');
    await page.waitForSelector('html[data-elder]');
    expect([await page.getAttribute('html', 'lang'), ...(await kept())]).toEqual(['en', 'zhang-wei', '']);
    expect(await daysKept('elder')).toBe(30);
  });

  it('[UXP-01] Enter in a field does what the page is for, and switches nothing', async () => {
    window = await openPage(product, { width, scripts });
    const { page } = window;
    await window.goes('/login');
    await page.fill('#login-identifier', 'zhangwei');
    await page.press('#login-identifier', 'Enter');
    await page.waitForSelector('[data-error="field.required"], #login-password-problem:not(:empty)');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    expect(await page.inputValue('#login-identifier')).toBe('zhangwei');
    await page.click('#tab-sms-code');
    await page.fill('#login-mobile', '13800000001');
    await page.press('#login-mobile', 'Enter');
    // The code is what is asked for, and the captcha before it.
    await page.waitForSelector('[data-error="captcha.required"]');
    expect([await page.getAttribute('html', 'lang'), await page.getAttribute('html', 'data-elder')]).toEqual(['zh-CN', null]);
  });

  it('[UXP-02] elder mode is one switch, in sight on every page, and remembered', async () => {
    window = await openPage(product, { width, scripts });
    const { page } = window;
    await window.goes('/');
    const on = page.locator('button[name=elder][value=on]');
    expect(await on.count()).toBe(1);
    const box = await on.boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(120);
    await on.click();
    await page.waitForSelector('button[name=elder][value=off]');
    expect(await page.evaluate<string>('getComputedStyle(document.body).fontSize')).toBe('24px');
    for (const path of ['/help', '/login', '/register']) {
      await window.goes(path);
      expect(await page.locator('button[name=elder][value=off]').isVisible()).toBe(true);
      expect(await tooSmall(page)).toEqual([]);
      if (scripts) await expectClean(window);
    }
    expect(await daysKept('elder')).toBe(30);
    await page.click('button[name=elder][value=off]');
    await page.waitForSelector('button[name=elder][value=on]');
    expect(await page.evaluate<string>('getComputedStyle(document.body).fontSize')).toBe('16px');
  });
});
