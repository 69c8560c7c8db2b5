import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { listen } from '../support/listener.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { provesMobile, sendsCode, shown, startsChange } from '../support/account-changes.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

const steps = ({ $ }: Page) =>
  $('.progress li')
    .toArray()
    .map((each) => [$(each).find('.step').text(), $(each).attr('class')]);
const newPassword = 'Xinmima-2026';

/** Somebody at the first step of a change. */
async function at(product: Product, change: string, who: Pick<Citizen, 'username' | 'password'>): Promise<Person> {
  return startsChange(newPerson(product), change, who);
}

/** Signed in elsewhere, before. */
async function signedInElsewhere(product: Product, who: Citizen): Promise<Person> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, who);
  return person;
}

/** The same page in a second tab. */
async function openedAt(person: Person): Promise<Person> {
  const other = person.tab();
  await other.goes(person.page.url);
  return other;
}

const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);

describe.each(['demo', 'beijing', 'beijing-2019'])('a change of the password in %s', (profile) => {
  let product: Product;
  // A password that every rule of these profiles allows.
  const chosen = profile === 'beijing-2019' ? 'Xinmima2026' : newPassword;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[ACC-07 RN-11] goes from the masked mobile with captcha and code over the old password to the new one', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    expect(steps(person.page)).toEqual([
      ['验证身份', 'current'],
      ['修改密码', 'ahead'],
      ['完成', 'ahead'],
    ]);
    expect(person.page.says('.facts .masked [aria-hidden]')).toBe(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
    expect(person.page.has('[data-captcha]')).toBe(true);
    await provesMobile(person, who.mobile);
    expect(steps(person.page)[1]).toEqual(['修改密码', 'current']);
    await person.submits({ password: who.password, newPassword: chosen, confirmPassword: chosen });
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '修改成功，请牢记新的登录密码']);
    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, { username: who.username, password: chosen });
    expect((await again.goes('/account')).url.pathname).toBe('/account');
  });

  it('[ACC-08 NOT-15] ends on a page that says so, counts seven seconds for browsers with scripts and has buttons for all', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    await person.submits({ password: who.password, newPassword: chosen, confirmPassword: chosen });
    expect(person.page.$('[data-leaving]').attr('data-leaving')).toBe('7');
    expect(person.page.$('[data-leaving]').attr('hidden')).toBeDefined();
    expect(person.page.says('#stay')).toBe('留在本页');
    expect(person.page.$('meta[http-equiv]').length).toBe(0);
    await person.opens('#next');
    expect(person.page.url.pathname).toBe('/account');
  });
});

