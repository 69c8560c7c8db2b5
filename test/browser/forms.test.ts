import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeChromium, expectClean, openPage, type Window, type WindowOptions } from '../support/chromium.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { nextCode, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { asksForCode, fillsAccount, registers } from '../support/visitor.ts';
import { refusal, word } from '../support/words.ts';

let product: Product;
let window: Window;
beforeAll(async () => {
  product = await sharedProduct();
});
afterEach(async () => window?.close());
afterAll(closeChromium);

/** At the account step of the registration, in a document that is recognised again. */
const atTheForm = async (options: WindowOptions = {}): Promise<Window['page']> => {
  window = await openPage(product, options);
  await window.goes('/register');
  if (options.scripts !== false) await window.page.evaluate('window.sameDocument = true');
  return window.page;
};
const sameDocument = () => window.page.evaluate<boolean>('window.sameDocument === true');
const focused = () => window.page.evaluate<string>('document.activeElement.id');
const captchaId = async () => (await window.page.getAttribute('[data-captcha-id]', 'data-captcha-id')) ?? '';

describe('a captcha', () => {
  it('[LOG-18 UXP-04] is another one at the press of a link, and nothing typed is lost', async () => {
    const page = await atTheForm();
    await page.fill('#mobile', '13800000001');
    const [id, picture] = [await captchaId(), await page.getAttribute('.captcha-image', 'src')];
    await page.click('.another');
    await page.locator(`.captcha-image:not([data-captcha-id="${id}"])`).waitFor();
    expect(await page.getAttribute('.captcha-image', 'src')).not.toBe(picture);
    expect(await page.inputValue('[name=captchaId]')).toBe(await captchaId());
    expect([await sameDocument(), await focused(), await page.inputValue('#mobile')]).toEqual([true, 'captcha', '13800000001']);
    expect(await page.textContent('.captcha .said')).toBe(word('layout', 'captcha.refreshed'));
    await expectClean(window);
    // The new one is the one that counts.
    const who = newcomer();
    await page.fill('#mobile', who.mobile);
    await asksForCode(product, window, who.mobile, '#captcha');
  });

  it('[LOG-18] is another one without scripts, too', async () => {
    const page = await atTheForm({ scripts: false });
    const id = await captchaId();
    await page.fill('#mobile', '13800000001');
    await page.click('.another');
    await page.locator(`.captcha-image:not([data-captcha-id="${id}"])`).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/\/register\/account$/);
    // And nothing that was typed is lost, nor called wrong.
    expect([await page.inputValue('#mobile'), await page.inputValue('#captcha'), await page.locator('[role=alert]').count()]).toEqual([
      '13800000001',
      '',
      0,
    ]);
  });

  it('[LOG-18] that does not load is what the help centre knows a way out of', async () => {
    const page = await atTheForm();
    await page.fill('#mobile', '13800000001');
    const opened = window.context.waitForEvent('page');
    await page.click('.more summary');
    await page.click('[data-question=captcha]');
    const help = await opened;
    const answer = await help.textContent('.answer');
    for (const way of ['captcha.refresh', 'captcha.prove']) expect(answer).toContain(word('layout', way).split('？').at(-1));
    expect(answer).toContain('更换浏览器');
    // The form stands as it was, in its own window.
    expect([await page.inputValue('#mobile'), await sameDocument()]).toEqual(['13800000001', true]);
  });

  it('[UXP-04] can be work for the machine in place of a picture to read', async () => {
    const page = await atTheForm({ width: 360 });
    const who = newcomer();
    await page.fill('#mobile', who.mobile);
    await page.click('.more summary');
    await page.click('[data-prove]');
    await page.locator('.captcha .said', { hasText: word('layout', 'captcha.proved') }).waitFor();
    expect(await page.locator('#captcha').isVisible()).toBe(false);
    await expectClean(window);
    await page.click('#send-code');
    await nextCode(sandboxOf(product), who.mobile, undefined);
    await page.locator('#code:focus').waitFor();
    expect(await page.inputValue('[name=captchaProof]')).toBe('');
    await expectClean(window);
  });
});

describe('on a phone', () => {
  it('[MOB-07] a cross stands in what was written, empties it and keeps the keyboard open', async () => {
    const page = await atTheForm({ width: 360 });
    for (const id of ['mobile', 'captcha', 'newPassword']) {
      const cross = page.locator(`[data-clear="${id}"]`);
      expect([id, await cross.isVisible()]).toEqual([id, false]);
      await page.fill(`#${id}`, '1380');
      await cross.tap();
      expect([id, await page.inputValue(`#${id}`), await focused(), await cross.isVisible()]).toEqual([id, '', id, false]);
    }
    // Beside the eye, and both at hand.
    await page.fill('#newPassword', 'Qiaoliang-7031');
    const [eye, cross] = [
      await page.locator('[data-reveal=newPassword]').boundingBox(),
      await page.locator('[data-clear=newPassword]').boundingBox(),
    ];
    expect((cross?.x ?? 0) + (cross?.width ?? 0)).toBeLessThanOrEqual((eye?.x ?? 0) + 1);
    await expectClean(window);
  });

  it('[MOB-05] a document without end asks for no date', async () => {
    window = await openPage(product, { width: 360 });
    await window.goes('/sandbox/gallery/step-up/real-name/view?state=empty&channel=h5');
    const until = window.page.locator('#validUntil');
    expect(await until.isVisible()).toBe(true);
    await window.page.check('#longTerm-yes');
    expect(await until.isVisible()).toBe(false);
    await window.page.check('#longTerm-no');
    expect(await until.isVisible()).toBe(true);
    await expectClean(window);
  });
});

