import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loginMethodNames } from '../../interactions/registry.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, onOwnDevice, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Every method with the way through its page and what it proves. */
const methods: Readonly<
  Record<string, { readonly signsIn: (person: Person, citizen: Citizen) => Promise<unknown>; readonly amr: string[] }>
> = {
  password: { signsIn, amr: ['pwd'] },
  'sms-code': { signsIn: signsInBySms, amr: ['sms'] },
};

it('every sign-in method of the product is tried here', () => {
  // A passkey needs an authenticator, a code a phone: login-passkey.test.ts, login-qr-code.test.ts.
  expect([...Object.keys(methods), 'passkey', 'qr-code']).toEqual(loginMethodNames);
});

describe.each(['demo', 'beijing', 'beijing-2019'])('signing in, %s', (profile) => {
  let product: Product;
  let service: RelyingParty;
  let citizen: Citizen;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    service = await relyingParty(product, 'basic');
    citizen = await newCitizen(product, 'L2');
  });

  it.each(Object.keys(methods))('each method is a page of its own behind a tab, in order, and says who waits: %s', async (method) => {
    const person = await service.sendsToUs();
    expect(person.page.url.pathname).toMatch(/^\/interaction\/[^/]+\/login\/password$/);
    expect(
      person.page
        .$('.tabs a')
        .toArray()
        .map((tab) => tab.attribs['id']),
    ).toEqual(['tab-password', 'tab-sms-code', ...(profile === 'demo' ? ['tab-passkey'] : []), 'tab-qr-code']);
    const page = await person.opens(`#tab-${method}`);
    expect(page.url.pathname).toMatch(new RegExp(`/login/${method}$`));
    expect(page.$(`#tab-${method}`).attr('aria-current')).toBe('page');
    expect(page.$('#login-submit')).toHaveLength(1);
    expect(page.text).toContain('市民服务');
  });

  it.each(Object.entries(methods))('%s brings the person back to the service with what was proved', async (_, { signsIn: enters, amr }) => {
    const person = await service.sendsToUs({}, await onOwnDevice(product, citizen));
    await enters(person, citizen);
    const { claims } = await service.receives(person);
    expect(claims).toMatchObject({ acr: 'L2', amr });
  });

  it('[LOG-01] username, mobile and document number, however they are typed, lead to the same person', async () => {
    const { number } = citizen.identity.document;
    const spellings = [
      citizen.username,
      citizen.username.toUpperCase(),
      citizen.mobile,
      `+86 ${citizen.mobile.replace(/^(...)(....)/, '$1-$2-')}`,
      number,
      number.toLowerCase(),
      [...number].map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)).join(''),
    ];
    const subjects = new Set<unknown>();
    for (const identifier of spellings) {
      const person = await service.sendsToUs();
      expect(person.page.says('label[for=login-identifier]')).toMatch(/用户名.*手机号.*身份证号/);
      await signsIn(person, { username: identifier, password: citizen.password });
      subjects.add((await service.receives(person)).claims.sub);
    }
    expect(subjects.size).toBe(1);
  });

  it('[LOG-01] a wrong password is refused, keeps what was typed but the password, and marks the field', async () => {
    const person = await service.sendsToUs();
    const page = await person.submits({ identifier: citizen.username, password: 'wrong' });
    expect(page.status).toBe(401);
    expect(page.error).toMatchObject({ code: 'credentials.wrong', field: 'identifier' });
    expect(page.$('#login-identifier').attr('value')).toBe(citizen.username);
    expect(page.$('#login-identifier').attr('aria-invalid')).toBe('true');
    expect(page.$('#login-password').attr('value') ?? '').toBe('');
  });

  it('[DIS-01] a password from before the rule of the city still signs in, although nobody may choose it now', async () => {
    const password = '12345';
    const prefix = `old-${randomBytes(4).toString('hex')}-`;
    const { first } = await sandboxOf(product).accounts({ count: 1, prefix, password, level: 'L1' });
    const person = newPerson(product);
    await person.goes('/register');
    await person.submits({ newPassword: password, confirmPassword: password });
    expect(problemsOf(person.page)).toHaveProperty('newPassword');
    await person.goes('/login');
    await signsIn(person, { username: first.username, password });
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  });

  it('[LOG-05] a code is sent only after the captcha, which is then used up and not asked for again', async () => {
    const person = await service.sendsToUs();
    const { mobile } = citizen;
    await person.opens('#tab-sms-code');
    const before = await person.sandbox.messagesTo(mobile);
    const unsolved = await person.submits({ mobile, captcha: '' }, { button: '#send-code' });
    expect(unsolved.error).toMatchObject({ code: 'captcha.required', field: 'captcha' });
    expect(await person.sandbox.messagesTo(mobile)).toEqual(before);

    // Somebody signed in with a code a moment ago.
    await person.sandbox.waits(60);
    const sent = await person.asksForCode({ mobile });
    expect(sent.status).toBe(200);
    expect(sent.has('#login-captcha')).toBe(false);
    expect(sent.$('#login-mobile').attr('value')).toBe(mobile);
    const code = await person.readsCode(mobile);
    expect(code).toMatch(/^\d{6}$/);
    await person.submits({ mobile, code });
    await allows(person);
    expect((await service.receives(person)).claims.amr).toEqual(['sms']);
  });

  it('[LOG-05] an unknown number is refused exactly like a wrong code, and nothing is sent', async () => {
    const unknown = '15900000000';
    const known = await newCitizen(product);
    const refusals = [];
    for (const mobile of [unknown, known.mobile]) {
      const person = await service.sendsToUs();
      await person.opens('#tab-sms-code');
      const sent = await person.asksForCode({ mobile });
      expect(sent).toMatchObject({ status: 200, error: undefined });
      if (mobile === known.mobile) await person.readsCode(mobile);
      const { status, error } = await person.submits({ mobile, code: '0000x0' });
      refusals.push({ status, error });
    }
    expect(refusals[0]).toEqual({ status: 422, error: expect.objectContaining({ code: 'otp.wrong', field: 'code' }) });
    expect(refusals[1]).toEqual(refusals[0]);
    expect(await sandboxOf(product).messagesTo(unknown)).toEqual([]);
  });

  it('[LOG-05] a mobile that cannot be one is refused before the captcha is used up', async () => {
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    const captcha = await person.sandbox.captchaAnswer(person.page.$('[data-captcha-id]').attr('data-captcha-id') ?? '');
    const captchaId = person.page.$('[name=captchaId]').attr('value') ?? '';
    const page = await person.submits({ mobile: '12345', captcha }, { button: '#send-code' });
    expect(page.error).toMatchObject({ code: 'mobile.invalid', field: 'mobile' });
    expect(await person.sandbox.captchaAnswer(captchaId)).toBe(captcha);
  });

  it('[LOG-16] without a waiting service one lands where the profile says', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, citizen);
    expect(person.page.url.href).toBe(profile === 'demo' ? `${product.issuer}/account` : 'http://www.beijing.gov.cn/');
  });

  it('[LOG-16] whoever asked for a page of the account centre lands on that page', async () => {
    const person = newPerson(product);
    await person.goes('/account');
    expect(person.page.url.pathname).toMatch(/\/login\/password$/);
    await signsIn(person, citizen);
    expect(person.page.url.href).toBe(`${product.issuer}/account`);
    expect(person.page.status).toBe(200);
  });

  it('[LOG-21] who signs out in the account centre is signed out everywhere on this browser', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, citizen);
    await person.goes('/account');
    const cookies = await person.jar.getCookies(product.issuer);
    await person.opens('#logout');
    const done = await person.submits({}, { button: '#logout-yes' });
    expect(done.outcome).toBe('done');

    expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
    // Whoever kept the old cookies has nothing either.
    const thief = newPerson(product);
    for (const cookie of cookies) await thief.jar.setCookie(cookie, product.issuer);
    expect((await thief.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });

  it('[LOG-21] who decides to stay is not signed out, and is not told so', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, citizen);
    await person.goes('/account');
    await person.opens('#logout');
    const page = await person.submits({}, { button: '#logout-no' });
    expect(page.text).not.toContain('您已退出');
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  });

  it('[LOG-18] another captcha can be asked for, and who sees none is told what to do', async () => {
    const person = await service.sendsToUs();
    const page = await person.opens('#tab-sms-code');
    const first = page.$('[name=captchaId]').attr('value') ?? '';
    const renewed = await person.submits({ captcha: '' }, { button: '[data-refresh]' });
    expect(renewed.url.pathname).toBe(page.url.pathname);
    const second = renewed.$('[name=captchaId]').attr('value') ?? '';
    expect(second).not.toBe(first);
    expect((await person.goes(`/captcha/${second}.svg`)).headers['content-type']).toBe('image/svg+xml');

    const advice = await person.goes('/help/captcha');
    expect(advice.text).toMatch(/图形验证码看不清或者不显示.*更换浏览器.*清除浏览器缓存/);
    const english = newPerson(product, { locale: 'en' });
    expect((await english.goes('/help/captcha')).text).toMatch(/picture.*another browser.*clear/i);
  });
});

