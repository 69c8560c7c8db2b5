import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { assertedFields, documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { wordsOf } from '../support/words.ts';

/** What the one form of a city asks for, and its rules that every form of a registration has. */
interface Form {
  readonly fields: typeof documentFields;
  readonly agreement: string;
  /** Ids of labels that carry a star, in the order of the page. */
  readonly starred: readonly string[];
  readonly unstarred: readonly string[];
}

const forms: Readonly<Record<string, Form>> = {
  hubei: {
    fields: documentFields,
    agreement: '《湖北政务服务注册协议》',
    starred: [
      'name',
      'documentType',
      'documentNumber',
      'validFrom',
      'validity',
      'sex',
      'birthDate',
      'mobile',
      'captcha',
      'code',
      'newPassword',
      'confirmPassword',
      'agreement',
    ],
    unstarred: [],
  },
  guangzhou: {
    fields: assertedFields,
    agreement: '《服务协议》',
    starred: [
      'username',
      'newPassword',
      'confirmPassword',
      'name',
      'documentType',
      'documentNumber',
      'address',
      'mobile',
      'captcha',
      'code',
      'agreement',
    ],
    unstarred: ['email'],
  },
};

/** Labels and legends with a star, by the id of what they belong to. */
const starred = ({ $ }: Page): (string | undefined)[] =>
  $('form.form :is(label, legend):has(.star)')
    .toArray()
    .map((label) => $(label).attr('for') ?? $(label).parent().attr('id'));

describe.each(Object.entries(forms))('the registration form of %s', (profile, form) => {
  const refusal = (key: string) => wordsOf(profile)('layout/refused', key);
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    // Hubei has hours for people of other provinces.
    await untilTimeOfDay(product, 10);
    person = await atTheForm();
  });

  const atTheForm = async (): Promise<Person> => {
    const visitor = newPerson(product);
    await visitor.goes('/register');
    if (visitor.page.has('#option-register')) await visitor.opens('#option-register');
    return visitor;
  };
  const fields = () => form.fields(newcomer(), citizen());

  it('[REG-08] links the agreement, and opens no account until it is accepted', async () => {
    const visitor = await atTheForm();
    expect(visitor.page.says('label[for=agreement]')).toContain(form.agreement);
    expect(visitor.page.$('[name=agreement]').attr('checked')).toBeUndefined();
    const text = await visitor.tab().goes(visitor.page.$('label[for=agreement] a').first().attr('href') ?? '');
    expect([text.status, `《${text.says('h1')}》`]).toEqual([200, form.agreement]);
    const typed = fields();
    await registersWith(visitor, { ...typed, agreement: '' });
    expect([visitor.page.status, problemsOf(visitor.page)]).toEqual([422, { agreement: refusal('agreement.required') }]);
    const { newPassword = '', confirmPassword = '' } = typed;
    await visitor.submits({ newPassword, confirmPassword, agreement: 'yes' });
    expect(visitor.page.outcome).toBe('done');
  });

  it('[REG-09] marks what must be filled with a star, and nothing else', () => {
    expect(person.page.text).toContain('带 * 的为必填项');
    expect(starred(person.page)).toEqual(form.starred);
    for (const id of form.unstarred) expect([id, person.page.has(`#${id}`), starred(person.page).includes(id)]).toEqual([id, true, false]);
  });

  it('[REG-19] refuses two passwords that differ, and asks for both again', async () => {
    const typed = fields();
    await person.submits({ ...typed, confirmPassword: `${typed['newPassword'] ?? ''}0`, captcha: '' });
    expect(problemsOf(person.page)).toMatchObject({ confirmPassword: refusal('password.mismatch') });
    for (const name of ['newPassword', 'confirmPassword']) expect(person.page.$(`[name=${name}]`).attr('value') ?? '').toBe('');
  });

  it.each([
    ['11019919900315011', 'document.invalid.length'],
    ['张三', 'document.invalid.characters'],
    ['110199199003150114', 'document.invalid.check-character'],
    ['110199199002300119', 'document.invalid.birth-date'],
    ['', 'field.required.documentNumber'],
  ])('[REG-24] refuses the number "%s": %s', async (documentNumber, reason) => {
    await person.submits({ ...fields(), documentNumber, captcha: '' });
    expect(problemsOf(person.page)['documentNumber']).toBe(refusal(reason));
    expect(person.page.$('[name=documentNumber]').attr('value') ?? '').toBe(documentNumber);
  });
});