describe('a change of the password', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[ACC-07 PRV-06] ends every other session, tells the services and the owner, and leaves this one', async () => {
    const who = await newCitizen(product, 'L2');
    const listener = await listen(product);
    const service = await relyingParty(product, 'basic');
    const elsewhere = await service.sendsToUs();
    await signsIn(elsewhere, who);
    const { claims } = await service.receives(elsewhere);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    await person.submits({ password: who.password, newPassword, confirmPassword: newPassword });
    expect(await isOut(elsewhere)).toBe(true);
    expect(await isOut(person)).toBe(false);
    const token = await listener.takesLogout('basic', claims.sub);
    expect(await service.verifies(token)).toMatchObject({ sub: claims.sub });
    const [notice] = await messagesOf(person.sandbox, who.mobile, 'notice.password-changed');
    expect(notice?.text).toMatch(/修改了登录密码.*如非本人操作.*\/help.*12345/);
    expect(JSON.stringify(notice)).not.toContain(newPassword);
    await listener.close();
  });

  it('is refused with the reason, field by field, and changes nothing', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    const tries = [
      [{ password: 'Falsch-2026', newPassword, confirmPassword: newPassword }, 'credentials.wrong', 'password'],
      [{ password: who.password, newPassword: '12345678', confirmPassword: '12345678' }, 'password.weak', 'newPassword'],
      [{ password: who.password, newPassword, confirmPassword: 'Anders-2026' }, 'password.mismatch', 'confirmPassword'],
      [{ password: who.password, newPassword: who.password, confirmPassword: who.password }, 'password.weak', 'newPassword'],
      [{ password: '', newPassword, confirmPassword: newPassword }, 'field.required', 'password'],
      [
        { password: who.password, newPassword: `a${who.mobile.slice(2)}`, confirmPassword: `a${who.mobile.slice(2)}` },
        'password.weak',
        'newPassword',
      ],
    ] as const;
    for (const [fields, code, field] of tries) {
      await person.submits(fields);
      expect([person.page.error?.code, person.page.error?.field]).toEqual([code, field]);
      expect(person.page.html).not.toContain(who.password);
    }
    const again = await signedInElsewhere(product, who);
    expect(again.page.url.pathname).toBe('/account');
  });

  it('guesses at the old password are counted, and the count is one with that of proofs', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    for (let guess = 0; guess < 5; guess += 1)
      await person.submits({ password: `Rate-${guess}-2026`, newPassword, confirmPassword: newPassword });
    await person.submits({ password: who.password, newPassword, confirmPassword: newPassword });
    expect([person.page.status, person.page.error?.code]).toEqual([429, 'credentials.throttled']);
  });

  it('to another password, from a tab that was left open, is not taken for the one that was done', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    const other = await openedAt(person);
    await person.submits({ password: who.password, newPassword, confirmPassword: newPassword });
    await other.submits({ password: newPassword, newPassword: 'Weitere-2026', confirmPassword: 'Weitere-2026' });
    expect([other.page.status, other.page.error?.code, other.page.outcome]).toEqual([409, 'form.stale', undefined]);
  });

  it('submitted twice happens once, and both halves end at the same page', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    const other = await openedAt(person);
    const fields = { password: who.password, newPassword, confirmPassword: newPassword };
    await Promise.all([person.submits(fields), other.submits(fields)]);
    expect([person.page.outcome, other.page.outcome]).toEqual(['done', 'done']);
    expect(await messagesOf(person.sandbox, who.mobile, 'notice.password-changed')).toHaveLength(1);
    // A form that was left open does no harm, and whoever begins anew is asked anew.
    await other.goes('/account/password/new');
    expect(other.page.url.pathname).toBe('/account/password/done');
    await other.goes('/account/password');
    expect(other.page.url.pathname).toBe('/account/password/new');
  });

  it('[RN-11] is not open to somebody who only knows the password, whatever address they type', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    for (const step of ['new', 'done', 'nothing']) {
      expect((await person.goes(`/account/password/${step}`)).url.pathname).toBe('/account/password/verify');
    }
    await person.posts('/account/password/new', { password: who.password, newPassword, confirmPassword: newPassword });
    expect(person.page.error?.code).toBe('form.forged');
    const stranger = newPerson(product);
    await stranger.goes('/account/password');
    expect(stranger.page.url.pathname).toMatch(/\/login\//);
  });

  it('[RN-11] asks for the code again ten minutes after the last one, and not before', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'password', who);
    await provesMobile(person, who.mobile);
    await person.sandbox.waits(590);
    expect((await person.goes('/account/mobile')).url.pathname).toBe('/account/mobile/new');
    await person.sandbox.waits(20);
    expect((await person.goes('/account/mobile')).url.pathname).toBe('/account/mobile/verify');
    expect((await person.goes('/account/password/new')).url.pathname).toBe('/account/password/verify');
  });

  it('[UXP-01] speaks English and exists for phones', async () => {
    const who = await newCitizen(product);
    const person = await startsChange(newPerson(product, { locale: 'en', channel: 'h5' }), 'password', who);
    await provesMobile(person, who.mobile);
    expect(person.page.says('h1')).toBe(word('account/change', 'password.title', {}, 'en'));
    await person.submits({ password: who.password, newPassword, confirmPassword: newPassword });
    expect(person.page.outcome).toBe('done');
    expect(person.page.text).not.toMatch(/\p{Script=Han}/u);
    const [notice] = await messagesOf(person.sandbox, who.mobile, 'notice.password-changed');
    expect(notice?.text).toMatch(/^\[Demonstration City.*If this was not you/);
  });
});

const portals: Readonly<Record<string, string>> = {
  demo: 'https://www.demonstration-city.example/',
  beijing: 'http://www.beijing.gov.cn/',
  'beijing-2019': 'http://www.beijing.gov.cn/',
};

