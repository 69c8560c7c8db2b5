import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

describe.each(['demo', 'beijing', 'beijing-2019'])('consent in %s', (profile) => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    service = await relyingParty(product, 'basic');
  });

  /** Signed in with a password and, where consent is asked, on that page. */
  const arrives = async (who: Citizen, parameters: RequestParameters = {}, from = service): Promise<Person> => {
    const person = await from.sendsToUs(parameters);
    await person.submits({ identifier: who.username, password: who.password });
    return person;
  };
  const items = ({ $ }: Page): string[] =>
    $('.items strong')
      .toArray()
      .map((item) => $(item).text());
  const labels = (...scopes: readonly string[]): string[] => scopes.map((scope) => word('consent', `item.${scope}.label`));
  const allows = (person: Person): Promise<Page> => person.submits({}, { button: '#consent-allow' });

  it('[CON-01] names the service and lists what it will learn, before it learns anything', async () => {
    const person = await arrives(await newCitizen(product, 'L2'), { scope: 'openid profile phone real_name assurance' });
    expect(person.page.says('h1')).toBe('“市民服务”希望读取您的信息');
    expect(items(person.page)).toEqual(labels('openid', 'profile', 'phone', 'real_name', 'assurance'));
    expect(person.page.says('#consent-allow')).toBe('同意授权');
    expect(person.page.says('#consent-deny')).toBe('不同意');
    await allows(person);
    const { userinfo } = await service.receives(person);
    expect(Object.keys(userinfo)).toEqual(expect.arrayContaining(['sub', 'preferred_username', 'phone_number', 'real_name', 'assurance']));
    expect(userinfo).not.toHaveProperty('identity_document');
    expect(userinfo).not.toHaveProperty('email');
  });

  it.each([
    ['openid profile', '姓名（部分隐去）、', 'hidden'],
    ['openid profile real_name', '姓名、', 'whole'],
  ])('[CON-01] says of %s how much of the name it gives, and gives so much: %s', async (scope, said, given) => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope });
    expect(person.page.says('.items')).toContain(said);
    await allows(person);
    const { name = '' } = (await service.receives(person)).userinfo;
    expect([name === who.identity.name, name.includes('*')]).toEqual([given === 'whole', given === 'hidden']);
  });

  it('[CON-01] is remembered: the same, or less, is not asked again, in this session or another', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile phone' });
    await allows(person);
    await service.receives(person);
    await service.sendsToUs({ scope: 'openid profile phone' }, person);
    expect((await service.receives(person)).userinfo).toMatchObject({ phone_number: `+86${who.mobile}` });
    const later = await arrives(who, { scope: 'openid phone' });
    const { userinfo } = await service.receives(later);
    expect(userinfo).toMatchObject({ phone_number: `+86${who.mobile}` });
    expect(userinfo).not.toHaveProperty('preferred_username');
  });

  it('[CON-01] is asked again for more, and what was allowed before stays allowed', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile' });
    await allows(person);
    await service.sendsToUs({ scope: 'openid real_name' }, person);
    expect(items(person.page)).toEqual(labels('openid', 'real_name'));
    await allows(person);
    expect((await service.receives(person)).userinfo).toMatchObject({ real_name: who.identity.name });
    const later = await arrives(who, { scope: 'openid profile real_name' });
    expect((await service.receives(later)).userinfo).toMatchObject({ real_name: who.identity.name, preferred_username: who.username });
  });

  it('[CON-01] can be refused: the service learns that, nothing is remembered', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile' });
    await person.submits({}, { button: '#consent-deny' });
    expect(await service.isRefused(person)).toMatchObject({ error: 'access_denied' });
    await service.sendsToUs({ scope: 'openid profile' }, person);
    expect(person.page.has('#consent-allow')).toBe(true);
    await service.sendsToUs({ scope: 'openid profile', prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'consent_required' });
  });

  it('[CON-01] is asked by each service for itself', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile' });
    await allows(person);
    const other = await relyingParty(product, 'post');
    await other.sendsToUs({ scope: 'openid profile' }, person);
    expect(person.page.says('h1')).toBe(word('consent', 'heading', { service: '交通出行' }));
  });

  it('[CON-01] is asked once more when the service wants it shown', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile' });
    await allows(person);
    await service.sendsToUs({ scope: 'openid profile', prompt: 'consent' }, person);
    expect(items(person.page)).toEqual(labels('openid', 'profile'));
    await allows(person);
    expect((await service.receives(person)).userinfo).toMatchObject({ preferred_username: who.username });
  });

  it('[CON-01] names what is asked for claim by claim, and gives that alone', async () => {
    const who = await newCitizen(product, 'L2');
    const claims = { userinfo: { real_name: null, phone_number: { essential: true } } };
    const person = await arrives(who, { claims });
    expect(items(person.page)).toEqual(labels('openid', 'phone', 'real_name'));
    await allows(person);
    const { userinfo } = await service.receives(person);
    expect(Object.keys(userinfo).toSorted()).toEqual(['phone_number', 'real_name', 'sub']);
    await service.sendsToUs({ claims }, person);
    expect((await service.receives(person)).userinfo).toMatchObject({ real_name: who.identity.name });
    await service.sendsToUs({ claims: { userinfo: { birthdate: null } } }, person);
    expect(items(person.page)).toEqual(labels('openid', 'profile'));
  });

  it('[CON-01] marks what is sensitive, and gives a document number to services that are entitled to it', async () => {
    const who = await newCitizen(product, 'L2');
    const notary = await relyingParty(product, 'entitled');
    const person = await arrives(who, { scope: 'openid identity_document' }, notary);
    expect(items(person.page)).toEqual(labels('openid', 'identity_document'));
    expect(person.page.says('.items .sensitive .badge')).toBe(word('consent', 'sensitive'));
    await allows(person);
    const { type, number } = who.identity.document;
    expect((await notary.receives(person)).userinfo).toMatchObject({ identity_document: { type, number } });
  });

  it('[CON-01] refuses a scope that the service is not registered for', async () => {
    const person = await service.sendsToUs({ scope: 'openid identity_document' });
    expect(await service.isRefused(person)).toMatchObject({ error: 'invalid_scope' });
  });

  it('[CON-01] neither shows nor gives a claim of such a scope, whoever asks for it by name', async () => {
    const who = await newCitizen(product, 'L2');
    const claims = { userinfo: { identity_document: { essential: true }, phone_number: null } };
    const person = await arrives(who, { claims });
    expect(items(person.page)).toEqual(labels('openid', 'phone'));
    await allows(person);
    expect((await service.receives(person)).userinfo).toEqual({ sub: expect.any(String), phone_number: `+86${who.mobile}` });
    await service.sendsToUs({ claims }, person);
    expect((await service.receives(person)).userinfo).not.toHaveProperty('identity_document');
  });

  it("[CON-01] is not asked by the city's own portal", async () => {
    const portal = await relyingParty(product, 'first-party');
    const who = await newCitizen(product, 'L2');
    const person = await arrives(who, { scope: 'openid profile phone real_name' }, portal);
    expect((await portal.receives(person)).userinfo).toMatchObject({ real_name: who.identity.name });
    // Not even where the request wants the page, as it must for a token that outlives the session.
    await portal.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' }, person);
    expect((await portal.receives(person)).tokens).toHaveProperty('refresh_token');
  });
});

