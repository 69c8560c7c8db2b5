import { beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import { provesMobile, shown } from '../support/account-changes.ts';
import { newPerson, type Person, type PersonOptions } from '../support/browser.ts';
import { registersWith } from '../support/city-forms.ts';
import { accountFields, citizen, identityFields, newcomer, skipsIdentity, type Newcomer } from '../support/newcomer.ts';
import { allows } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

interface NationalUser {
  readonly reference: string;
  readonly userId: string;
  readonly mobile: string;
  readonly consentVersion: string;
}

const shortFields = ({ mobile, password }: Newcomer) => ({ mobile, newPassword: password, agreement: 'yes' });

const nationalUsers = async (product: Product, { mobile }: Newcomer): Promise<readonly NationalUser[]> => {
  await sandboxOf(product).sends();
  const answer = await fetchAlone(`${product.address}/sandbox/national-users.json`);
  const users: NationalUser[] = JSON.parse(await answer.text());
  return users.filter((user) => user.mobile === mobile);
};

const nationalUser = async (product: Product, who: Newcomer): Promise<NationalUser | undefined> => (await nationalUsers(product, who))[0];

/** The later edition on phones; the earlier one has no phone form of its own in its manual and takes the same. */
describe.each(['beijing', 'beijing-2019'])('registration on a phone in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  const atTheForm = async (options: PersonOptions = { channel: 'h5' }): Promise<Person> => {
    const person = newPerson(product, options);
    await person.goes('/register');
    return person;
  };

  it('[REG-42 REG-13] asks for mobile, captcha, SMS code, password and agreement, then for the document with its dates', async () => {
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs({ prompt: 'create' }, { channel: 'h5' });
    const names = person.page
      .$('form.form .input, form.form [type=checkbox]')
      .toArray()
      .map((input) => person.page.$(input).attr('name'));
    const offered = profile === 'beijing' ? ['nationalPlatform'] : [];
    expect(names).toEqual(['mobile', 'captcha', 'code', 'newPassword', 'agreement', ...offered]);
    expect(person.page.says('#next')).toBe(word('layout', 'next'));
    expect(person.page.says('label[for=agreement]')).toMatch(/^点击即视为同意 《统一身份认证平台注册协议》/);
    await registersWith(person, shortFields(newcomer()));
    for (const name of ['documentType', 'name', 'documentNumber', 'validFrom', 'validUntil'])
      expect([name, person.page.has(`[name=${name}]`)]).toEqual([name, true]);
    expect(person.page.says('label[for=validFrom]')).toContain('生效日期');
    expect(person.page.says('#longTerm legend')).toContain('失效日期');
    expect(person.page.says('#longTerm')).toContain('有失效日期');
    expect(person.page.says('button[form=skip]')).toBe('跳过，不进行认证');
    await person.submits(identityFields(citizen()));
    expect(person.page.says('h1')).toBe(word('register', 'result.verified-title'));
    await person.opens('#next');
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2' });
  });

  it('[REG-14] makes a username of its prefix and the mobile, by which one may sign in', async () => {
    const who = newcomer();
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs({ prompt: 'create', scope: 'openid profile' }, { channel: 'h5' });
    await registersWith(person, shortFields(who));
    await skipsIdentity(person);
    await person.opens('#next');
    expect((await service.receives(person)).userinfo).toMatchObject({ preferred_username: `bjt_${who.mobile}` });
    // Other services are told the mobile by its own scope alone, and not by the name.
    const other = await relyingParty(product, 'basic');
    const learns = async (scope: string) => {
      await other.sendsToUs({ scope }, person);
      await allows(person);
      return (await other.receives(person)).userinfo;
    };
    const told = await learns('openid profile');
    expect(JSON.stringify(told)).not.toContain(who.mobile);
    expect(told).toMatchObject({ name: expect.stringMatching(/^b\*{4}\d$/) });
    expect(await learns('openid profile phone')).toMatchObject({ preferred_username: `bjt_${who.mobile}`, phone_number_verified: true });
    await person.goes('/account');
    expect(person.page.html).not.toContain(who.mobile);
    expect(shown(person.page, '用户名')).toBe(`b****${who.mobile.slice(-1)}`);
    const back = newPerson(product);
    await back.goes('/login');
    await back.submits({ identifier: `bjt_${who.mobile}`, password: who.password });
    expect(back.page.error).toBeUndefined();
  });

  it('[REG-14 ACC-06] lets the later edition change it into a chosen one, which signs in from then on', async () => {
    const who = newcomer();
    const person = await atTheForm();
    await registersWith(person, shortFields(who));
    await skipsIdentity(person);
    await person.opens('a[href$="/finish?to=account"]');
    // The manual of the earlier one shows no way to change it.
    expect(person.page.has('#change-username')).toBe(profile === 'beijing');
    if (profile !== 'beijing') return;
    await person.opens('#change-username');
    if (!person.page.has('[name=username]')) await provesMobile(person, who.mobile);
    const { username } = newcomer();
    await person.submits({ username });
    expect(person.page.outcome).toBe('done');
    const signsInAs = async (identifier: string) => {
      const back = newPerson(product);
      await back.goes('/login');
      await back.submits({ identifier, password: who.password });
      return back.page.error?.code;
    };
    expect([await signsInAs(username), await signsInAs(`bjt_${who.mobile}`)]).toEqual([undefined, 'credentials.wrong']);
  });

  it.each(['desktop', 'h5'] as const)('[REG-47] leads from the form on %s to the sign-in and to the help centre', async (channel) => {
    const person = await atTheForm({ channel });
    expect(person.page.says('.aside')).toContain('注册遇到问题？进入帮助中心');
    await person.opens('#sign-in');
    expect(person.page.has('#login-submit')).toBe(true);
  });
});