describe.each(Object.keys(portals))('a change of the mobile in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[ACC-09 ACC-10 ACC-19 NOT-15] proves the old mobile, then the new one, and says that there is one for each account', async () => {
    const [who, { mobile }] = [await newCitizen(product), newcomer()];
    const person = await at(product, 'mobile', who);
    expect(steps(person.page)).toEqual([
      ['验证身份', 'current'],
      ['绑定手机', 'ahead'],
      ['完成', 'ahead'],
    ]);
    await provesMobile(person, who.mobile);
    expect(person.page.text).toContain('一个账号只能绑定一个手机号码');
    expect(person.page.text).toContain('请务必绑定本人有效手机号码');
    const code = await sendsCode(person, mobile, { mobile });
    await person.submits({ mobile, code });
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '设置成功，请牢记您的手机号码']);
    expect(
      person.page
        .$('.result .actions a')
        .toArray()
        .map((link) => person.page.$(link).attr('href')),
    ).toEqual(['/account', portals[profile]]);
    expect(person.page.text).toContain(`前往${profile === 'demo' ? '示范市政务服务网' : '首都之窗'}`);
    await person.opens('#next');
    expect(shown(person.page, '手机号')).toBe(`${mobile.slice(0, 3)}****${mobile.slice(-4)}`);
  });
});

describe('a change of the mobile', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[ACC-09 PRV-06] is told to the old and to the new mobile, and ends every other session', async () => {
    const [who, { mobile }] = [await newCitizen(product), newcomer()];
    const elsewhere = await signedInElsewhere(product, who);
    const person = await at(product, 'mobile', who);
    await provesMobile(person, who.mobile);
    const code = await sendsCode(person, mobile, { mobile });
    await person.submits({ mobile, code });
    for (const to of [who.mobile, mobile]) {
      const [notice] = await messagesOf(person.sandbox, to, 'notice.mobile-changed');
      expect(notice?.text).toMatch(/修改了绑定的手机号.*如非本人操作，请立即拨打 12345/);
    }
    expect(await isOut(elsewhere)).toBe(true);
    expect(await isOut(person)).toBe(false);
    // The number is free again, for whoever proves it.
    const [next, old] = [await newCitizen(product), who.mobile];
    const other = await at(product, 'mobile', next);
    await provesMobile(other, next.mobile);
    await person.sandbox.waits(61);
    await other.submits({ mobile: old, code: await sendsCode(other, old, { mobile: old }) });
    expect(other.page.outcome).toBe('done');
  });

  it('[ACC-10 DIS-21] says that a number is taken only to whoever has it in hand', async () => {
    const [who, taken] = [await newCitizen(product), await newCitizen(product)];
    const person = await at(product, 'mobile', who);
    await provesMobile(person, who.mobile);
    const code = await sendsCode(person, taken.mobile, { mobile: taken.mobile });
    expect(person.page.error).toBeUndefined();
    await person.submits({ mobile: taken.mobile, code: code === '000000' ? '000001' : '000000' });
    expect(person.page.error?.code).toBe('otp.wrong');
    await person.submits({ mobile: taken.mobile, code });
    expect([person.page.error?.code, person.page.error?.field]).toEqual(['mobile.taken', 'mobile']);
  });

  it('refuses the present number, a wrong one, and a code of another number or an old one', async () => {
    const [who, { mobile }] = [await newCitizen(product), newcomer()];
    const person = await at(product, 'mobile', who);
    await provesMobile(person, who.mobile);
    for (const wrong of [who.mobile, '1380000', '+1 202 555 0100']) {
      await person.submits({ mobile: wrong, code: '123456' });
      expect([wrong, person.page.error?.code]).toEqual([wrong, 'mobile.invalid']);
    }
    const code = await sendsCode(person, mobile, { mobile });
    const another = newcomer().mobile;
    await person.submits({ mobile: another, code });
    expect(['otp.wrong', 'otp.expired']).toContain(person.page.error?.code);
    await person.sandbox.waits(301);
    await person.submits({ mobile, code });
    expect(['otp.wrong', 'otp.expired']).toContain(person.page.error?.code);
  });
});

describe.each(['demo', 'beijing', 'beijing-2019'])('an e-mail address in %s', (profile) => {
  let product: Product;
  const address = () => `a${randomBytes(6).toString('hex')}@example.cn`;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[ACC-11 NOT-15] is bound by a code that is sent to it', async () => {
    const [who, email] = [await newCitizen(product), address()];
    const person = await at(product, 'email', who);
    expect(steps(person.page)).toEqual([
      ['验证身份', 'current'],
      ['绑定邮箱', 'ahead'],
      ['完成', 'ahead'],
    ]);
    await provesMobile(person, who.mobile);
    expect(person.page.text).toContain('请确保您输入的邮箱地址能正常接收邮件');
    const code = await sendsCode(person, email, { email: email.toUpperCase() });
    expect(person.page.text).toContain('邮箱验证码');
    await person.submits({ email: ` ${email.replace('@', '＠')} `, code });
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '设置成功，邮箱已绑定']);
    await person.opens('#next');
    expect(shown(person.page, '邮箱')).toBe(`${email.slice(0, 2)}***@example.cn`);
    expect(person.page.html).not.toContain(email);
    for (const to of [who.mobile, email]) expect(await messagesOf(person.sandbox, to, 'notice.email-changed')).toHaveLength(1);
  });

  it('[ACC-11] that is not one is refused with the reason', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'email', who);
    await provesMobile(person, who.mobile);
    const tries = [
      ['zhang', '格式'],
      ['张伟@example.cn', '英文字母'],
      ['a@b', '@'],
      [`${'a'.repeat(65)}@example.cn`, '太长'],
      ['a b@example.cn', '格式'],
    ] as const;
    for (const [email, says] of tries) {
      await person.submits({ email, code: '123456' });
      expect([email, person.page.error?.code, person.page.error?.text]).toEqual([email, 'email.invalid', expect.stringContaining(says)]);
    }
  });
});