describe('the consent page', () => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'basic');
  });

  it('[CON-01 UXP-01] speaks English to whoever reads that, with the English name of the service', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs({ scope: 'openid profile real_name' }, { locale: 'en' });
    await person.submits({ identifier: who.username, password: who.password });
    expect(person.page.says('h1')).toBe(word('consent', 'heading', { service: 'Citizen Services' }, 'en'));
    expect(person.page.text).not.toMatch(/\p{Script=Han}/u);
  });

  it('ignores scopes that nobody knows', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs({ scope: 'openid profile nonsense' });
    await person.submits({ identifier: who.username, password: who.password });
    expect(person.page.status).toBe(200);
    await person.submits({}, { button: '#consent-allow' });
    expect((await service.receives(person)).userinfo).toMatchObject({ preferred_username: who.username });
  });

  it('is decided once: a double click, another decision and another browser change nothing', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs({ scope: 'openid profile' });
    await signsInOnly(person, who);
    const address = person.page.url;
    const stranger = newPerson(product);
    await stranger.goes(address);
    expect(stranger.page.error?.code).toBe('interaction.expired');
    const body = { _form: person.page.$('form.form input[name=_form]').attr('value') ?? '' };
    await person.posts(address, { ...body, decision: 'perhaps' });
    expect([person.page.status, person.page.error?.code]).toEqual([400, 'form.malformed']);
    await person.posts(address, { decision: 'allow' });
    expect(person.page.error?.code).toBe('form.forged');
    const tab = person.tab();
    await Promise.all([person, tab].map((each) => each.posts(address, { ...body, decision: 'allow' })));
    // One is back at the service; the other reads that there is nothing to do any more.
    const ends = [person, tab].map(({ page }) => page.error?.code ?? page.url.origin);
    expect(ends).toEqual(expect.arrayContaining(['https://basic.example']));
    await person.goes(address);
    expect(person.page.status).toBe(410);
  });
});

async function signsInOnly(person: Person, who: Citizen): Promise<void> {
  await person.submits({ identifier: who.username, password: who.password });
}
