import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { problemsOf } from '../support/form-problems.ts';
import { accountFields, goodPassword, newcomer, registers, registersUnverified } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal } from '../support/words.ts';

/** What somebody types, and the reason for which it is refused; undefined: it is not. */
type Cases = readonly (readonly [typed: string, reason: string | undefined])[];

interface Rules {
  readonly ids: { readonly username: string; readonly password: string };
  readonly username: { readonly min: number; readonly max: number; readonly cases: Cases };
  readonly password: { readonly min: number; readonly max: number; readonly cases: Cases };
}

const letters = (count: number): string => 'Qz'.repeat(count).slice(0, count);

const cities: Readonly<Record<string, Rules>> = {
  demo: {
    ids: { username: 'DIS-03', password: 'DIS-01' },
    username: {
      min: 4,
      max: 20,
      cases: [
        ['abc', 'min-length'],
        ['abcd', undefined],
        [`a${'b'.repeat(19)}`, undefined],
        [`a${'b'.repeat(20)}`, 'max-length'],
        ['1abc', 'first-letter'],
        ['_abc', 'first-letter'],
        ['a_b-1', undefined],
        ['张三李四', 'characters'],
        ['ab cd', 'characters'],
        ['ab@cd', 'characters'],
        ['13800000001', 'first-letter'],
        // A full-width keyboard types the same name.
        ['ａｂｃｄ１', undefined],
      ],
    },
    password: {
      min: 8,
      max: 64,
      cases: [
        ['Ab3$xyz', 'min-length'],
        ['Ab3$xyzk', undefined],
        ['只有您知道的一句话', undefined],
        ['with spaces in it', undefined],
        [letters(64), undefined],
        [letters(65), 'max-length'],
        ['password', 'blocklist'],
        ['12345678', 'blocklist'],
      ],
    },
  },
  beijing: {
    ids: { username: 'REG-12', password: 'REG-18' },
    username: {
      min: 6,
      max: 20,
      cases: [
        ['abcde', 'min-length'],
        ['abcdef', undefined],
        [`a${'b'.repeat(19)}`, undefined],
        [`a${'b'.repeat(20)}`, 'max-length'],
        ['1abcde', 'first-letter'],
        ['_abcde', 'first-letter'],
        ['abc_123', undefined],
        ['abc-123', 'characters'],
        ['北京市民你好', 'characters'],
      ],
    },
    password: {
      min: 8,
      max: 20,
      cases: [
        ['Ab3$xyz', 'min-length'],
        ['Ab3$xyzk', undefined],
        ['abcdwxyz', undefined],
        ['83920175', undefined],
        ['!@#$%^&*', 'blocklist'],
        [letters(20), undefined],
        [letters(21), 'max-length'],
        ['with spaces', 'characters'],
        ['密码密码密码密码', 'characters'],
      ],
    },
  },
  'beijing-2019': {
    ids: { username: 'REG-11', password: 'REG-17' },
    username: {
      min: 6,
      max: 20,
      cases: [
        ['abcde', 'min-length'],
        ['abc123', undefined],
        [`a${'b'.repeat(20)}`, 'max-length'],
        ['1abcde', 'first-letter'],
        ['abc_123', 'characters'],
        ['abc-123', 'characters'],
      ],
    },
    password: {
      min: 6,
      max: 20,
      cases: [
        ['Kx3mQ', 'min-length'],
        ['KxmQwv', undefined],
        ['Kx3mQ9', undefined],
        ['839201', 'require-letter'],
        ['Kx3mQ_', 'characters'],
        [letters(21), 'max-length'],
      ],
    },
  },
};

