import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { accountFields, newcomer, registers } from '../support/newcomer.ts';
import { fillForm } from '../support/page.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

const valueOf = (person: Person, name: string): string => person.page.$(`[name=${name}]`).attr('value') ?? '';

/** The browser's seed is gone: thirty days are over, or another tab of its first visit was answered later. */
async function losesSeed(person: Person): Promise<void> {
  const { host } = new URL(product.issuer);
  await person.jar.store.removeCookie(host.split(':')[0] ?? '', '/', 'mx_seed');
}

describe('a form that is out of date', () => {
  it('[UXP-05] of the first of two tabs at the first visit comes back with what was typed but for secrets, and goes through', async () => {
    const who = await newCitizen(product);
    const person = newPerson(product);
    await person.goes('/login');
    await losesSeed(person);
    await person.tab().goes('/login');
    const action = person.page.url.pathname;
    await person.submits({ identifier: who.username, password: who.password });
    expect([person.page.url.pathname, person.page.error?.code]).toEqual([action, 'form.forged']);
    expect([valueOf(person, 'identifier'), valueOf(person, 'password')]).toEqual([who.username, '']);
    expect(person.page.title).toContain(word('layout', 'title-error'));
    await person.submits({ password: who.password });
    expect(person.page.url.pathname).toBe('/account');
  });

  it('[UXP-05] comes back in the very browser that has forgotten us altogether, wherever the form stands', async () => {
    const who = newcomer();
    const person = newPerson(product);
    await person.goes('/register');
    await losesSeed(person);
    await person.submits({ ...accountFields(who), code: '123456' });
    expect([person.page.error?.code, valueOf(person, 'username'), valueOf(person, 'mobile')]).toEqual([
      'form.forged',
      who.username,
      who.mobile,
    ]);
    expect(person.page.$('[name=agreement]').attr('checked')).toBeDefined();
    // A code was typed into a page that is over: it is typed again, like passwords.
    expect(['newPassword', 'confirmPassword', 'code', 'captcha'].map((name) => valueOf(person, name)).join('')).toBe('');
    await registers(person, who);
    expect(person.page.url.pathname).toMatch(/\/register\/identity$/);
  });

  it('comes back to the script that asked for a code, with the token to ask again', async () => {
    const { mobile } = await newCitizen(product);
    const person = newPerson(product);
    await person.goes('/login');
    await person.opens('#tab-sms-code');
    const { action, fields } = fillForm(person.page, { mobile, captcha: 'none' }, '#send-code');
    await losesSeed(person);
    const json = { Accept: 'application/json' };
    const old = await person.posts(action, Object.fromEntries(fields), json);
    const { token, captcha } = old.json() as { token: string; captcha: { id: string } };
    expect([old.status, typeof token]).toEqual([403, 'string']);
    const again = { ...Object.fromEntries(fields), _form: token, captchaId: captcha.id };
    const answer = await person.posts(action, { ...again, captcha: await person.sandbox.captchaAnswer(captcha.id) }, json);
    expect(answer.json()).toMatchObject({ ok: true });
  });

  it.each<[string, Record<string, string>, string]>([
    ['language', { locale: 'en' }, 'html[lang=en]'],
    ['elder mode', { elder: 'on' }, 'html[data-elder]'],
  ])('[UXP-01] that goes along with a switch of the %s comes back in it, and does nothing', async (_, wanted, shows) => {
    const who = newcomer();
    const person = newPerson(product);
    await person.goes('/register');
    const { action, fields } = fillForm(person.page, { ...accountFields(who), captcha: 'abcd', code: '123456' }, '#next');
    const sent = { ...Object.fromEntries(fields), ...wanted };
    await person.posts(action, sent);
    expect([person.page.status, person.page.error, person.page.has(shows)]).toEqual([200, undefined, true]);
    expect([valueOf(person, 'username'), valueOf(person, 'mobile'), valueOf(person, 'captcha')]).toEqual([
      who.username,
      who.mobile,
      'abcd',
    ]);
    expect([valueOf(person, 'newPassword'), valueOf(person, 'confirmPassword')]).toEqual(['', '']);
    expect((await person.goes('/')).has(shows)).toBe(true);
    // Another site switches nothing.
    const other = newPerson(product);
    await other.goes('/register');
    await other.arrives(other.page.url, { ...sent, _form: '' });
    expect((await other.goes('/')).has(shows)).toBe(false);
    await other.posts(action, sent, { Origin: 'https://elsewhere.example' });
    expect((await other.goes('/')).has(shows)).toBe(false);
  });

  it('of the account centre, from before its owner signed in again, comes back', async () => {
    const who = await newCitizen(product);
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    await person.goes('/account?edit=ethnicity');
    const tab = person.tab();
    await tab.goes('/session/end');
    await tab.submits({}, { button: '#logout-yes' });
    await tab.goes('/login');
    await signsIn(tab, who);
    const save = { button: 'form[action="/account/ethnicity"] button' };
    await person.submits({ ethnicity: '02' }, save);
    expect([person.page.status, person.page.error?.code]).toEqual([409, 'form.stale']);
    expect(person.page.$('[name=ethnicity] [selected]').attr('value')).toBe('02');
    await person.submits({}, save);
    expect(person.page.url.search).toBe('?saved=1');
  });

  it('that came after its session had ended is kept by its page until its owner has signed in, and by nobody else', async () => {
    const [who, other] = [await newCitizen(product), await newCitizen(product)];
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    await person.goes('/account?edit=ethnicity');
    const tab = person.tab();
    await tab.goes('/session/end');
    await tab.submits({}, { button: '#logout-yes' });
    await person.submits({ ethnicity: '02' }, { button: 'form[action="/account/ethnicity"] button' });
    expect([person.page.status, person.page.error?.code, person.page.says('h1')]).toEqual([
      401,
      'session.required',
      word('error', 'signed-out'),
    ]);
    const kept = fillForm(person.page, {}, '#next');
    // In another language it is kept as well.
    await person.submits({}, { button: 'button[name=locale][value=en]' });
    expect([person.page.error?.code, person.page.says('h1')]).toEqual(['session.required', word('error', 'signed-out', {}, 'en')]);
    expect(fillForm(person.page, {}, '#next').fields).toEqual(kept.fields);
    // Pressed too early, it is where it was.
    expect((await person.submits({}, { button: '#next' })).error?.code).toBe('session.required');
    await tab.goes('/login');
    await signsIn(tab, other);
    expect((await person.posts(kept.action, Object.fromEntries(kept.fields))).error?.code).toBe('session.other');
    await tab.goes('/session/end');
    await tab.submits({}, { button: '#logout-yes' });
    await person.goes('/login');
    await signsIn(person, who);
    await person.posts(kept.action, Object.fromEntries(kept.fields));
    expect([person.page.error?.code, person.page.$('[name=ethnicity] [selected]').attr('value')]).toEqual(['form.stale', '02']);
    // A form that nobody opened keeps nothing, whatever it brings.
    const stranger = newPerson(product);
    await stranger.posts('/account/ethnicity', { ethnicity: '02', _form: '0.AAAA.AAAA' });
    expect([stranger.page.error?.code, stranger.page.has('[name=ethnicity]')]).toEqual(['session.required', false]);
    // The way from there leads to where the form stands.
    await stranger.opens('#login');
    await signsIn(stranger, who);
    expect(stranger.page.url.pathname + stranger.page.url.search).toBe('/account?edit=ethnicity');
  });
});

