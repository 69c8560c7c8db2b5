import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** Addresses of a stranger's, as filters of other products have let them through. */
const strangers = [
  'https://elsewhere.example/',
  '//elsewhere.example/',
  '///elsewhere.example/',
  String.raw`/\elsewhere.example/`,
  String.raw`\\elsewhere.example/`,
  '/\t/elsewhere.example/',
  '/.//elsewhere.example/',
  '/%2e//elsewhere.example/',
  'javascript:alert(1)',
  ' https://elsewhere.example/',
  'https:elsewhere.example/',
];

/** All that a browser was told to go to during the last act, and where it stands. */
function addresses({ trail, page }: Person): readonly string[] {
  return [...trail.map(({ url }) => url.origin), page.url.origin];
}

describe('nobody is sent on to an address that a stranger wrote into a link', () => {
  it.each(strangers)('after signing in: %j', async (address) => {
    const person = newPerson(product);
    await person.goes(`/login?${new URLSearchParams({ return: address }).toString()}`);
    const there = await signsIn(person, await newCitizen(product));
    expect(there.status).toBe(200);
    expect(new Set(addresses(person))).toEqual(new Set([product.issuer]));
  });

  it.each(strangers)('by the switch of language: %j', async (address) => {
    const person = newPerson(product);
    await person.goes('/');
    await person.submits({ return: address }, { button: '[name=locale]' });
    expect(new Set(addresses(person))).toEqual(new Set([product.issuer]));
  });

  it.each(strangers)('after signing out: %j', async (address) => {
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(product));
    await service.redeems(person);
    await service.signsOut(person, { post_logout_redirect_uri: address });
    expect(person.page).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
  });
});