describe('the registration form of hubei', () => {
  const refusal = (key: string) => wordsOf('hubei')('layout/refused', key);
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 10);
    person = newPerson(product);
    await person.goes('/register');
  });

  it('[REG-20] has an eye beside both passwords, which scripts bring to life', () => {
    for (const name of ['newPassword', 'confirmPassword']) {
      const input = person.page.$(`[name=${name}]`);
      const eye = input.parent().find(`button[data-reveal="${input.attr('id')}"]`);
      expect([name, input.attr('type'), eye.attr('type'), eye.attr('hidden') !== undefined]).toEqual([name, 'password', 'button', true]);
      expect(eye.attr('aria-label')).toBeTruthy();
    }
  });

  it('[REG-22] wants the name of the document, says 请输入真实姓名 where there is none, and compares it', async () => {
    const typed = documentFields(newcomer(), citizen());
    await person.submits({ ...typed, name: '', captcha: '' });
    expect(problemsOf(person.page)['name']).toBe('请输入真实姓名');
    const visitor = newPerson(product);
    await visitor.goes('/register');
    expect(visitor.page.says('#name-hint')).toContain('请保持和证件上的姓名一致');
    await registersWith(visitor, { ...typed, name: '王小明' });
    expect(visitor.page.error).toEqual({ code: 'identity.mismatch', field: undefined, text: refusal('identity.mismatch') });
    expect(visitor.page.$('[name=name]').attr('value')).toBe('王小明');
    await visitor.submits(typed);
    expect(visitor.page.outcome).toBe('done');
  });

  it('[REG-23] offers the types of document of the city, and takes no other', async () => {
    const offered = person.page
      .$('[name=documentType] option')
      .toArray()
      .map((option) => person.page.$(option).attr('value'));
    expect(offered).toEqual(['resident-id-card', 'hk-permit', 'macao-permit', 'taiwan-permit']);
    const _form = person.page.$('form.form input[name=_form]').attr('value') ?? '';
    const typed = documentFields(newcomer(), citizen());
    await person.posts(person.page.url, { ...typed, documentType: 'foreign-passport', _form });
    expect(problemsOf(person.page)['documentType']).toBe(refusal('document.invalid.type'));
  });

  it('[REG-23 REG-24] tells a number that belongs to a document which the city does not take', async () => {
    const people = await person.sandbox.people<ScriptedPerson>();
    const permit = people.find(({ document }) => document.type === 'hmt-residence-permit');
    const typed = { ...documentFields(newcomer(), citizen()), documentNumber: permit?.document.number ?? '' };
    await person.submits({ ...typed, captcha: '' });
    expect(problemsOf(person.page)['documentNumber']).toBe(refusal('document.invalid.not-taken'));
  });

  it('[REG-28] sends no SMS before the captcha is passed', async () => {
    const visitor = newPerson(product);
    await visitor.goes('/register');
    const typed = documentFields(newcomer(), citizen());
    const answer = await visitor.sandbox.captchaAnswer(visitor.page.$('[data-captcha-id]').attr('data-captcha-id') ?? '');
    const refusals: [string, string][] = [
      ['', 'captcha.required'],
      [answer === 'A0A0' ? 'B1B1' : 'A0A0', 'captcha.wrong'],
    ];
    for (const [captcha, reason] of refusals) {
      await visitor.asksForCode({ ...typed, captcha });
      expect(problemsOf(visitor.page)).toEqual({ captcha: refusal(reason) });
    }
    expect(await visitor.sandbox.messagesTo(typed['mobile'] ?? '')).toEqual([]);
    await visitor.asksForCode(typed);
    expect(await visitor.readsCode(typed['mobile'] ?? '')).toMatch(/^\d{6}$/);
  });

  it('[LOG-18 NOT-16] draws another captcha at the press of a button, and helps where none loads', async () => {
    const before = person.page.$('[name=captchaId]').attr('value') ?? '';
    const { mobile } = newcomer();
    await person.submits({ mobile, captcha: '' }, { button: '.another' });
    expect([person.page.status, person.page.$('[name=mobile]').attr('value')]).toEqual([200, mobile]);
    const after = person.page.$('[name=captchaId]').attr('value') ?? '';
    expect(after).not.toBe(before);
    expect((await person.tab().goes(`/captcha/${after}.svg`)).headers['content-type']).toBe('image/svg+xml');
    expect((await person.tab().goes('/help/captcha')).text).toMatch(/图形验证码看不清或者不显示.*更换浏览器.*清除浏览器缓存/);
  });
});

describe('an account of guangzhou', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('guangzhou');
  });

  it('[REG-02 REG-41] is one for both of its routes, whichever it was opened from', async () => {
    const who = newcomer();
    const [hall, page] = [await relyingParty(product, 'sector-clinic'), await relyingParty(product, 'sector-pharmacy')];
    const asks = async (service: typeof hall, by?: Person) => {
      const person = await service.sendsToUs({ prompt: 'create' }, by);
      await person.opens('#option-register');
      return person;
    };
    const person = await asks(hall);
    const form = (each: Person) =>
      each.page
        .$('form.form [name]')
        .toArray()
        .map((input) => input.attribs['name']);
    const asked = form(person);
    await registersWith(person, assertedFields(who, citizen()));
    await person.opens('#next');
    await person.submits({}, { button: '#consent-allow' });
    const first = await hall.receives(person);
    await page.sendsToUs({}, person);
    await person.submits({}, { button: '#consent-allow' });
    expect((await page.receives(person)).claims.sub).toBe(first.claims.sub);

    // The other route asks for the same, and knows that the mobile has an account.
    await person.sandbox.waits(61);
    const other = await asks(page);
    expect(form(other)).toEqual(asked);
    await registersWith(other, assertedFields({ ...newcomer(), mobile: who.mobile }, citizen()));
    expect(other.page.error).toMatchObject({ code: 'mobile.taken', field: 'mobile' });
  });

  it('[LOG-21] is left by 退出 of the account centre, on every tab', async () => {
    const who = await newCitizen(product);
    for (const tab of ['', 'bindings', 'security', 'level']) {
      const person = newPerson(product);
      await person.goes('/login');
      await signsIn(person, who);
      await person.goes('/account');
      if (tab !== '') await person.opens(`#tab-${tab}`);
      expect([tab, person.page.says('#logout')]).toEqual([tab, '退出']);
      await person.opens('#logout');
      await person.submits({}, { button: '#logout-yes' });
      expect(person.page.outcome).toBe('done');
      expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
    }
  });
});