describe('an e-mail address', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[ACC-11] belongs to one account, and another hears that only with its code', async () => {
    const email = `b${randomBytes(6).toString('hex')}@example.cn`;
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    for (const [who, end] of [
      [first, ['done', undefined]],
      [second, [undefined, 'email.taken']],
    ] as const) {
      const person = await at(product, 'email', who);
      await provesMobile(person, who.mobile);
      await person.sandbox.waits(61);
      await person.submits({ email, code: await sendsCode(person, email, { email }) });
      expect([person.page.outcome, person.page.error?.code]).toEqual(end);
    }
  });

  it('of a domain in Chinese is kept in the form that mail servers know', async () => {
    const who = await newCitizen(product);
    const email = `c${randomBytes(6).toString('hex')}@xn--fiqs8s.cn`;
    const person = await at(product, 'email', who);
    await provesMobile(person, who.mobile);
    await person.submits({
      email: email.replace('xn--fiqs8s', '中国'),
      code: await sendsCode(person, email, { email: email.replace('xn--fiqs8s', '中国') }),
    });
    expect(person.page.outcome).toBe('done');
  });
});

describe('a username', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[ACC-06] is changed in demo and beijing, and signs in from then on', async () => {
    for (const profile of ['demo', 'beijing']) {
      const city = await sharedProduct(profile);
      const [who, { username }] = [await newCitizen(city), newcomer()];
      const person = await at(city, 'username', who);
      await provesMobile(person, who.mobile);
      await person.submits({ username: '9' });
      expect(person.page.error?.code).toBe('username.invalid');
      await person.submits({ username });
      expect(person.page.outcome).toBe('done');
      const again = newPerson(city);
      await again.goes('/login');
      await signsIn(again, { username, password: who.password });
      expect((await again.goes('/account')).url.pathname).toBe('/account');
      expect(await messagesOf(person.sandbox, who.mobile, 'notice.username-changed')).toHaveLength(1);
    }
  });

  it('[ACC-06 DIS-03] is not to be changed where the city does not offer it', async () => {
    for (const profile of ['beijing-2019', 'hubei', 'guangzhou']) {
      const city = await sharedProduct(profile);
      const person = newPerson(city);
      const who = await newCitizen(city);
      await person.goes('/login');
      await signsIn(person, profile === 'hubei' ? { ...who, username: who.mobile } : who);
      await person.goes('/account');
      expect(person.page.has('#change-username')).toBe(false);
      expect((await person.goes('/account/username')).status).toBe(404);
    }
  });

  it('that somebody has is refused', async () => {
    const [who, other] = [await newCitizen(product), newcomer()];
    const first = await at(product, 'username', who);
    await provesMobile(first, who.mobile);
    await first.submits({ username: other.username });
    const next = await newCitizen(product);
    const person = await at(product, 'username', next);
    await provesMobile(person, next.mobile);
    await person.submits({ username: other.username.toUpperCase() });
    expect([person.page.error?.code, person.page.error?.field]).toEqual(['username.taken', 'username']);
  });

  it('is looked for in twenty tries an hour, so that nobody learns who else is there', async () => {
    const who = await newCitizen(product);
    const person = await at(product, 'username', who);
    await provesMobile(person, who.mobile);
    for (let tries = 0; tries < 20; tries += 1) await person.submits({ username: '9' });
    expect(person.page.error?.code).toBe('username.invalid');
    await person.submits({ username: newcomer().username });
    expect(person.page).toMatchObject({ status: 429, error: { code: 'credentials.throttled', field: 'username' } });
    expect(person.page.headers['retry-after']).toMatch(/^\d+$/);
  });
});
