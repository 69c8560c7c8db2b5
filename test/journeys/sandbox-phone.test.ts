import { beforeAll, describe, expect, it } from '@jest/globals';
import { asks, codeOn, showsCode } from '../support/app.ts';
import { newPerson } from '../support/browser.ts';
import { allows, newCitizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { profileOf } from '../support/profiles.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { scriptedPeople } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';

const username = scriptedPeople(todayInShanghai(new Date())).find(({ account }) => account)?.account?.username ?? '';

describe.each(['demo', 'beijing', 'hubei'])('the phone of the sandbox in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });
  const phone = (act: string, body: object) => asks(product, `/sandbox/phone/${act}`, { body });
  const shown = async () => (await asks(product, '/sandbox/tickets.json')).body as unknown as readonly { ticket: string; state: string }[];

  it('[LOG-06] [MOB-10] signs a computer in for a script that has no phone, by the app and its API', async () => {
    const service = await relyingParty(product, 'first-party');
    const computer = await showsCode(service);
    const { url, ticket, number } = codeOn(computer.page);
    expect(await shown()).toContainEqual(expect.objectContaining({ ticket, url, state: 'waiting', clientId: 'first-party' }));
    const scanned = await phone('scan', { url, as: username });
    expect(scanned).toMatchObject({
      status: 200,
      body: {
        ticket,
        service: '政务门户',
        place: expect.any(String),
        browser: 'Chrome · Windows',
        numbers: expect.arrayContaining([number]),
      },
    });
    expect(await shown()).toContainEqual(expect.objectContaining({ ticket, state: 'scanned' }));
    expect(await phone('confirm', { ticket, as: username, number })).toMatchObject({ status: 200, body: { state: 'confirmed' } });
    expect((await shown()).filter((each) => each.ticket === ticket)).toEqual([]);
    await computer.goes(computer.page.url);
    await computer.submits();
    await allows(computer);
    expect((await service.receives(computer)).claims['amr']).toContain('xdev');
  });

  it('says no, is not believed with another number, and knows no other address', async () => {
    const service = await relyingParty(product, 'first-party');
    const first = codeOn((await showsCode(service)).page);
    await phone('scan', { url: first.url, as: username });
    expect(await phone('deny', { ticket: first.ticket, as: username })).toMatchObject({ status: 200, body: { state: 'denied' } });
    const second = codeOn((await showsCode(service)).page);
    await phone('scan', { url: second.url, as: username });
    const wrong = second.number === 99 ? 98 : second.number + 1;
    expect(await phone('confirm', { ticket: second.ticket, as: username, number: wrong })).toMatchObject({
      status: 403,
      body: { error: 'handover.number' },
    });
    for (const url of ['https://elsewhere.example/h/abc', `${product.issuer}/h/`, `${product.issuer}/login`]) {
      expect(await phone('scan', { url, as: username })).toMatchObject({ status: 400, body: { error: 'not-a-code' } });
    }
    expect(await phone('confirm', { ticket: 'x', as: 'nobody', number: 12 })).toMatchObject({
      status: 409,
      body: { error: 'not-scanned' },
    });
  });

  it('is a page that needs no script, from the start page to the signed-in computer', async () => {
    const computer = newPerson(product, { locale: 'en' });
    await computer.goes('/login');
    await computer.opens('#tab-qr-code');
    const { url, number } = codeOn(computer.page);
    const holder = newPerson(product, { locale: 'en', channel: 'h5' });
    await holder.goes('/sandbox');
    await holder.opens('a.tile[href="/sandbox/phone"]');
    const index = holder.page
      .$('input[name=url][type=hidden]')
      .toArray()
      .findIndex((field) => holder.page.$(field).attr('value') === url);
    await holder.submits({}, { button: `#scan-${index}` });
    expect(holder.page.says('#phone')).toContain('the identity platform');
    await holder.submits({ number: String(number) }, { button: '#handover-confirm' });
    expect(holder.page.says('.told')).toContain('Confirmed');
    await computer.goes(computer.page.url);
    await computer.submits();
    await computer.goes('/account');
    expect(computer.page.url.pathname).toBe('/account');
    // A code that is over, pasted.
    await holder.submits({ url }, { button: '#scan-pasted' });
    expect(holder.page.says('.told')).toContain('expired');
  });
});

describe('the phone of the sandbox', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('signs in whoever has the password, and nobody else', async () => {
    const citizen = await newCitizen(product, 'L2');
    const { url } = codeOn((await showsCode(await relyingParty(product, 'first-party'))).page);
    const scan = (password: string) => asks(product, '/sandbox/phone/scan', { body: { url, as: citizen.username, password } });
    expect(await scan('not-the-password')).toMatchObject({ status: 422, body: { error: 'credentials.wrong' } });
    expect(await scan(citizen.password)).toMatchObject({ status: 200 });
    expect(profileOf('demo').sandbox.password).not.toBe(citizen.password);
  });

  it('signs in again where the service wants a sign-in of now', async () => {
    const citizen = await newCitizen(product, 'L2');
    const service = await relyingParty(product, 'first-party');
    const scan = (url: string) => asks(product, '/sandbox/phone/scan', { body: { url, as: citizen.username, password: citizen.password } });
    await scan(codeOn((await showsCode(service)).page).url);
    const computer = await showsCode(service, { prompt: 'login' });
    const { url, ticket, number } = codeOn(computer.page);
    expect(await scan(url)).toMatchObject({ status: 200 });
    expect(await asks(product, '/sandbox/phone/confirm', { body: { ticket, as: citizen.username, number } })).toMatchObject({
      status: 200,
    });
  });
});