describe('a password', () => {
  it.each(['newPassword', 'confirmPassword'])('[REG-20] in %s is shown by its eye and hidden again', async (id) => {
    const page = await atTheForm();
    const eye = page.locator(`[data-reveal="${id}"]`);
    const state = async () => [await page.getAttribute(`#${id}`, 'type'), await eye.getAttribute('aria-pressed')];
    await page.fill(`#${id}`, 'Qiaoliang-7031');
    expect(await state()).toEqual(['password', 'false']);
    await eye.click();
    expect(await state()).toEqual(['text', 'true']);
    expect(await page.inputValue(`#${id}`)).toBe('Qiaoliang-7031');
    await expectClean(window);
    await eye.press('Enter');
    expect(await state()).toEqual(['password', 'false']);
  });
});

describe('a mistake', () => {
  it('[UXP-05 NOT-14] is said with an icon as soon as the field is left, and unsaid once it is mended', async () => {
    const page = await atTheForm();
    const problem = page.locator('#mobile-problem');
    await page.click('#mobile');
    await page.keyboard.press('Tab');
    // Nothing was written yet: nobody is blamed for passing by.
    expect(await problem.isVisible()).toBe(false);
    await page.fill('#mobile', '1380000');
    await page.keyboard.press('Tab');
    await problem.filter({ hasText: refusal('mobile.invalid') }).waitFor();
    expect(await page.getAttribute('#mobile', 'aria-invalid')).toBe('true');
    expect(await page.evaluate<string>('getComputedStyle(document.getElementById("mobile-problem"), "::before").content')).toContain('!');
    await expectClean(window);
    await page.fill('#mobile', '138 0000 0001');
    await problem.waitFor({ state: 'hidden' });
    expect(await page.getAttribute('#mobile', 'aria-invalid')).toBeNull();

    await page.fill('#newPassword', 'Qiaoliang-7031');
    await page.fill('#confirmPassword', 'Qiaoliang-7032');
    await page.keyboard.press('Tab');
    await page.locator('#confirmPassword-problem', { hasText: refusal('password.mismatch') }).waitFor();
    await page.fill('#username', ' ');
    await page.keyboard.press('Tab');
    await page.locator('#username-problem', { hasText: refusal('field.required.username') }).waitFor();
  });

  it.each([1440, 360] as const)(
    '[UXP-05 NOT-14] that only the server sees marks and focuses its field and keeps what was typed, at %s px',
    async (width) => {
      const page = await atTheForm({ width });
      const who = newcomer();
      await page.fill('#mobile', who.mobile);
      const code = await asksForCode(product, window, who.mobile, '#captcha');
      await fillsAccount(page, { ...who, username: '1234567', password: 'password' });
      await page.fill('#code', code);
      await page.click('#next');
      await page.waitForSelector('[role=alert]');
      expect(await page.title()).toMatch(new RegExp(`^${word('layout', 'title-error')}`));
      expect(await focused()).toBe('username');
      expect(await page.inputValue('#username')).toBe('1234567');
      expect(await page.inputValue('#mobile')).toBe(who.mobile);
      expect(await page.isChecked('#agreement')).toBe(true);
      expect(await page.textContent('#newPassword-problem')).toContain(refusal('password.weak.blocklist'));
      // The summary leads to each field.
      await page.click('[role=alert] a[href="#newPassword"]');
      expect(await focused()).toBe('newPassword');
      await expectClean(window);
    },
  );
});

describe('a form', () => {
  it('is sent once, however often its button is pressed', async () => {
    const page = await atTheForm();
    const sent: string[] = [];
    const answers = Promise.withResolvers<void>();
    await page.route('**/register/account', async (route) => {
      if (route.request().method() === 'POST') {
        sent.push(route.request().url());
        await answers.promise;
      }
      await route.continue();
    });
    const who = newcomer();
    await page.fill('#mobile', who.mobile);
    const code = await asksForCode(product, window, who.mobile, '#captcha');
    await fillsAccount(page, who);
    await page.fill('#code', code);
    const pressed = await page.evaluate<string[]>(`(async () => {
      const next = document.getElementById('next');
      const states = [];
      for (let times = 0; times < 4; times += 1) {
        next.click();
        states.push(next.ariaDisabled);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return states;
    })()`);
    expect(pressed).toEqual(['true', 'true', 'true', 'true']);
    answers.resolve();
    await page.waitForSelector('#documentNumber');
    expect(sent).toHaveLength(1);
  });

  it('that is done leads on, when somebody goes back to it', async () => {
    const page = await atTheForm();
    await registers(product, window, newcomer());
    await page.waitForSelector('#documentNumber');
    await page.goBack();
    await page.waitForSelector('#documentNumber');
    await expectClean(window);
  });
});
