import { beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import type { Page, Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { identityFields } from '../support/newcomer.ts';
import { fillForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { initiates, relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'basic');
});

/** Where the answer to the interaction that the person is at will be given. */
const wayBackOf = ({ page }: Person): URL => new URL(`/auth/${page.url.pathname.split('/')[2]}`, product.issuer);

/** Does the act and stands at the way back, which nobody has asked for yet. */
async function standsAtWayBack(person: Person, act: () => Promise<Page>): Promise<URL> {
  const address = wayBackOf(person);
  person.stops.add(address.href);
  await act();
  expect(person.page.url.href).toBe(address.href);
  person.stops.delete(address.href);
  return address;
}

/** Asks as the browser of the person would, which never hears the answer. */
async function loses(person: Person, address: URL): Promise<void> {
  const answer = await fetchAlone(new URL(address.pathname, product.address), {
    headers: { Cookie: await person.jar.getCookieString(address.href), Host: address.host, Accept: 'text/html' },
    redirect: 'manual',
  });
  await answer.body?.cancel();
  expect(answer.status).toBe(303);
}

async function expectSignedIn(person: Person): Promise<void> {
  await service.sendsToUs({ scope: 'openid', prompt: 'none' }, person);
  await service.receives(person);
  expect((await person.tab().goes('/account')).status).toBe(200);
}

const reachesConsent = async (who: Citizen): Promise<Person> => {
  const person = await service.sendsToUs({ scope: 'openid profile' });
  await person.submits({ identifier: who.username, password: who.password });
  expect(person.page.has('#consent-allow')).toBe(true);
  return person;
};
const allows = (person: Person): Promise<Page> => person.submits({}, { button: '#consent-allow' });
const codeOf = ({ url }: Page): string | null => url.searchParams.get('code');

/** What a double click, a lost answer or the back button does to somebody in the middle of a request. */
describe('coming back from a step', () => {
  it.each([1, 2, 3])('twice at once is one answer: the same code for both, and the person stays signed in (%i)', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const address = await standsAtWayBack(person, () => allows(person));
    const pages = await Promise.all([person, person.tab()].map((tab) => tab.goes(address)));
    const codes = pages.map(codeOf);
    expect(codes[0]).toEqual(expect.any(String));
    expect(codes[1]).toBe(codes[0]);
    await service.redeems(person);
    await expectSignedIn(person);
  });

  it('twice at once by a double click on "allow" is one answer', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const tab = person.tab();
    const body = { _form: String(person.page.$('form.form input[name=_form]').attr('value')), decision: 'allow' };
    const address = person.page.url;
    const pages = await Promise.all([person, tab].map((each) => each.posts(address, body)));
    expect(new Set(pages.flatMap((page) => codeOf(page) ?? [])).size).toBe(1);
    await expectSignedIn(person);
  });

  it('twice at once from the last page of a step-up leaves the person signed in, at the level', async () => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs({ scope: 'openid', claims: { id_token: { acr: { essential: true, value: 'L2' } } } });
    await signsIn(person, citizen);
    await opensProofing(person, 'real-name', citizen);
    await person.submits(identityFields(citizen.identity));
    const { href = '' } = person.page.$('#next').attr() ?? {};
    const [page, other] = await Promise.all([person, person.tab()].map((tab) => tab.goes(href)));
    expect(page?.url.pathname).toBe(other?.url.pathname);
    await allows(person);
    expect((await service.receives(person)).claims.acr).toBe('L2');
    await expectSignedIn(person);
  });

  it('twice at once with the password of a step-up is one answer', async () => {
    const demanding = await relyingParty(product, 'level-3');
    const citizen = await newCitizen(product, 'L3');
    const person = await demanding.sendsToUs();
    await signsInBySms(person, citizen);
    await person.opens('#step-up-password');
    const { action, fields } = fillForm(person.page, { password: citizen.password });
    const [page, other] = await Promise.all([person, person.tab()].map((tab) => tab.posts(action, Object.fromEntries(fields))));
    // The second one came before or after the first answer had arrived.
    for (const each of [page, other])
      expect(each?.error?.code ?? (each?.has('#consent-allow') && 'consent')).toMatch(/^(consent|interaction\.done)$/);
    await demanding.sendsToUs({}, person);
    await allows(person);
    expect((await demanding.receives(person)).claims.acr).toBe('L3');
    expect((await person.tab().goes('/account')).status).toBe(200);
  });

  it('again, because the first answer got lost, is the same answer: nobody is signed out by a click too many', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const form = { _form: String(person.page.$('form.form input[name=_form]').attr('value')), decision: 'allow' };
    const consent = person.page.url;
    const address = await standsAtWayBack(person, () => allows(person));
    await loses(person, address);
    // The page with the button is still there, and the button is pressed again.
    await person.posts(consent, form);
    expect(codeOf(person.page)).toEqual(expect.any(String));
    await service.redeems(person);
    await expectSignedIn(person);
  });

  it('again, where the answer is a form that sends itself, is the same form, which still may', async () => {
    const person = await service.sendsToUs({ scope: 'openid profile', response_mode: 'form_post' });
    const { username, password } = await newCitizen(product);
    await person.submits({ identifier: username, password });
    const address = await standsAtWayBack(person, () => allows(person));
    const [page, other] = await Promise.all([person, person.tab()].map((tab) => tab.goes(address)));
    expect(page?.$('input[name=code]').attr('value')).toEqual(expect.any(String));
    expect(other?.html).toBe(page?.html);
    expect(other?.headers['content-security-policy']).toBe(page?.headers['content-security-policy']);
  });

  it('again, when the answer has arrived, says kindly that this is done, with the way on', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const form = { _form: String(person.page.$('form.form input[name=_form]').attr('value')), decision: 'allow' };
    const consent = person.page.url;
    await allows(person);
    await service.redeems(person);
    const tab = person.tab();
    await tab.posts(consent, form);
    expect([tab.page.status, tab.page.error?.code]).toEqual([410, 'interaction.done']);
    expect(tab.page.says('h1')).toBe(word('error', 'done'));
    expect(tab.page.$('#back').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
    await expectSignedIn(person);
  });

  it('to a page of an earlier step, when later ones are done, is no step back: nobody is signed out', async () => {
    const { username, password } = await newCitizen(product);
    const person = await service.sendsToUs({ scope: 'openid profile' });
    const first = wayBackOf(person);
    await person.submits({ identifier: username, password });
    await allows(person);
    await service.redeems(person);
    expect((await person.tab().goes(first)).error?.code).toBe('interaction.done');
    await expectSignedIn(person);
  });

  it('belongs to the browser that went there', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const address = await standsAtWayBack(person, () => allows(person));
    await loses(person, address);
    const stranger = await service.sendsToUs({ scope: 'openid' });
    await stranger.goes(address);
    expect(stranger.page.status).toBe(410);
    expect(stranger.trail).toHaveLength(1);
  });

  it('to a session that is gone sets no other one', async () => {
    const person = await reachesConsent(await newCitizen(product));
    const address = await standsAtWayBack(person, () => allows(person));
    const before = await person.jar.getCookieString(product.issuer);
    await loses(person, address);
    // Another tab asks for something at that moment, with the identifier that was just replaced.
    await service.sendsToUs({ scope: 'openid' }, person.tab());
    expect(await person.jar.getCookieString(product.issuer)).toBe(before);
    await person.goes(address);
    await service.redeems(person);
    await expectSignedIn(person);
  });
});
