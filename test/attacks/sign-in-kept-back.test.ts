import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, recovers } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** How an owner throws everybody out. */
const endings: Readonly<Record<string, (product: Product, citizen: Citizen) => Promise<unknown>>> = {
  async 'signing out everywhere'(product, citizen) {
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, citizen);
    await owner.goes('/account');
    await owner.submits({}, { button: '#end-sessions' });
  },
  async 'a recovery of the password'(product, citizen) {
    await recovers(await atRecovery(product), citizen);
  },
};

describe('a sign-in that was submitted and not picked up', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  /** Stands at the way back, with the answer of a sign-in that succeeded. */
  async function keepsBack(citizen: Citizen): Promise<{ readonly thief: Person; readonly wayBack: string }> {
    const service = await relyingParty(product, 'first-party');
    const thief = await service.sendsToUs();
    const uid = thief.page.url.pathname.split('/')[2] ?? '';
    const wayBack = new URL(`/auth/${uid}`, product.issuer).href;
    thief.stops.add(wayBack);
    await signsIn(thief, citizen);
    expect(thief.page.url.href).toBe(wayBack);
    thief.stops.delete(wayBack);
    return { thief, wayBack };
  }

  it.each(Object.keys(endings))('makes no session after %s', async (ending) => {
    const citizen = await newCitizen(product, 'L2');
    const { thief, wayBack } = await keepsBack(citizen);
    await thief.sandbox.waits(60);
    await endings[ending]?.(product, citizen);
    await thief.goes(wayBack);
    expect([thief.page.status, thief.page.error?.code]).toEqual([410, 'interaction.expired']);
    await thief.goes('/account');
    expect(thief.page.url.pathname).toMatch(/\/login\//);
  });

  it('is picked up where nobody ended anything, or began after that', async () => {
    const citizen = await newCitizen(product, 'L2');
    await endings['signing out everywhere']?.(product, citizen);
    const { thief: owner, wayBack } = await keepsBack(citizen);
    await owner.sandbox.waits(60);
    await owner.goes(wayBack);
    await owner.goes('/account');
    expect(owner.page.url.pathname).toBe('/account');
  });
});