describe('the address of a button', () => {
  it('that answered with a page leads back to its form by a reload and by a switch of language', async () => {
    const service = await relyingParty(product, 'level-2');
    const who = await newCitizen(product);
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    const page = person.page.url.pathname;
    await person.asksForCode({ mobile: '1380000', captcha: '' });
    expect([person.page.url.pathname, person.page.status]).toEqual([`${page}/send-code`, 422]);
    const toEnglish = { button: 'button[name=locale][value=en]' };
    expect((await person.submits({}, toEnglish)).url.pathname).toBe(page);
    expect((await person.goes(`${page}/send-code`)).url.pathname).toBe(page);
    await person.opens('#tab-password');
    await signsIn(person, who);
    const levels = person.page.url.pathname;
    expect([levels, (await person.goes(`${levels}/decline`)).url.pathname]).toEqual([levels, levels]);
    await person.goes('/account/ethnicity');
    expect(person.page.url.pathname + person.page.url.search).toBe('/account?edit=ethnicity');
    expect((await person.goes('/account/sessions/end')).url.pathname).toBe('/account');
  });
});

describe('keys of forms', () => {
  let first: OwnProduct;
  let second: OwnProduct | undefined;
  const [older, newer] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
  beforeAll(async () => {
    first = await startProduct({ env: { MINXIN_COOKIE_KEYS: older } });
  });
  afterAll(async () => {
    await second?.remove();
    await first?.remove();
  });

  it('rotate under an open form, which is taken as it stands', async () => {
    const who = await newCitizen(first);
    const person = newPerson(first);
    await person.goes('/login');
    await signsIn(person, who);
    await person.goes('/account?edit=ethnicity');
    await first.stop();
    second = await startProduct({ beside: first, env: { MINXIN_COOKIE_KEYS: `${newer},${older}` } });
    person.reaches(second);
    await person.submits({ ethnicity: '02' }, { button: 'form[action="/account/ethnicity"] button' });
    expect(person.page.url.search).toBe('?saved=1');
  });
});