describe('the national platform', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('beijing');
  });

  it.each(['desktop', 'h5'] as const)(
    '[REG-45 OPS-13] is offered by an empty box without a star on %s, and learns of whoever ticks it',
    async (channel) => {
      const person = newPerson(product, { channel });
      await person.goes('/register');
      expect(person.page.$('#nationalPlatform').attr('checked')).toBeUndefined();
      expect(person.page.says('label[for=nationalPlatform]')).toBe('同步成为国家政务服务平台用户');
      const who = newcomer();
      const fields = channel === 'h5' ? shortFields(who) : accountFields(who);
      await registersWith(person, { ...fields, nationalPlatform: 'yes' });
      expect(await nationalUser(product, who)).toMatchObject({ mobile: who.mobile, consentVersion: '2026-01' });
    },
  );

  it('[REG-45] learns of nobody who left the box as it was, and a form that comes back keeps it so', async () => {
    const person = newPerson(product);
    const who = newcomer();
    await person.goes('/register');
    const fields = { ...accountFields(who), nationalPlatform: '' };
    await person.asksForCode({ ...fields, captcha: '0' });
    expect(person.page.$('#nationalPlatform').attr('checked')).toBeUndefined();
    await registersWith(person, fields);
    expect(person.page.url.pathname).toMatch(/\/identity$/);
    // Whoever is passed on after them is there: they were not.
    const other = newPerson(product);
    await other.sandbox.waits(61);
    await other.goes('/register');
    const next = newcomer();
    await registersWith(other, { ...accountFields(next), nationalPlatform: 'yes' });
    expect(await nationalUser(product, next)).toBeDefined();
    expect(await nationalUsers(product, who)).toEqual([]);
  });

  it.each(['down', 'over-quota'] as const)('[OPS-13] that is %s loses nobody and holds nobody up', async (behaviour) => {
    const person = newPerson(product, { channel: 'h5' });
    await person.sandbox.authority('national-platform', behaviour);
    await person.goes('/register');
    const who = newcomer();
    await registersWith(person, { ...shortFields(who), nationalPlatform: 'yes' });
    expect(person.page.url.pathname).toMatch(/\/identity$/);
    expect(await nationalUsers(product, who)).toEqual([]);
    await person.sandbox.authority('national-platform', 'normal');
    await person.sandbox.waits(120);
    const user = await nationalUser(product, who);
    expect(user).toMatchObject({ mobile: who.mobile });
    // Tried more than once, and taken over once.
    expect(await nationalUsers(product, who)).toHaveLength(1);
  });
});
