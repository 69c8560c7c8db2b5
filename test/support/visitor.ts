import type { Page } from 'playwright-core';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import type { Window } from './chromium.ts';
import type { Newcomer } from './newcomer.ts';
import type { Product } from './product.ts';
import { nextCode, sandboxOf } from './sandbox.ts';

/** What a person does at a window of Chromium, as far as many tests do it. */

/** Types what the picture beside the field shows. */
export async function typesCaptcha(product: Product, { page }: Window, field: string): Promise<void> {
  const id = await page.locator('[data-captcha-id]').getAttribute('data-captcha-id');
  await page.fill(field, await sandboxOf(product).captchaAnswer(id ?? ''));
}

/** Types the captcha, asks for a code and reads it on the phone. */
export async function asksForCode(product: Product, window: Window, mobile: string, captchaField: string): Promise<string> {
  const sandbox = sandboxOf(product);
  const known = (await sandbox.messagesTo(mobile)).find(({ code }) => code !== undefined)?.id;
  await typesCaptcha(product, window, captchaField);
  // Until the press has been answered: before, there may be nothing to look for yet.
  const answered = window.page.waitForResponse((response) => /\/send-code(\?|$)/.test(response.url()));
  await window.page.click('#send-code');
  await answered;
  return (await nextCode(sandbox, mobile, known)).code;
}

/** Fills the account step of the registration but for captcha and code. */
export async function fillsAccount(page: Page, { username, mobile, password }: Newcomer): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#mobile', mobile);
  await page.fill('#newPassword', password);
  await page.fill('#confirmPassword', password);
  await page.check('#agreement');
}

/** The account step to its end. */
export async function registers(product: Product, window: Window, who: Newcomer): Promise<void> {
  const { page } = window;
  await page.fill('#mobile', who.mobile);
  const code = await asksForCode(product, window, who.mobile, '#captcha');
  await fillsAccount(page, who);
  await page.fill('#code', code);
  await page.click('#next');
}

/** Fills the real-name form as the document prints it. */
export async function fillsIdentity(page: Page, { name, sex, document }: RegisteredPerson): Promise<void> {
  await page.selectOption('#documentType', document.type);
  await page.fill('#name', name);
  await page.fill('#documentNumber', document.number);
  await page.check(`#sex-${sex}`);
  await page.fill('#validFrom', document.validFrom);
  const longTerm = document.validUntil === 'long-term';
  await page.check(longTerm ? '#longTerm-yes' : '#longTerm-no');
  if (!longTerm) await page.fill('#validUntil', document.validUntil);
}

/** Fills the form of a bank card. */
export async function fillsBankCard(page: Page, { number, reservedMobile }: { number: string; reservedMobile: string }): Promise<void> {
  await page.fill('#bankCard', number);
  await page.fill('#reservedMobile', reservedMobile);
  await page.check('#agreement');
}

/** Types account and password, and the captcha where one is asked for. */
export async function signsIn(
  product: Product,
  window: Window,
  { username, password }: Pick<Newcomer, 'username' | 'password'>,
): Promise<void> {
  const { page } = window;
  await page.fill('#login-identifier', username);
  await page.fill('#login-password', password);
  if (await page.locator('#login-captcha').isVisible()) await typesCaptcha(product, window, '#login-captcha');
  await page.click('#login-submit');
}
