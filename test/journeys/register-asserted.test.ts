import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { assertedFields, registersWith } from '../support/city-forms.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, goodPassword, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

/** One form with an identity that nobody verifies, as Guangzhou has it. */
describe('registration in guangzhou', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('guangzhou');
  });

  const atTheForm = async (): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/register');
    await person.opens('#option-register');
    return person;
  };
  const fields = (own: Record<string, string> = {}) => ({ ...assertedFields(newcomer(), citizen()), ...own });
  /** What the form says of one entry, before anybody has asked for a code. */
  const problemOf = async (field: string, typed: string): Promise<string | undefined> => {
    const person = await atTheForm();
    await person.submits(fields({ [field]: typed, captcha: '' }));
    return problemsOf(person.page)[field];
  };

  it('[REG-03 REG-04] begins at a service item with three ways, of which a new account is the last, and comes back to that very item', async () => {
    const service = await relyingParty(product, 'first-party');
    const state = 'item=440100-个人事项-0042&step=3/7';
    const person = await service.sendsToUs({ state });
    await person.opens('a[href$="/register"]');
    const options = person.page
      .$('ol.tiles a')
      .toArray()
      .map((option) => person.page.$(option).attr('id'));
    expect(options).toEqual(['option-sign-in', 'option-recover', 'option-register']);
    expect(person.page.says('#option-register .tile-name')).toBe(word('register', 'option.register'));
    await person.opens('#option-register');
    await registersWith(person, fields());
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect(person.page.url.searchParams.get('state')).toBe(state);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L1', amr: ['mfa', 'pwd', 'sms'] });
  });

  it('[REG-41] ends, where no service waits, with the choice of the hall or the account centre', async () => {
    const person = await atTheForm();
    await registersWith(person, fields());
    expect(person.page.says('#next')).toBe('登录并进入广东省网上办事大厅广州分厅');
    expect(person.page.says('a[href$="/finish?to=account"]')).toBe('登录并进入个人中心');
    await person.opens('#next');
    expect(person.page.url.href).toBe('http://wsbs.gz.gov.cn/');
  });

  it('[REG-08] has its agreement read and accepted, in its words', async () => {
    const { page } = await atTheForm();
    expect(page.says('label[for=agreement]')).toMatch(/^我已阅读并接受 《服务协议》/);
    expect(page.$('#agreement').attr('checked')).toBeUndefined();
  });

  it.each([
    ['#option-sign-in', /\/login\/password$/],
    ['#option-recover', /\/recover\//],
  ])('[REG-04] offers %s to whoever has an account', async (option, path) => {
    const person = newPerson(product);
    await person.goes('/register');
    await person.opens(option);
    expect([person.page.status, person.page.url.pathname]).toEqual([200, expect.stringMatching(path)]);
  });

  it('[REG-47] leads from the form to the sign-in and to the help centre', async () => {
    const person = await atTheForm();
    expect(person.page.says('#sign-in')).toBe('使用已有账号登录');
    expect(person.page.text).toContain('注册遇到问题？进入帮助中心');
    expect((await person.tab().goes(person.page.$('.aside a').attr('href') ?? '')).status).toBe(200);
    await person.opens('#sign-in');
    expect(person.page.has('#login-submit')).toBe(true);
  });

  it.each([
    ['REG-10', 'username', 'abc', 'username.invalid.min-length'],
    ['REG-10', 'username', 'a'.repeat(21), 'username.invalid.max-length'],
    ['REG-10 DIS-03', 'username', '1234567', 'username.invalid.not-digits-only'],
    ['REG-10 DIS-03', 'username', '粤海2026', undefined],
    ['REG-10', 'username', '7号院', 'username.invalid.min-length'],
    ['REG-15 DIS-01', 'newPassword', 'Qz703', 'password.weak.min-length'],
    ['REG-15 DIS-01', 'newPassword', 'Qz70319284Qz70312', 'password.weak.max-length'],
    ['REG-15 DIS-01', 'newPassword', 'Qz-7031-Qz', 'password.weak.characters'],
    ['REG-15', 'newPassword', 'qiaolq', undefined],
    ['REG-21', 'name', '王', 'name.invalid.too-narrow'],
    ['REG-21', 'name', '王伟', undefined],
    ['REG-21', 'name', '阿卜杜热合曼·麦麦提依明', undefined],
    ['REG-21', 'name', `${'阿'.repeat(15)}·${'买'.repeat(15)}`, 'name.invalid.too-wide'],
    ['REG-21', 'name', 'J. Smith-2', undefined],
    ['REG-25', 'address', '天河区体育东路', 'address.invalid.min-length'],
    ['REG-25', 'address', '天河区体育东路9', undefined],
    ['REG-25', 'address', '粤'.repeat(80), undefined],
    ['REG-25', 'address', '粤'.repeat(81), 'address.invalid.max-length'],
    ['REG-25', 'address', 'Tianhe Rd. 2-301', undefined],
    ['REG-25', 'address', '天河区<体育>东路9号', 'address.invalid.characters'],
    ['REG-26', 'email', '', undefined],
    ['REG-26', 'email', 'wang.wei@mail.example', undefined],
    ['REG-26', 'email', '王伟@mail.example', 'email.invalid.non-ascii'],
  ])('[%s] judges the %s "%s": %s', async (_, field, typed, reason) => {
    const lengths = { username: { min: 4, max: 20 }, newPassword: { min: 6, max: 16 }, address: { min: 8, max: 80 } }[field];
    expect(await problemOf(field, typed)).toBe(reason && refusal(reason, lengths));
  });

  it('[REG-21] says what a name may be', async () => {
    const { page } = await atTheForm();
    expect(page.says('label[for=name]')).toContain('姓名');
    expect(page.text).toContain('支持汉字、字母、数字及“-”、“.”组合');
  });

  it('[REG-25 REG-26] asks for the address and marks it, and for the e-mail without a star', async () => {
    const person = await atTheForm();
    expect(person.page.$('label[for=address] .star').length).toBe(1);
    expect(person.page.$('label[for=email] .star').length).toBe(0);
    await person.submits(fields({ address: '', captcha: '' }));
    expect(problemsOf(person.page)['address']).toBe(refusal('field.required.address'));
  });

  it('[REG-15 DIS-01] says of the password what its rule is: digits or letters, and that capitals count', async () => {
    const { page } = await atTheForm();
    expect(page.says('#newPassword-hint')).toBe('6–16 位，由数字或字母组成，区分大小写');
    // As it says: digits alone, and letters alone, of either case.
    for (const typed of ['83920175', 'qiaoliangdaqiao', 'QIAOLIANGDAQIAO'])
      expect([typed, await problemOf('newPassword', typed)]).toEqual([typed, undefined]);
    expect(await problemOf('newPassword', 'Qiaoliang-7031')).toBe(refusal('password.weak.characters'));
  });

  it('[REG-15] tells capitals from small letters in a password', async () => {
    const person = await atTheForm();
    const who = newcomer();
    await registersWith(person, assertedFields(who, citizen()));
    const back = newPerson(product);
    await back.goes('/login');
    await back.submits({ identifier: who.mobile, password: who.password.toLowerCase() });
    expect(back.page.error?.code).toBe('credentials.wrong');
    // The verified mobile is a name to sign in with.
    await back.submits({ identifier: who.mobile, password: who.password });
    expect(back.page.error).toBeUndefined();
    expect((await back.goes('/account')).status).toBe(200);
  });

  it('[REG-25 REG-26 ACC-04] keeps the address, and an e-mail that nobody proved as such: told to no service, and taken from nobody', async () => {
    const email = 'shared.mailbox@mail.example';
    for (const who of [newcomer(), newcomer()]) {
      const person = await atTheForm();
      await registersWith(person, { ...assertedFields(who, citizen()), email });
      expect(person.page.outcome).toBe('done');
      await person.opens('#next');
      const page = await person.goes('/account');
      expect(page.text).toMatch(new RegExp(`sh\\*{3}@mail\\.example .{0,40}${word('account', 'not-verified')}`));
      const service = await relyingParty(product, 'basic');
      await service.sendsToUs({ scope: 'openid email address' }, person);
      await person.submits({}, { button: '#consent-allow' });
      expect((await service.receives(person)).userinfo).toEqual({
        sub: expect.any(String),
        address: { formatted: '天河区龙口西路穗园西街2号' },
      });
    }
  });

  it('[LOG-04] lets the mobile be the name to sign in with as soon as it is verified', async () => {
    const who = newcomer();
    await registersWith(await atTheForm(), assertedFields(who, citizen()));
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs();
    await person.submits({ identifier: who.mobile, password: who.password });
    expect((await service.receives(person)).claims).toMatchObject({ amr: ['pwd'] });
  });

  it('[REG-29 DIS-08] sends no SMS before a bot check was passed', async () => {
    const person = await atTheForm();
    const who = newcomer();
    const typed = assertedFields(who, citizen());
    for (const captcha of ['', '0']) {
      await person.asksForCode({ ...typed, captcha });
      expect(person.page.error?.code).toBe(captcha === '' ? 'captcha.required' : 'captcha.wrong');
    }
    expect(await person.sandbox.messagesTo(who.mobile)).toEqual([]);
    await person.asksForCode(typed);
    await person.readsCode(who.mobile);
  });

  it('takes a document that somebody else typed as well, and signs nobody in by it', async () => {
    const somebody = citizen();
    const [one, two] = [newcomer(), newcomer()];
    for (const who of [one, two]) {
      const person = await atTheForm();
      await registersWith(person, assertedFields(who, somebody));
      expect(person.page.outcome).toBe('done');
    }
    const back = newPerson(product);
    await back.goes('/login');
    await back.submits({ identifier: somebody.document.number, password: goodPassword });
    expect(back.page.error?.code).toBe('credentials.wrong');
  });

  it('[RN-03 RN-08] opens an account of level V0, which is told what it opens and how it gets further', async () => {
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs({ prompt: 'create' });
    await person.opens('#option-register');
    await registersWith(person, fields());
    await person.opens('#next');
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L1' });
    await person.goes('/account');
    expect(person.page.says('.level')).toContain('V0 非实名');
    expect(person.page.text).toContain('不需要身份信息的政务事项');
    await person.goes('/account/level');
    expect(person.page.text).toContain('V1 实名登记');
    expect(person.page.text).toContain('V2 实名认证');
  });
});
