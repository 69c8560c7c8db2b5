import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { provesMobile, sendsCode, startsChange } from '../support/account-changes.ts';
import { newCitizen, provesRealName, signsIn, type Citizen } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen as anyCitizen, goodPassword } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, provesOwner, recovers, renewed, seeksAccount, setsPassword } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

const maskedMobile = (mobile: string): string => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
const step = ({ url }: Page): string => url.pathname.split('/').at(-1) ?? '';
const steps = ({ $ }: Page): string[] =>
  $('.progress .step')
    .toArray()
    .map((each) => $(each).text());
const masks = ({ $ }: Page): string[] =>
  $(':is(.lead, .facts) .masked > [aria-hidden]')
    .toArray()
    .map((each) => $(each).text());

/** A password that the city accepts and that nobody has yet. */
const passwords: Readonly<Record<string, string>> = { demo: renewed, beijing: renewed, 'beijing-2019': 'Jiangshan8052' };

describe.each(Object.keys(passwords))('recovery of a password in %s', (profile) => {
  const password = passwords[profile] ?? renewed;
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  async function expectSignIn(who: Pick<Citizen, 'username'>, typed: string, expected: boolean): Promise<void> {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: who.username, password: typed });
    expect(person.page.error?.code === 'credentials.wrong').toBe(!expected);
  }

  it('[REC-01 REC-02 REC-03 REC-07 REC-13 NOT-15] leads a verified person from the sign-in page through four steps back to it', async () => {
    const who = await newCitizen(product, 'L2');
    const person = newPerson(product);
    await person.goes('/login');
    await person.opens('a[href$="/recover"]');
    expect([step(person.page), steps(person.page)]).toEqual(['account', ['填写账号', '验证身份', '设置新密码', '完成']]);
    expect(person.page.has('[data-captcha-id]')).toBe(true);
    await person.submits({ identifier: who.username });
    expect(step(person.page)).toBe('method');
    await person.opens('#next');
    expect([step(person.page), person.page.has('#documentNumber'), person.page.has('#code')]).toEqual(['verify', true, true]);
    // Document number, then the mobile it goes with (BJ1).
    const inOrder = person.page.text.indexOf('证件号码') < person.page.text.indexOf('手机号码');
    expect(inOrder).toBe(true);
    await provesOwner(person, who);
    expect(step(person.page)).toBe('password');
    await setsPassword(person, password);
    expect([person.page.outcome, person.page.says('h1'), person.page.says('#next')]).toEqual(['done', '设置成功', '立即登录']);
    expect(person.page.text).toContain('请牢记新的登录密码');
    await person.opens('#next');
    await signsIn(person, { username: who.username, password });
    expect((await person.goes('/account')).url.pathname).toBe('/account');
    await expectSignIn(who, who.password, false);
  });

  it('[REC-06] shows account, mobile and document number masked, and asks whether they are still in use', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await person.submits({ identifier: who.username });
    const { number } = who.identity.document;
    expect(masks(person.page)).toEqual([
      `您正在为【${who.username.slice(0, 1)}****${who.username.slice(-1)}】找回密码，请选择验证方式。`,
      maskedMobile(who.mobile),
      `${number.slice(0, 4)}**********${number.slice(-2)}`,
    ]);
    expect(person.page.says('h2')).toBe('通过手机+证件号找回');
    expect(person.page.text).toMatch(/手机还在正常使用，并且记得实名认证的证件号码/);
    for (const secret of [who.username, who.mobile, number]) expect(person.page.html).not.toContain(secret);
  });

  it('[REC-08 REC-09 REC-10 REC-14 REC-19] asks somebody who is not verified for the mobile only, and helps where it does not go on', async () => {
    const who = await newCitizen(product, 'L1');
    const person = await atRecovery(product);
    await person.submits({ identifier: who.mobile });
    expect(person.page.text).toContain(word('recover', 'by-mobile'));
    expect(person.page.says('#back')).toBe('返回上一页');
    const hotline = { demo: '12345' }[profile] ?? '400-056-0066';
    expect(person.page.text).toContain(word('recover', 'hotline', { hotline }));

    await person.opens('#no-mobile');
    expect(person.page.says('h1')).toBe(word('recover', 'no-mobile-title'));
    expect(person.page.text).toContain(hotline);
    expect(person.page.has('a[href$="/register"]')).toBe(true);
    await person.opens('#back');

    await person.opens('#next');
    expect([step(person.page), person.page.has('#documentNumber')]).toEqual(['verify', false]);
    expect(person.page.text).toMatch(/没有收到短信？.*垃圾短信.*再次获取/s);
    expect(person.page.says('#back')).toBe('重新选择验证方式');
    await person.opens('#back');
    expect(step(person.page)).toBe('method');
    await person.opens('#next');
    await provesOwner(person, who);
    await setsPassword(person, password);
    expect(person.page.outcome).toBe('done');
    await expectSignIn(who, password, true);
  });

  it('[REC-03] knows an account by username, mobile and document number', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    const found = [];
    for (const identifier of [
      who.username.toUpperCase(),
      ` ${who.mobile.slice(0, 3)} ${who.mobile.slice(3)}`,
      who.identity.document.number.toLowerCase(),
    ]) {
      await person.goes(person.page.url.pathname.replace(/[^/]+$/, 'account'));
      await person.submits({ identifier });
      found.push(masks(person.page).slice(1));
    }
    const { number } = who.identity.document;
    expect(new Set(found.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify([maskedMobile(who.mobile), `${number.slice(0, 4)}**********${number.slice(-2)}`])]),
    );
  });

  it('[REC-12 DIS-02] judges the new password by the rule of the registration, and says it in the same words', async () => {
    const who = await newCitizen(product, 'L1');
    const newcomer = newPerson(product);
    await newcomer.goes('/register');
    const rule = newcomer.page.says('#newPassword-hint');
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    await provesOwner(person, who);
    expect(person.page.says('#newPassword-hint')).toBe(rule);
    for (const weak of ['1', 'password', `${who.mobile}x`]) {
      await setsPassword(person, weak);
      const said = problemsOf(person.page);
      await newcomer.submits({ newPassword: weak, confirmPassword: weak, mobile: who.mobile, username: 'somebody-else' });
      expect(said.newPassword).toBe(problemsOf(newcomer.page).newPassword);
    }
    await person.submits({ newPassword: password, confirmPassword: `${password}x` });
    expect(person.page.error).toMatchObject({ code: 'password.mismatch', field: 'confirmPassword' });
    await setsPassword(person, password);
    expect(person.page.outcome).toBe('done');
  });

  it('[MOB-03 DIS-06] on a phone goes from the mobile straight to the proof, and asks a verified person for the document all the same', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product, { channel: 'h5' });
    await person.submits({ identifier: who.mobile });
    expect([step(person.page), person.page.has('#documentNumber')]).toEqual(['verify', true]);
    expect(person.page.has('[data-clear=documentNumber]')).toBe(true);
    const code = await sendsCode(person, who.mobile);
    await person.submits({ code, documentNumber: anyCitizen().document.number });
    expect([step(person.page), person.page.error?.code]).toEqual(['verify', 'recovery.wrong']);
    await person.sandbox.waits(61);
    await person.goes(person.page.url);
    await provesOwner(person, who);
    await setsPassword(person, password);
    expect([person.page.outcome, person.page.says('#next')]).toEqual(['done', '立即登录']);
  });

  it('[REC-13] goes on to the service that waits', async () => {
    const who = await newCitizen(product, 'L2');
    const service = await relyingParty(product, 'social-insurance');
    const person = await service.sendsToUs();
    await person.opens('a[href$="/recover"]');
    expect(person.page.url.pathname).toMatch(/^\/interaction\/.+\/recover/);
    await recovers(person, who, password);
    await person.opens('#next');
    expect(person.page.text).toContain('社会保险');
    await signsIn(person, { username: who.username, password });
    expect((await service.redeems(person)).id_token).toBeDefined();
  });

  it('[PRV-06] tells the owner by text message and e-mail, and what to do if it was not them', async () => {
    const who = await newCitizen(product, 'L2');
    const email = `${who.username}@example.cn`;
    const owner = await startsChange(newPerson(product), 'email', who);
    await provesMobile(owner, who.mobile);
    await owner.submits({ email, code: await sendsCode(owner, email, { email }) });
    await owner.sandbox.waits(61);
    await recovers(await atRecovery(product), who, password);
    for (const to of [who.mobile, email]) {
      const notice = await messageOf(owner.sandbox, to, 'notice.password-recovered');
      expect(notice.text).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}.*密码.*如非本人操作/);
      expect(notice.text).toContain('/help');
    }
  });
});