describe('which account one signs in to', () => {
  it('the session identifier is renewed when somebody signs in, and the one from before is worth nothing', async () => {
    const product = await sharedProduct();
    const service = await relyingParty(product, 'basic');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const sessionOf = async () => (await person.jar.getCookies(product.issuer)).filter(({ key }) => key.startsWith('mx_session'));
    const before = await sessionOf();
    await service.sendsToUs({ prompt: 'login' }, person);
    await signsIn(person, citizen);
    const after = await sessionOf();
    expect(before.length).toBeGreaterThan(0);
    expect(after.map(({ value }) => value)).not.toEqual(before.map(({ value }) => value));

    const thief = newPerson(product);
    for (const cookie of before) await thief.jar.setCookie(cookie, product.issuer);
    expect((await thief.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });
});

describe('on a phone', () => {
  it('[LOG-03] a city may take the mobile alone as the name, with a captcha; a username is then as good as unknown', async () => {
    const product = await sharedProduct('beijing');
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs({}, { channel: 'h5' });
    expect(person.page.says('label[for=login-identifier]')).toContain('手机号');
    expect(person.page.text).not.toContain('用户名');
    expect(person.page.has('#login-captcha')).toBe(true);

    const refused = await person.submits({ identifier: 'zhangwei', password: 'Minxin-2026' });
    expect(refused.error?.code).toBe('credentials.wrong');

    await person.submits({ identifier: '13800000001', password: 'Minxin-2026' });
    expect(person.page.url.pathname).toMatch(/\/consent$/);
  });
});
