import { afterAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage } from '../support/chromium.ts';
import { newCitizen } from '../support/citizen.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, signsIn } from '../support/visitor.ts';

describe('a person in the account centre', () => {
  afterAll(closeChromium);

  it('[ACC-07 ACC-08] changes the password on a phone, is taken on after seven seconds, or stays where they say so', async () => {
    const product = await sharedProduct();
    const who = await newCitizen(product);
    const window = await openPage(product, { width: 360 });
    const { page } = window;
    await page.clock.install();
    await window.goes('/login');
    await signsIn(product, window, who);
    await page.waitForURL('**/account');
    const changes = async (password: string, next: string) => {
      await page.fill('#password', password);
      await page.fill('#newPassword', next);
      await page.fill('#confirmPassword', next);
      await page.click('#next');
      await page.waitForURL('**/account/password/done');
    };
    await page.click('#change-password');
    await page.fill('#code', await asksForCode(product, window, who.mobile, '#captcha'));
    await page.click('#next');
    await changes(who.password, 'Xinmima-2026');
    expect(await page.textContent('[data-leaving]')).toMatch(/页面将在 [1-7] 秒后自动跳转/);
    await page.click('#stay');
    expect(await page.textContent('[data-leaving]')).toContain('已取消自动跳转');
    await expectClean(window);
    await page.clock.runFor(10_000);
    expect(page.url()).toMatch(/\/done$/);
    await page.click('#next');

    await page.click('#change-password');
    await changes('Xinmima-2026', 'Erxinmima-2027');
    await page.clock.runFor(10_000);
    await page.waitForURL('**/account');
    await window.close();
  });
});
