import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { foldField, type FieldName } from '../../src/domain/form-fields.ts';
import { closeChromium, openPage, type Window } from '../support/chromium.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { typedCases } from '../support/typed.ts';

/** Where each field stands: a page of the gallery, and its id there. */
const places: Readonly<Partial<Record<FieldName, readonly [page: string, id: string]>>> = {
  mobile: ['login/sms-code/view?state=empty', 'login-mobile'],
  code: ['login/sms-code/view?state=sent', 'login-code'],
  totpCode: ['login/second-factor?state=totp-empty', 'login-totpCode'],
  recoveryCode: ['login/second-factor?state=recovery-code-empty', 'login-recoveryCode'],
  reservedMobile: ['step-up/bank-card/view?state=empty', 'reservedMobile'],
  bankCard: ['step-up/bank-card/view?state=empty', 'bankCard'],
  documentNumber: ['activate/document?state=empty', 'documentNumber'],
  username: ['register/account?state=empty', 'username'],
  email: ['account/change/email?state=empty', 'email'],
  address: ['register/account?state=asserted', 'address'],
};

let window: Window;
afterEach(async () => window?.close());
afterAll(closeChromium);

/** Pastes into an empty field and leaves it. */
async function pastes(id: string, text: string): Promise<{ value: string; problem: string }> {
  const { page } = window;
  await page.fill(`#${id}`, '');
  await page.focus(`#${id}`);
  await page.keyboard.insertText(text);
  await page.keyboard.press('Tab');
  return { value: await page.inputValue(`#${id}`), problem: (await page.textContent(`#${id}-problem`)) ?? '' };
}

const shows = async (page: string) => {
  window = await openPage(await sharedProduct());
  await window.goes(`/sandbox/gallery/${page}`);
};

describe.each(Object.entries(places) as [FieldName, readonly [string, string]][])(
  'the page itself, where %s is typed',
  (field, [page, id]) => {
    it('[UXP-05] takes whole whatever the domain takes, and names what it does not', async () => {
      await shows(page);
      const checks = (await window.page.getAttribute(`#${id}`, 'data-pattern')) !== null;
      for (const { typed, read, because } of typedCases.filter((each) => each.field === field)) {
        const { value, problem } = await pastes(id, typed);
        expect([because, foldField(field, value)]).toEqual([because, foldField(field, typed)]);
        expect([because, problem !== '']).toEqual([because, checks && read === undefined]);
      }
    });
  },
);

it.each([
  ['an accent that another keyboard types in two parts', 'Café-crème 2026', 'Cafe\u0301-cre\u0300me 2026'],
  ['another kind of space', 'ein Satz 2026', 'ein\u00a0Satz 2026'],
])('[REG-19] a password is repeated although it has %s', async (_, first, second) => {
  await shows('register/account?state=empty');
  await window.page.fill('#newPassword', first);
  expect((await pastes('confirmPassword', second)).problem).toBe('');
  expect((await pastes('confirmPassword', `${second}!`)).problem).not.toBe('');
});
