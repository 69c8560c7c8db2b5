import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scriptedPeople, type ScriptedPerson } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { closeChromium, expectClean, openPage, type Window, type WindowOptions } from '../support/chromium.ts';
import { goodPassword, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, fillsAccount, fillsBankCard, fillsIdentity, registers } from '../support/visitor.ts';

const people = scriptedPeople(todayInShanghai(new Date()));

/** Somebody without an account, with a bank card that passes. */
function scripted(id: string): ScriptedPerson & { readonly card: ScriptedPerson['bankCards'][number] } {
  const person = people.find((each) => each.id === id);
  const card = person?.bankCards.find(({ kind, outcome }) => kind === 'debit' && outcome === 'match');
  if (!person || !card || person.account) throw new Error(`${id} plays something else now`);
  return { ...person, card };
}

describe('a new citizen at the housing fund', () => {
  let product: Product;
  let window: Window;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  afterEach(async () => window?.close());
  afterAll(closeChromium);

  /** From the service to the account step. */
  const begins = async (options: WindowOptions): Promise<Window['page']> => {
    window = await openPage(product, options);
    const { page } = window;
    await window.goes('/sandbox/rp/housing-fund/');
    await page.click('#sign-in');
    await page.click('a[href$="/register"]');
    await page.waitForSelector('#newPassword');
    // Without scripts axe cannot look either.
    if (options.scripts !== false) await expectClean(window);
    return page;
  };

  /** From the step-up page with a bank card back to the service. */
  const provesBankCard = async ({ card }: ReturnType<typeof scripted>): Promise<void> => {
    const { page } = window;
    await page.click('#step-up-bank-card');
    await page.waitForSelector('#bankCard');
    await expectClean(window);
    await fillsBankCard(page, card);
    await page.click('#next');
    await page.waitForSelector('[data-outcome=done]');
    await expectClean(window);
    await page.click('#next');
    await page.waitForSelector('#consent-allow');
    await expectClean(window);
    await page.click('#consent-allow');
    await page.waitForSelector('#session');
    await expectClean(window);
  };

  /** What the service shows of the tokens it received. */
  const seesTokens = async (): Promise<void> => {
    const { page } = window;
    expect(new URL(page.url()).pathname).toBe('/sandbox/rp/housing-fund/');
    expect(await page.getAttribute('#session', 'data-acr')).toBe('L3');
    expect(await page.textContent('#id-token')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const claims = await page.locator('.claims dt code').allTextContents();
    expect(claims).toEqual(expect.arrayContaining(['sub', 'acr', 'amr', 'auth_time', 'nonce', 'real_name', 'assurance']));
  };

  it('[UXP-01 REG-41 RPX-02] proves the real name on the way, on a phone in Chinese, and is signed in there', async () => {
    const who = scripted('huangjianguo');
    const page = await begins({ width: 360 });
    await registers(product, window, newcomer({ mobile: who.mobile }));
    await page.waitForSelector('#documentNumber');
    await expectClean(window);
    await fillsIdentity(page, who);
    await page.click('#next');
    await page.waitForSelector('[data-outcome=done]');
    expect(await page.textContent('#next')).toContain('住房公积金');
    await expectClean(window);
    await page.click('#next');
    await page.waitForSelector('#step-up-bank-card');
    await expectClean(window);
    await provesBankCard(who);
    await seesTokens();
    expect(await page.textContent('.greeting')).toContain(who.name);
  });

  it('[UXP-01 REG-41 RPX-02] skips the real name and proves it when the service asks, on a desk in English', async () => {
    const who = scripted('zhouting');
    const page = await begins({ width: 1440, locale: 'en' });
    await registers(product, window, newcomer({ mobile: who.mobile }));
    await page.click('button[form=skip]');
    await page.waitForSelector('[data-outcome=done]');
    expect(await page.textContent('#next')).toContain('Housing Provident Fund');
    await page.click('#next');
    await page.click('#step-up-real-name');
    await fillsIdentity(page, who);
    await page.click('#next');
    await page.waitForSelector('[data-outcome=done]');
    await page.click('#next');
    await provesBankCard(who);
    await seesTokens();
  });

  it('[UXP-01 REG-41] needs no scripts for any of it', async () => {
    const who = scripted('wudi');
    const page = await begins({ width: 360, scripts: false });
    await fillsAccount(page, newcomer({ mobile: who.mobile }));
    const code = await asksForCode(product, window, who.mobile, '#captcha');
    // The page came anew: what was typed is there but for the passwords.
    await page.waitForSelector('noscript');
    expect(await page.inputValue('#mobile')).toBe(who.mobile);
    expect(await page.inputValue('#newPassword')).toBe('');
    await page.fill('#code', code);
    await page.fill('#newPassword', goodPassword);
    await page.fill('#confirmPassword', goodPassword);
    await page.click('#next');
    await fillsIdentity(page, who);
    await page.click('#next');
    await page.click('[data-outcome=done] #next');
    await page.click('#step-up-bank-card');
    await fillsBankCard(page, who.card);
    await page.click('#next');
    await page.click('[data-outcome=done] #next');
    await page.click('#consent-allow');
    await seesTokens();
  });
});
