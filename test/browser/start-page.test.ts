import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scriptedPeople } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { closeChromium, expectClean, openPage, type Window } from '../support/chromium.ts';
import { runMain, type Product } from '../support/product.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, fillsBankCard, signsIn } from '../support/visitor.ts';

const people = scriptedPeople(todayInShanghai(new Date()));

describe('the start page of the sandbox', () => {
  let product: Product;
  let window: Window;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  it('[RPX-01] open the housing fund, sign in as 张伟, watch it ask for more', async () => {
    window = await openPage(product);
    const { page } = window;
    await window.goes('/sandbox');
    await expectClean(window);
    const [username = '', password = '', card = '', reservedMobile = ''] = await page.locator('.steps .copy code').allTextContents();
    expect(await page.textContent('.steps')).toContain('张伟');
    expect(await page.getAttribute('.steps a.button', 'target')).toBe('_blank');
    // The service has a window of its own; here it takes this one.
    await window.goes((await page.getAttribute('.steps a.button', 'href')) ?? '');
    await page.click('#sign-in');
    await signsIn(product, window, { username, password });
    await page.waitForSelector('#step-up-bank-card');
    expect(await page.textContent('main')).toContain('住房公积金');
    await expectClean(window);

    await page.click('#step-up-bank-card');
    const code = await asksForCode(product, window, reservedMobile, '#captcha');
    // What the phone shows is read on the start page, in another tab.
    const phone = await window.context.newPage();
    await phone.goto(`${product.issuer}/sandbox#messages`);
    await phone.locator('#messages .message code', { hasText: code }).waitFor();
    await phone.close();
    await page.fill('#code', code);
    await page.click('#next');
    await fillsBankCard(page, { number: card, reservedMobile });
    await page.click('#next');
    await page.click('[data-outcome=done] #next');
    await page.click('#consent-allow');
    await page.waitForSelector('#session[data-acr=L3]');
    expect(await page.textContent('.greeting')).toContain('张伟');
    await expectClean(window);
  });

  it.each([
    { width: 1440, locale: 'zh-CN' },
    { width: 360, locale: 'en' },
  ] as const)(
    '[RPX-01 UXP-01] lists every citizen and what each plays, with buttons to copy, at $width px in $locale',
    async ({ width, locale }) => {
      window = await openPage(product, { width, locale });
      const { page } = window;
      await window.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: product.issuer });
      await window.goes('/sandbox');
      await expectClean(window);
      expect(await page.locator('.people tbody tr').count()).toBe(people.length);
      // Folded by what they play, until somebody is looked for.
      expect(await page.locator('.people tbody tr:visible').count()).toBe(0);
      for (const summary of await page.locator('.group > summary').all()) await summary.click();
      expect(await page.locator('.people tbody tr:visible').count()).toBe(people.length);
      await expectClean(window);
      for (const { id, name, document, mobile, plays } of people) {
        const row = await page.textContent(`#person-${id}`);
        for (const shown of [name, document.number, mobile, plays[locale]]) expect(row).toContain(shown);
      }
      const scenarios = new Set(people.map(({ scenario }) => scenario));
      for (const scenario of ['match', 'mismatch', 'taken', 'rare-character', 'over-quota', 'unavailable', 'pending'])
        expect(scenarios).toContain(scenario);

      await page.fill('#q', '张伟');
      await page.locator('.people tbody tr:visible').first().waitFor();
      expect(await page.locator('.people tbody tr:visible').count()).toBeLessThan(people.length);
      await page.click('#person-zhangwei [data-copy="110199199003150113"]');
      expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('110199199003150113');
    },
  );

  it('[RPX-01] finds people without scripts, in groups that are open then', async () => {
    window = await openPage(product, { width: 360, scripts: false });
    const { page } = window;
    await window.goes('/sandbox?scenario=mismatch#people');
    const rows = people.filter(({ scenario }) => scenario === 'mismatch');
    expect(await page.locator('.people tbody tr:visible').count()).toBe(rows.length);
    expect(await page.locator('.group:visible').count()).toBe(1);
  });

  it.each(['zh-CN', 'en'] as const)(
    '[RPX-01 UXP-01] is one screen to begin with on a phone, the messages under the step that waits for one, in %s',
    async (locale) => {
      window = await openPage(product, { width: 360, locale });
      const { page } = window;
      await page.setViewportSize({ width: 360, height: 740 });
      await window.goes('/sandbox');
      const ends = async (selector: string) => {
        const box = await page.locator(selector).last().boundingBox();
        return (box?.y ?? Infinity) + (box?.height ?? 0);
      };
      for (const needed of ['#steps a.button', '#steps .copy code', '#steps > li', '#messages-title'])
        expect([needed, (await ends(needed)) <= 740]).toEqual([needed, true]);
      const next = await page.locator('.hero-rest').boundingBox();
      expect(next?.y).toBeGreaterThanOrEqual(await ends('#messages'));
    },
  );

  it('[RPX-01] sets a person back to the beginning', async () => {
    window = await openPage(product);
    const { page } = window;
    await window.goes('/sandbox');
    await page.click('#restore');
    await page.locator('#again .restored').waitFor();
    await expectClean(window);
    await window.goes('/sandbox/rp/housing-fund/');
    await page.click('#sign-in');
    await signsIn(product, window, { username: 'zhangwei', password: 'Minxin-2026' });
    await page.waitForSelector('#step-up-bank-card');
  });

  it('[RPX-01] shows a message as it arrives', async () => {
    window = await openPage(product, { width: 360 });
    const { page } = window;
    await window.goes('/sandbox');
    const other = await openPage(product);
    await other.goes('/login');
    await other.page.click('#tab-sms-code');
    await sandboxOf(product).waits(61);
    await other.page.fill('#login-mobile', '13800000002');
    const code = await asksForCode(product, other, '13800000002', '#login-captcha');
    await other.close();
    await page.locator('#messages .message', { hasText: code }).waitFor();
    await expectClean(window);
  });

  it('[RPX-01] is nothing that a production server would start with', async () => {
    const { code, output } = await runMain([], { NODE_ENV: 'production', SANDBOX: 'on', ISSUER: 'https://id.example.cn' });
    expect(code).toBe(1);
    expect(output).toMatch(/SANDBOX/);
  });
});
