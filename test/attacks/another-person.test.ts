import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { requestAlone } from '../support/connection.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { fillForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

const maskOf = ({ mobile }: Citizen): string => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;

/** In another tab of the same browser the first person signs out and somebody else signs in. */
async function takesOver(person: Person, next: Citizen): Promise<Person> {
  const tab = person.tab();
  await tab.goes('/session/end');
  await tab.submits({}, { button: '#logout-yes' });
  await tab.goes('/login');
  await signsIn(tab, next);
  return tab;
}

async function inAccount(who: Citizen, path: string): Promise<Person> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes(path);
  return person;
}

/** What the script of a page asks for besides its form. */
async function asScript(person: Person, path: string, token: string): Promise<{ status: number; json: unknown }> {
  const cookie = await person.jar.getCookieString(product.issuer + path, { sameSiteContext: 'strict' });
  const headers = { Cookie: cookie, Accept: 'application/json', 'X-Form': token, Host: new URL(product.issuer).host };
  const answer = await requestAlone(new URL(path, product.address), { method: 'GET', headers });
  return { status: answer.statusCode, json: await answer.body.json() };
}

/** Forms of the account centre: where each stands, its button, and what is typed. */
const forms: readonly [path: string, button: string, fields?: Readonly<Record<string, string>>][] = [
  ['/account?edit=ethnicity', 'form[action="/account/ethnicity"] button', { ethnicity: '02' }],
  ['/account', '#end-sessions'],
  ['/account/sessions/others', '#next'],
  ['/account/password', '#send-code'],
  ['/account/mobile', '#send-code'],
  ['/account/email', '#send-code'],
  ['/account/username', '#send-code'],
  ['/account/security/totp', '#next', { totpCode: '000000' }],
  ['/account/security/passkeys/new', '[data-passkey-button]', { passkeyName: 'theirs', credential: '{}' }],
];

describe('a form that one person opened and another sends', () => {
  it.each(forms)('at %s (%s) changes nothing, and says whose it was', async (path, button, fields = {}) => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const person = await inAccount(first, path);
    const filled = fillForm(person.page, person.page.has('[name=captcha]') ? { captcha: 'any', ...fields } : fields, button);
    const tab = await takesOver(person, second);
    await person.posts(filled.action, Object.fromEntries(filled.fields));
    expect([person.page.status, person.page.error?.code]).toEqual([409, 'session.other']);
    expect(person.page.text).toContain(maskOf(first));
    // Whoever is signed in now still is, and can go on.
    expect((await person.opens('#to-account')).text).toContain(maskOf(second));
    expect((await tab.goes('/account')).text).toContain(maskOf(second));
  });

  it('to sign out leaves whoever is signed in now, and says whose it was', async () => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const person = await inAccount(first, '/session/end');
    const { action, fields } = fillForm(person.page, {}, '#logout-yes');
    const tab = await takesOver(person, second);
    for (const logout of ['yes', undefined]) {
      await person.posts(action, { ...Object.fromEntries(fields.filter(([name]) => name !== 'logout')), ...(logout ? { logout } : {}) });
      expect([person.page.status, person.page.error?.code]).toEqual([409, 'session.other']);
      expect(person.page.text).toContain(maskOf(first));
    }
    expect((await tab.goes('/account')).text).toContain(maskOf(second));
  });

  it('gets no challenge for a passkey, by the script of its page', async () => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const person = await inAccount(first, '/account/security/passkeys/new');
    const token = person.page.$('form.form [name=_form]').attr('value') ?? '';
    const tab = await takesOver(person, second);
    const { status, json } = await asScript(tab, '/account/security/passkeys/new/challenge', token);
    expect([status, json]).toEqual([409, { ok: false, problems: [expect.objectContaining({ code: 'session.other' })] }]);
  });

  it('to let a service know things lets it know nothing, and nobody can open it', async () => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs({ scope: 'openid profile' });
    await person.submits({ identifier: first.username, password: first.password });
    expect(person.page.has('#consent-allow')).toBe(true);
    const { action, fields } = fillForm(person.page, {}, '#consent-allow');
    await takesOver(person, second);
    await person.posts(action, Object.fromEntries(fields));
    expect([person.page.status, person.page.error?.code]).toEqual([409, 'session.other']);
    expect(person.page.text).toContain(maskOf(first));
    expect((await person.goes(action)).error?.code).toBe('interaction.expired');
    // The first is asked again, because nothing was allowed.
    const later = await service.sendsToUs({ scope: 'openid profile' });
    await later.submits({ identifier: first.username, password: first.password });
    expect(later.page.has('#consent-allow')).toBe(true);
  });

  it('to decline a level declines nothing', async () => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const service = await relyingParty(product, 'level-2');
    const person = await service.sendsToUs();
    await person.submits({ identifier: first.username, password: first.password });
    const { action, fields } = fillForm(person.page, {}, '#step-up-decline');
    await takesOver(person, second);
    await person.posts(action, Object.fromEntries(fields));
    expect([person.page.status, person.page.error?.code]).toEqual([409, 'session.other']);
    expect(person.page.text).toContain(maskOf(first));
  });
});
