import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { documentFields, registersVerified, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { problemsOf } from '../support/form-problems.ts';
import { anyMobile, importedPerson } from '../support/imported.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

/** Whoever registers is verified in the same form, as Hubei has it. */
describe('registration in hubei', () => {
  let product: Product;
  let person: Person;
  let people: readonly ScriptedPerson[];
  beforeAll(async () => {
    product = await sharedProduct('hubei');
    // People of the sandbox are from other provinces.
    await untilTimeOfDay(product, 9);
  });
  beforeEach(async () => {
    person = newPerson(product);
    people = await person.sandbox.people<ScriptedPerson>();
    await person.goes('/register');
  });

  const scripted = (wanted: (one: ScriptedPerson) => boolean): ScriptedPerson => {
    const found = people.find(wanted);
    if (!found) throw new Error('nobody of the sandbox is like that');
    return found;
  };
  const step = (): string => person.page.url.pathname.replace(/^.*\/interaction\/[^/]+\//, '');

  it('[REG-07 REG-30 RN-39 REG-13] verifies and opens the account in one form of two steps: 初级, by document and mobile, without a username', async () => {
    const service = await relyingParty(product, 'first-party');
    const who = newcomer();
    const somebody = citizen();
    await service.sendsToUs({ prompt: 'create', scope: 'openid profile' }, person);
    const steps = () =>
      person.page
        .$('.progress li')
        .toArray()
        .map((item) => [person.page.$(item).find('.step').text(), person.page.$(item).attr('class')]);
    expect(steps()).toEqual([
      ['实名认证', 'current'],
      ['完成注册', 'ahead'],
    ]);
    expect(
      person.page
        .$('form h2')
        .toArray()
        .map((title) => person.page.$(title).text()),
    ).toEqual(['证件信息', '账号信息']);
    expect(person.page.has('[name=username]')).toBe(false);
    await registersVerified(person, somebody, who);
    expect(steps()).toEqual([
      ['实名认证', 'done'],
      ['完成注册', 'current'],
    ]);
    expect(person.page.says('h1')).toBe(word('register', 'result.verified-title'));
    await person.opens('#next');
    const { claims, userinfo } = await service.receives(person);
    expect(claims).toMatchObject({ acr: 'L2' });
    expect(userinfo).not.toHaveProperty('preferred_username');
    await person.goes('/account');
    expect(person.page.says('.level')).toContain('初级认证');

    for (const identifier of [who.mobile, somebody.document.number]) {
      const back = newPerson(product);
      await back.goes('/login');
      await back.submits({ identifier, password: who.password });
      expect(back.page.error).toBeUndefined();
      expect((await back.goes('/account')).status).toBe(200);
    }
  });

  it('has a tab for individuals and one for legal persons, which says that it is coming', () => {
    expect(person.page.says('#subject-person[aria-current=page]')).toBe('个人注册');
    expect(person.page.says('#subject-legal-person')).toBe('法人注册（敬请期待）');
    expect(person.page.$('#subject-legal-person').is('a')).toBe(false);
  });

  it('[REG-28] draws a captcha of letters and digits, and takes small letters for capital ones', async () => {
    const another = newPerson(product);
    await another.goes('/register');
    const id = another.page.$('[data-captcha-id]').attr('data-captcha-id') ?? '';
    const captcha = await another.sandbox.captchaAnswer(id);
    expect(captcha).toMatch(/^[A-Z0-9]{4}$/);
    await another.asksForCode({ mobile: newcomer().mobile, captcha: captcha.toLowerCase() });
    expect([another.page.error, another.page.status]).toEqual([undefined, 200]);
  });

  it('[REG-31] offers five, ten and twenty years and for ever, and counts them from the first day', async () => {
    const choices = person.page
      .$('#validity label')
      .toArray()
      .map((choice) => person.page.$(choice).text());
    expect(choices).toEqual(['5 年', '10 年', '20 年', '长期有效']);
    const typed = documentFields(newcomer(), citizen());
    await person.asksForCode(typed);
    const code = await person.readsCode(typed['mobile'] ?? '');
    // Of 2016, so five years are over; nobody is asked, and the code is not used up.
    await person.submits({ ...typed, validity: '5', code });
    expect(problemsOf(person.page)).toEqual({ validity: refusal('document.expired') });
    await person.submits({ ...typed, code });
    expect(person.page.outcome).toBe('done');
  });

  it('[REG-30 REG-31 REG-32] asks in the words and in the order of its manual', () => {
    const { $ } = person.page;
    const labels = $('form.form .field')
      .toArray()
      .map((field) => $(field).find('label, legend').first().text().replace(' *', '').trim());
    const [ofCards, ofPermits] = ['证件有效起始时间 证件有效期', '用户性别 出生年月'];
    expect(labels.slice(0, -1).join(' ')).toBe(
      `用户姓名 证件类型 证件号码 ${ofCards} ${ofPermits} 手机号码 图形验证码 短信验证码 登录密码 确认密码`,
    );
    const types = $('#documentType option')
      .toArray()
      .map((type) => $(type).text());
    expect(types).toEqual(['身份证', '港澳居民来往内地通行证（香港）', '港澳居民来往内地通行证（澳门）', '台湾居民来往大陆通行证']);
    expect(person.page.says('label[for=agreement]')).toMatch(/^我已阅读并同意 《湖北政务服务注册协议》/);
  });

  it.each(['hk-permit', 'taiwan-permit'])('[REG-32] takes a %s with sex and birth date and without dates of validity', async (type) => {
    const somebody = scripted(({ document, outcome, account }) => document.type === type && outcome === 'match' && !account);
    expect(
      person.page
        .$('#sex option')
        .toArray()
        .map((option) => person.page.$(option).attr('value')),
    ).toEqual(['', 'male', 'female']);
    const typed = documentFields(newcomer(), somebody);
    await person.submits({ ...typed, sex: '', birthDate: '2099-01-01', captcha: '' });
    expect(problemsOf(person.page)).toMatchObject({ sex: refusal('field.required.sex'), birthDate: refusal('date.invalid.birth-date') });
    await person.submits({ ...typed, birthDate: '2023-02-29', captcha: '' });
    expect(problemsOf(person.page)['birthDate']).toBe(refusal('date.invalid'));
    await registersWith(person, { ...typed, birthDate: '1901-01-01' });
    expect(person.page.error?.code).toBe('identity.mismatch');
    await person.submits(typed);
    expect(person.page.outcome).toBe('done');
  });

  it.each([
    ['validFrom', '2018-02-30', 'date.invalid'],
    ['validFrom', '2099-01-01', 'date.invalid.future'],
    ['validFrom', '', 'field.required.validFrom'],
    ['validity', '', 'field.required.validity'],
    ['documentNumber', '110199199003150114', 'document.invalid.check-character'],
    ['name', '张伟1', 'name.invalid.digits'],
  ])('[REG-30] refuses the %s "%s"', async (field, typed, reason) => {
    await person.submits({ ...documentFields(newcomer(), citizen()), [field]: typed, captcha: '' });
    expect(problemsOf(person.page)[field]).toBe(refusal(reason));
  });

  it.each([
    ['short', 'min-length'],
    ['alllowercase1', 'require-upper'],
    ['NOLOWERCASE1', 'require-lower'],
    ['NoDigitsAtAll', 'require-digit'],
    ['Qiaoliang-70319284x', 'max-length'],
  ])('[REG-16 DIS-01] refuses the password "%s"', async (password, rule) => {
    expect(
      person.page
        .$('#newPassword-hint li')
        .toArray()
        .map((item) => person.page.$(item).text()),
    ).toEqual(['必须包含大写字母', '必须包含小写字母', '必须包含数字']);
    await person.submits({ ...documentFields(newcomer({ password }), citizen()), captcha: '' });
    expect(problemsOf(person.page)['newPassword']).toBe(refusal(`password.weak.${rule}`, { min: 8, max: 18 }));
  });

  it.each([
    ['mismatch', { name: '王小明' }],
    ['no-record', { documentNumber: '110199199003150113', name: '无此人' }],
  ])('opens no account when the register answers %s', async (_, typed) => {
    const who = newcomer();
    await registersWith(person, { ...documentFields(who, citizen()), ...typed });
    expect(person.page.error?.code).toBe('identity.mismatch');
    const back = newPerson(product);
    await back.goes('/login');
    await back.submits({ identifier: who.mobile, password: who.password });
    expect(back.page.error?.code).toBe('credentials.wrong');
  });

  it('keeps what was typed while the register is away, and goes on without another code', async () => {
    const typed = documentFields(newcomer(), citizen());
    await person.sandbox.authority('public-security', 'down');
    await registersWith(person, typed);
    await person.sandbox.authority('public-security', 'normal');
    expect(person.page).toMatchObject({ status: 503, error: { code: 'identity.unavailable' } });
    expect(person.page.$('[name=documentNumber]').attr('value')).toBe(typed['documentNumber']);
    // The circuit of the source closes again.
    await person.sandbox.waits(10);
    await person.submits(typed);
    expect(person.page.outcome).toBe('done');
  });

  it('[REG-49 DIS-21] leads whoever is imported and not active to the activation, but only behind captcha and SMS', async () => {
    const imported = await importedPerson(product);
    const who = newcomer({ mobile: anyMobile() });
    const typed = documentFields(who, imported);
    const stranger = documentFields(newcomer({ mobile: anyMobile() }), citizen());
    const pages: string[] = [];
    for (const fields of [typed, stranger]) {
      const visitor = newPerson(product);
      await visitor.goes('/register');
      await visitor.asksForCode(fields);
      await visitor.submits({ ...fields, code: '000000' });
      pages.push(`${visitor.page.status} ${visitor.page.error?.code}`);
    }
    expect(pages[0]).toBe(pages[1]);
    await person.sandbox.waits(61);
    await registersWith(person, typed);
    expect(step()).toBe('activate/mobile');
    await person.submits({}, { button: '#replace-mobile' });
    await person.submits();
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect((await person.goes('/account')).status).toBe(200);
  });

  it('[DIS-21] says that a document is taken only behind captcha, SMS and a match, and what can be done today', async () => {
    const somebody = citizen();
    await registersVerified(person, somebody);
    expect(person.page.outcome).toBe('done');
    const second = newPerson(product);
    await second.goes('/register');
    const typed = documentFields(newcomer(), somebody);
    await registersWith(second, { ...typed, name: '王小明' });
    expect(second.page.error?.code).toBe('identity.mismatch');
    await second.submits(typed);
    expect(second.page.error).toMatchObject({ code: 'identity.taken', field: 'documentNumber' });
    expect(
      second.page
        .$('#taken-ways a')
        .toArray()
        .map((way) =>
          second.page
            .$(way)
            .attr('href')
            ?.replace(/^.*\/interaction\/[^/]+/, ''),
        ),
    ).toEqual(['/login', '/recover', 'tel:12345']);
    await second.opens('#taken-ways a[href$="/recover"]');
    expect(second.page.status).toBe(200);
  });

  it('[REG-35 OPS-08 NOT-17] is closed in the evening for identity cards of other provinces alone, and says so before anybody begins', async () => {
    expect(person.page.text).toContain(word('register', 'hours', { opens: '08:00', closes: '18:00' }));
    expect(person.page.has('.notice.warn')).toBe(false);
    await untilTimeOfDay(product, 18, 1);
    await person.goes('/register');
    expect(person.page.says('.notice.warn')).toBe(word('register', 'closed', { opens: '08:00', closes: '18:00' }));
    expect(person.page.$('.notice').length).toBe(1);
    const who = newcomer();
    const outsider = documentFields(who, citizen());
    await person.asksForCode(outsider);
    expect(person.page).toMatchObject({ status: 403, error: { code: 'registration.closed', field: 'documentNumber' } });
    expect(Number(person.page.headers['retry-after'])).toBeGreaterThan(13 * 3600);
    expect(await person.sandbox.messagesTo(who.mobile)).toEqual([]);
    // A permit has no hours, nor has a card of the province itself.
    const permit = scripted(({ document, outcome, account }) => document.type === 'hk-permit' && outcome === 'match' && !account);
    const visitor = newPerson(product);
    await visitor.goes('/register');
    await visitor.asksForCode(documentFields(newcomer(), permit));
    expect(visitor.page.status).toBe(200);
    const local = newPerson(product);
    await local.goes('/register');
    await local.asksForCode({ ...outsider, mobile: newcomer().mobile, documentNumber: '420199199205031211' });
    expect(local.page.status).toBe(200);
    await untilTimeOfDay(product, 8, 0);
    await person.goes('/register');
    await registersWith(person, outsider);
    expect(person.page.outcome).toBe('done');
  });

  it('by two people with one document at once verifies one of them', async () => {
    const somebody = citizen();
    const forms = await Promise.all(
      [person, newPerson(product)].map(async (visitor) => {
        await visitor.goes('/register');
        const typed = documentFields(newcomer(), somebody);
        await visitor.asksForCode(typed);
        return [visitor, { ...typed, code: await visitor.readsCode(typed['mobile'] ?? '') }] as const;
      }),
    );
    const pages = await Promise.all(forms.map(([visitor, typed]) => visitor.submits(typed)));
    expect(new Set(pages.map((page) => page.error?.code ?? page.outcome))).toEqual(new Set(['done', 'identity.taken']));
  });

  it('by a double click opens one account, and both clicks end at the last page', async () => {
    const typed = documentFields(newcomer(), citizen());
    await person.asksForCode(typed);
    const form = {
      ...typed,
      code: await person.readsCode(typed['mobile'] ?? ''),
      _form: person.page.$('form.form input[name=_form]').attr('value') ?? '',
    };
    const path = person.page.url.pathname.replace('/send-code', '');
    const clicks = await Promise.all([person, person.tab()].map((tab) => tab.posts(path, form)));
    expect(clicks.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });
});