describe('what a recovery refuses', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('does not say whether document number or code was wrong, and uses up the code', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    const code = await sendsCode(person, who.mobile);
    const { number } = who.identity.document;
    const other = anyCitizen().document.number;
    const answers = [];
    for (const attempt of [
      { code: '000000', documentNumber: number },
      { code, documentNumber: other },
      { code, documentNumber: number },
    ]) {
      await person.submits(attempt);
      answers.push([person.page.status, person.page.error?.code, person.page.error?.field, person.page.error?.text]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify([422, 'recovery.wrong', 'code', refusal('recovery.wrong')])]),
    );
    expect(step(person.page)).toBe('verify');
  });

  it('everything that is wrong with the form is said at once, and costs no code', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await person.submits({ identifier: '', captcha: '0000' });
    expect(problemsOf(person.page)).toEqual({ identifier: refusal('field.required.identifier') });
    await person.submits({ identifier: who.username, captcha: '!!!!' });
    expect(person.page.error?.code).toBe('captcha.wrong');
    await seeksAccount(person, who.username);
    const code = await sendsCode(person, who.mobile);
    await person.submits({ code: '', documentNumber: '110199199003150114' });
    expect(problemsOf(person.page)).toEqual({
      documentNumber: refusal('document.invalid.check-character'),
      code: refusal('field.required.code'),
    });
    await person.submits({ code, documentNumber: who.identity.document.number });
    expect(step(person.page)).toBe('password');
  });

  it('stops whoever guesses, wherever from, and not the device that signed in before', async () => {
    const who = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, who);
    const thief = await atRecovery(product);
    await seeksAccount(thief, who.mobile);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await thief.submits({ code: '000000', documentNumber: anyCitizen().document.number });
      expect(thief.page.error?.code).toBe('recovery.wrong');
    }
    for (const identifier of [who.mobile, who.username]) {
      const again = await atRecovery(product, { headers: { 'X-Forwarded-For': '203.0.113.9' } });
      await seeksAccount(again, identifier);
      await again.submits({ code: '000000', documentNumber: anyCitizen().document.number });
      expect([again.page.status, again.page.error?.code]).toEqual([429, 'credentials.throttled']);
      expect(again.page.error?.text).toMatch(/暂停找回.*分钟/);
    }
    await owner.goes('/recover');
    await recovers(owner, who);
    expect(owner.page.outcome).toBe('done');
  });

  it('a code that was sent in one browser is worth nothing in another', async () => {
    const who = await newCitizen(product, 'L1');
    const [victim, thief] = [await atRecovery(product), await atRecovery(product)];
    await seeksAccount(victim, who.mobile);
    await seeksAccount(thief, who.mobile);
    const code = await sendsCode(victim, who.mobile);
    await thief.submits({ code });
    expect(thief.page.error?.code).toBe('otp.expired');
    await victim.submits({ code });
    expect(step(victim.page)).toBe('password');
  });

  it('the proof of one account is worth nothing for another', async () => {
    const [own, other] = [await newCitizen(product, 'L1'), await newCitizen(product, 'L1')];
    const person = await atRecovery(product);
    await seeksAccount(person, own.mobile);
    await provesOwner(person, own);
    const base = person.page.url.pathname.replace(/[^/]+$/, '');
    await person.goes(`${base}account`);
    await person.submits({ identifier: other.mobile });
    expect((await person.goes(`${base}password`)).url.pathname).toBe(`${base}method`);
  });

  it('leads whoever types the address of a later step to where they are, and forgets a proof after ten minutes', async () => {
    const who = await newCitizen(product, 'L1');
    const person = await atRecovery(product);
    const base = person.page.url.pathname.replace(/[^/]+$/, '');
    for (const path of ['method', 'verify', 'confirm', 'password', 'done', 'nowhere']) {
      expect((await person.goes(base + path)).url.pathname).toBe(`${base}account`);
    }
    await seeksAccount(person, who.username);
    await provesOwner(person, who);
    await person.sandbox.waits(601);
    await setsPassword(person);
    expect([person.page.url.pathname, person.page.outcome]).toEqual([`${base}method`, undefined]);
    await expectPassword(who, who.password);
  });

  it('two browsers at once: one sets the password, the other is told', async () => {
    const who = await newCitizen(product, 'L2');
    const both = [await atRecovery(product), await atRecovery(product)];
    for (const person of both) {
      await seeksAccount(person, who.username);
      await provesOwner(person, who);
      await person.sandbox.waits(61);
    }
    await Promise.all(both.map((person, index) => setsPassword(person, `${renewed}-${index}`)));
    const ends = both.map(({ page }) => page.outcome ?? page.error?.code ?? '');
    expect(ends.toSorted((one, other) => one.localeCompare(other))).toEqual(['done', 'recovery.over']);
    await expectPassword(who, `${renewed}-${ends.indexOf('done')}`);
  });

  it('a proof from before is worth nothing once another browser set the password', async () => {
    const who = await newCitizen(product, 'L1');
    const thief = await atRecovery(product);
    await seeksAccount(thief, who.username);
    await provesOwner(thief, who);
    await thief.sandbox.waits(61);
    await recovers(await atRecovery(product), who);
    await setsPassword(thief, goodPassword);
    expect(thief.page.error?.code).toBe('recovery.over');
    await expectPassword(who, renewed);
  });

  it('[REC-07] who is verified while a recovery by the mobile alone is under way is safe from it', async () => {
    const who = await newCitizen(product, 'L1');
    const thief = await atRecovery(product);
    await seeksAccount(thief, who.username);
    await provesOwner(thief, who);
    await thief.sandbox.waits(61);
    const owner = await (await relyingParty(product, 'social-insurance')).sendsToUs();
    await signsIn(owner, who);
    await provesRealName(owner, who);
    await setsPassword(thief, goodPassword);
    expect(thief.page.error?.code).toBe('recovery.over');
    await expectPassword(who, who.password);
  });

  /** Somebody at the new password, in two tabs. */
  async function inTwoTabs() {
    const who = await newCitizen(product, 'L1');
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    await provesOwner(person, who);
    const twin = person.tab();
    await twin.goes(person.page.url);
    return { who, person, twin };
  }

  it('pressed twice, sets one password and tells of it once', async () => {
    const { who, person, twin } = await inTwoTabs();
    await Promise.all([setsPassword(person), setsPassword(twin)]);
    expect([person.page.outcome, twin.page.outcome]).toEqual(['done', 'done']);
    await messageOf(person.sandbox, who.mobile, 'notice.password-recovered');
    expect((await person.sandbox.messagesTo(who.mobile)).filter(({ template }) => template === 'notice.password-recovered')).toHaveLength(
      1,
    );
  });

  it('does not say of a second tab with another password that it was set', async () => {
    const { who, person, twin } = await inTwoTabs();
    await setsPassword(person, goodPassword);
    await setsPassword(twin, 'Another-2026-word');
    expect([twin.page.status, twin.page.error?.code]).toEqual([409, 'form.stale']);
    await expectPassword(who, goodPassword);
  });

  async function expectPassword(who: Citizen, password: string): Promise<void> {
    const person: Person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: who.username, password });
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  }
});