describe.each(Object.entries(cities))('fields of the registration in %s', (profile, rules) => {
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    person = newPerson(product);
    await person.goes('/register');
  });

  fieldTests(() => person, rules);

  it.each([
    ['1380000000', 'length'],
    ['138000000011', 'length'],
    ['12800000001', 'prefix'],
    ['1380000000a', 'characters'],
    ['+852 9123 4567', 'other-country'],
  ])('[REG-27] refuses the mobile "%s": %s', async (mobile, reason) => {
    await person.submits({ ...accountFields(newcomer({ mobile })), captcha: '' });
    expect(problemsOf(person.page)['mobile']).toBe(refusal(`mobile.invalid.${reason}`));
    const own = newPerson(product);
    await own.goes('/register');
    await own.asksForCode(accountFields(newcomer({ mobile })));
    expect(own.page.status).toBe(422);
    expect(problemsOf(own.page)).toEqual({ mobile: refusal(`mobile.invalid.${reason}`) });
  });

  it('[REG-27] takes a mobile however it is typed, verifies it by SMS and lets people sign in with it', async () => {
    const who = newcomer();
    const [head, middle, tail] = [who.mobile.slice(0, 3), who.mobile.slice(3, 7), who.mobile.slice(7)];
    const visitor = newPerson(product);
    await visitor.goes('/register');
    const typed = { ...accountFields(who), mobile: `+86 ${head}-${middle}-${tail}` };
    await visitor.asksForCode(typed);
    const code = await visitor.readsCode(who.mobile);
    expect(await visitor.sandbox.messagesTo(who.mobile)).toMatchObject([{ template: 'code.register' }]);
    const wrong = code === '000000' ? '000001' : '000000';
    await visitor.submits({ ...typed, code: wrong });
    expect(problemsOf(visitor.page)).toEqual({ code: refusal('otp.wrong') });
    await visitor.submits({ ...typed, code });
    expect(visitor.page.url.pathname).toMatch(/\/identity$/);

    const service = await relyingParty(product, 'first-party');
    const back = await service.sendsToUs();
    await back.submits({ identifier: who.mobile, password: who.password });
    expect((await service.receives(back)).claims).toMatchObject({ amr: ['pwd'] });
    await back.sandbox.waits(61);
    const byCode = await service.sendsToUs();
    await byCode.opens('#tab-sms-code');
    await byCode.asksForCode({ mobile: who.mobile });
    await byCode.submits({ mobile: who.mobile, code: await byCode.readsCode(who.mobile) });
    expect((await service.receives(byCode)).claims).toMatchObject({ amr: ['sms'] });
  });

  it('[REG-19] refuses two passwords that differ, and asks for both again', async () => {
    await person.submits({ ...accountFields(newcomer()), confirmPassword: `${goodPassword}!`, captcha: '' });
    expect(problemsOf(person.page)).toMatchObject({ confirmPassword: refusal('password.mismatch') });
    for (const name of ['newPassword', 'confirmPassword']) expect(person.page.$(`[name=${name}]`).attr('value') ?? '').toBe('');
  });

  it(`[${rules.ids.password}] refuses a password that holds the username or digits of the mobile`, async () => {
    const who = newcomer();
    await person.submits({ ...accountFields({ ...who, password: `x${who.username}` }), captcha: '' });
    expect(problemsOf(person.page)['newPassword']).toBe(refusal('password.weak.not-containing-username'));
    await person.submits({ ...accountFields({ ...who, password: `pw${who.mobile.slice(-6)}` }), captcha: '' });
    expect(problemsOf(person.page)['newPassword']).toBe(refusal('password.weak.not-containing-mobile'));
  });

  it('[REG-28 DIS-08] sends no SMS before the captcha is passed, and takes each captcha once', async () => {
    const who = newcomer();
    const visitor = newPerson(product);
    await visitor.goes('/register');
    const shown = () => visitor.page.$('[data-captcha-id]').attr('data-captcha-id') ?? '';
    const first = shown();
    expect(await visitor.sandbox.captchaAnswer(first)).toMatch(/^\d{4}$/);
    await visitor.asksForCode({ ...accountFields(who), captcha: '' });
    expect(problemsOf(visitor.page)).toEqual({ captcha: refusal('captcha.required') });
    const guess = (await visitor.sandbox.captchaAnswer(shown())) === '0000' ? '1111' : '0000';
    await visitor.asksForCode({ ...accountFields(who), captcha: guess });
    expect(problemsOf(visitor.page)).toEqual({ captcha: refusal('captcha.wrong') });
    expect(shown()).not.toBe(first);
    const solved = { captchaId: shown(), captcha: await visitor.sandbox.captchaAnswer(shown()) };
    await visitor.asksForCode(accountFields(who));
    expect(visitor.page.status).toBe(200);
    await visitor.readsCode(who.mobile);
    await visitor.sandbox.waits(61);
    // What was solved once is worth nothing later.
    await visitor.posts(visitor.page.url, { ...accountFields(who), ...solved, _form: tokenOf(visitor) });
    expect(problemsOf(visitor.page)).toEqual({ captcha: refusal('captcha.wrong') });
    expect(await visitor.sandbox.messagesTo(who.mobile)).toHaveLength(1);
  });

  it('[REG-28 NOT-14] says to whoever presses "send" again at once how long to wait, and sends nothing', async () => {
    const who = newcomer();
    const visitor = newPerson(product);
    await visitor.goes('/register');
    await visitor.asksForCode(accountFields(who));
    await visitor.readsCode(who.mobile);
    await visitor.asksForCode(accountFields(who));
    expect(visitor.page.status).toBe(429);
    const { code } = problemsOf(visitor.page);
    expect(code).toMatch(/\d+ 秒/);
    expect(Number(visitor.page.headers['retry-after'])).toBeGreaterThan(0);
    expect(await visitor.sandbox.messagesTo(who.mobile)).toHaveLength(1);
  });

  it('[REG-48 DIS-21] tells that a mobile has an account only to whoever passed captcha and SMS', async () => {
    const who = newcomer();
    const first = newPerson(product);
    await first.goes('/register');
    await registersUnverified(first, who);
    await first.sandbox.waits(61);

    const other = newPerson(product);
    const second = newcomer({ mobile: who.mobile });
    const stranger = newcomer();
    await other.goes('/register');
    const refused = async (fields: Record<string, string>) => {
      await other.submits({ ...fields, captcha: '' });
      return [other.page.status, problemsOf(other.page)];
    };
    // Without a code, and with a guessed one, a known number and an unknown one look alike.
    expect(await refused(accountFields(second))).toEqual(await refused(accountFields(stranger)));
    expect(await refused({ ...accountFields(second), code: '123456' })).toEqual(
      await refused({ ...accountFields(stranger), code: '123456' }),
    );
    await other.asksForCode(accountFields(second));
    expect(other.page.status).toBe(200);
    const code = await other.readsCode(who.mobile);
    await other.submits({ ...accountFields(second), code });
    expect(other.page.status).toBe(409);
    expect(problemsOf(other.page)).toEqual({ mobile: refusal('mobile.taken') });
  });

  it('[UXP-05 REG-08] keeps the SMS code, typed and valid, when the agreement was not ticked, and a captcha that was not used', async () => {
    const who = newcomer();
    const visitor = newPerson(product);
    await visitor.goes('/register');
    const unused = { ...accountFields({ ...who, mobile: '138' }), captcha: '0000' };
    await visitor.submits(unused, { button: '#send-code' });
    expect(problemsOf(visitor.page)).toMatchObject({ mobile: refusal('mobile.invalid.length') });
    expect(visitor.page.$('#captcha').attr('value')).toBe('0000');
    await visitor.asksForCode(accountFields(who));
    const code = await visitor.readsCode(who.mobile);
    await visitor.submits({ ...accountFields(who), code, agreement: '' });
    expect(problemsOf(visitor.page)).toEqual({ agreement: refusal('agreement.required') });
    expect(visitor.page.$('#code').attr('value')).toBe(code);
    expect(visitor.page.$('#newPassword').attr('value') ?? '').toBe('');
    const { newPassword, confirmPassword } = accountFields(who) as Record<'newPassword' | 'confirmPassword', string>;
    await visitor.submits({ newPassword, confirmPassword, agreement: 'yes' });
    expect(visitor.page.url.pathname).toMatch(/\/identity$/);
  });

  it('[REG-48] tells that a username is taken after the SMS code, and does not ask for another code', async () => {
    const who = newcomer();
    const first = newPerson(product);
    await first.goes('/register');
    await registersUnverified(first, who);
    const other = newPerson(product);
    const second = newcomer({ username: who.username.toUpperCase() });
    await other.goes('/register');
    await registers(other, second);
    expect(other.page.status).toBe(409);
    expect(problemsOf(other.page)).toEqual({ username: refusal('username.taken') });
    expect(other.page.has('#code')).toBe(false);
    expect(other.page.has('#send-code')).toBe(false);
    const fresh = accountFields(newcomer({ mobile: second.mobile }));
    await other.submits(fresh);
    expect(other.page.url.pathname).toMatch(/\/identity$/);
  });

  it('[REG-27] binds the SMS code to the mobile and to this registration', async () => {
    const who = newcomer();
    const one = newPerson(product);
    await one.goes('/register');
    await one.asksForCode(accountFields(who));
    const code = await one.readsCode(who.mobile);
    await one.submits({ ...accountFields(newcomer()), code });
    expect(problemsOf(one.page)).toEqual({ code: refusal('otp.expired') });

    const two = newPerson(product);
    await two.goes('/register');
    await two.submits({ ...accountFields(who), code, captcha: '' });
    expect(problemsOf(two.page)).toEqual({ code: refusal('otp.expired') });

    // Nor does it live longer than five minutes.
    await one.sandbox.waits(301);
    await one.submits({ ...accountFields(who), code });
    expect(problemsOf(one.page)).toEqual({ code: refusal('otp.expired') });
  });
});

function fieldTests(person: () => Person, { ids, username, password }: Rules): void {
  it.each(username.cases)(`[${ids.username}] judges the username "%s" by the rule that the page states: %s`, async (typed, reason) => {
    expect(person().page.says('#username-hint')).toContain(`${username.min}–${username.max}`);
    await person().submits({ ...accountFields(newcomer({ username: typed })), captcha: '' });
    const { min, max } = username;
    expect(problemsOf(person().page)['username']).toBe(reason && refusal(`username.invalid.${reason}`, { min, max }));
  });

  it.each(password.cases)(`[${ids.password}] judges the password "%s" by the rule that the page states: %s`, async (typed, reason) => {
    expect(person().page.says('#newPassword-hint')).toContain(`${password.min}–${password.max}`);
    await person().submits({ ...accountFields(newcomer({ password: typed })), captcha: '' });
    const { min, max } = password;
    expect(problemsOf(person().page)['newPassword']).toBe(reason && refusal(`password.weak.${reason}`, { min, max }));
  });
}

function tokenOf(person: Person): string {
  return person.page.$('form.form input[name=_form]').attr('value') ?? '';
}
