import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Person } from '../support/browser.ts';
import { newPerson } from '../support/browser.ts';
import { sendsCode } from '../support/account-changes.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, renewed, setsPassword } from '../support/recovery.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

const step = ({ url }: Page): string => url.pathname.split('/').at(-1) ?? '';
const masks = ({ $ }: Page): string[] =>
  $('.facts .masked > [aria-hidden]')
    .toArray()
    .map((each) => $(each).text());

/** From the first step to the confirmation. */
const givesIdentity = (person: Person, { name, document }: Citizen['identity']): Promise<Page> =>
  person.submits({ name, documentNumber: document.number });

describe('recovery by name and document number in hubei', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
  });

  it('[REC-01 REC-05 REC-11] goes from identity over the masked mobile to password and code on one page', async () => {
    const who = await newCitizen(product, 'L2');
    const person = newPerson(product);
    await person.goes('/login');
    await person.opens('a[href$="/recover"]');
    expect([
      person.page.has('#name'),
      person.page.has('#documentNumber'),
      person.page.has('#captcha'),
      person.page.has('#identifier'),
    ]).toEqual([true, true, true, false]);
    expect(
      person.page
        .$('.progress .step')
        .toArray()
        .map((each) => person.page.$(each).text()),
    ).toEqual(['填写身份', '确认身份', '设置新密码', '完成']);
    await givesIdentity(person, who.identity);
    const { name, document } = who.identity;
    expect(step(person.page)).toBe('confirm');
    expect(masks(person.page)).toEqual([
      `${name.slice(0, 1)}${'*'.repeat([...name].length - 1)}`,
      `***********${document.number.slice(-4)}`,
      `${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`,
    ]);
    for (const secret of [name, document.number, who.mobile]) expect(person.page.html).not.toContain(secret);

    await person.opens('#next');
    expect([step(person.page), person.page.has('#code'), person.page.has('#newPassword'), person.page.has('#confirmPassword')]).toEqual([
      'password',
      true,
      true,
      true,
    ]);
    const fields = person.page
      .$('form.form .input')
      .toArray()
      .map((each) => person.page.$(each).attr('name'));
    expect(fields).toEqual(['newPassword', 'confirmPassword', 'captcha', 'code']);
    const code = await sendsCode(person, who.mobile);
    await setsPassword(person, renewed, { code });
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '设置成功']);
    await person.opens('#next');
    await signsIn(person, { username: document.number, password: renewed });
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  });

  it('[REC-11] keeps a redeemed code while the password is still refused', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await givesIdentity(person, who.identity);
    await person.opens('#next');
    const code = await sendsCode(person, who.mobile);
    // The rule about the mobile is applied only now that it is proved: its digits are hidden on the pages.
    const telling = `Aa-${who.mobile.slice(-8)}`;
    await setsPassword(person, telling);
    expect(problemsOf(person.page)).toEqual({ code: refusal('field.required.code') });
    await setsPassword(person, telling, { code });
    expect([person.page.error?.code, person.page.error?.text]).toEqual(['password.weak', refusal('password.weak.not-containing-mobile')]);
    expect(person.page.has('#code')).toBe(false);
    await setsPassword(person);
    expect(person.page.outcome).toBe('done');
  });

  it('says at once what is wrong with the form, but not who is known', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await person.submits({ name: '张3', documentNumber: '110199199003150114' });
    expect(problemsOf(person.page)).toEqual({
      name: refusal('name.invalid.digits'),
      documentNumber: refusal('document.invalid.check-character'),
    });
    await givesIdentity(person, { ...who.identity, name: '某某人' });
    expect(step(person.page)).toBe('confirm');
    expect(masks(person.page)[2]).not.toBe(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
    await person.opens('#next');
    await person.asksForCode();
    await setsPassword(person, renewed, { code: '000000' });
    expect(person.page.error?.code).toBe('otp.wrong');
    expect(await person.sandbox.messagesTo(who.mobile)).toEqual([]);
  });

  it('[REC-09] names the ways that exist today, and those that are coming', async () => {
    const person = await atRecovery(product);
    await person.goes(person.page.url.pathname.replace(/[^/]+$/, 'no-mobile'));
    expect(person.page.text).toContain('现在可以这样办');
    expect(person.page.has('main a[href$="/activate"]')).toBe(true);
    expect(person.page.text).toContain('即将开通');
    for (const coming of ['appeal', 'login.social-security-card']) expect(person.page.text).toContain(word('recover', `coming.${coming}`));
    expect(person.page.text).toContain('12345');
  });
});