it.each(['beijing', 'beijing-2019'])('[REC-04] on a phone only the mobile begins it in %s', async (profile) => {
  const product = await sharedProduct(profile);
  const who = await newCitizen(product);
  const person = await atRecovery(product, { channel: 'h5' });
  expect(person.page.$('#identifier').attr('inputmode')).toBe('tel');
  expect(person.page.has('[data-captcha-id]')).toBe(true);
  await person.submits({ identifier: who.username });
  expect(person.page.error).toMatchObject({ code: 'mobile.invalid', field: 'identifier' });
  await person.submits({ identifier: who.mobile });
  expect(step(person.page)).toBe('verify');
});

it('[REG-27] where the manual only promises it for the mobile, that is what is asked', async () => {
  const product = await sharedProduct('guangzhou');
  const who = await newCitizen(product);
  const person = newPerson(product);
  await person.goes('/login');
  await person.opens('a[href$="/recover"]');
  expect(person.page.$('#identifier').attr('inputmode')).toBe('tel');
  await person.submits({ identifier: who.username });
  expect(person.page.error?.code).toBe('mobile.invalid');
  await seeksAccount(person, who.mobile);
  await provesOwner(person, who);
  await setsPassword(person, 'Jiangshan8052');
  expect(person.page.outcome).toBe('done');
});
