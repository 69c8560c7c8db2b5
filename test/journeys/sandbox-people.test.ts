import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import { relyingParty } from '../support/relying-party.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';

let product: OwnProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product?.remove());

describe('a scripted person who is set back to the beginning', () => {
  it('[RPX-01] is signed out everywhere, has the prepared account again, and nothing of what was done with it', async () => {
    const service = await relyingParty(product, 'first-party');
    const signIn = async () => {
      const person = await service.sendsToUs();
      await person.submits({ identifier: 'zhangwei', password: 'Minxin-2026' });
      return person;
    };
    const before = await signIn();
    const first = await service.redeems(before);
    await before.goes('/account');
    expect(before.page.status).toBe(200);

    const answer = await fetchAlone(`${product.address}/sandbox/people/zhangwei/reset`, { method: 'POST' });
    expect(await answer.json()).toEqual({ id: 'zhangwei', accountsRemoved: 1 });

    await before.goes('/account');
    expect(before.page.url.pathname).toMatch(/^\/interaction\//);
    const after = await service.redeems(await signIn());
    expect(after.claims()?.acr).toBe(first.claims()?.acr);
    expect(after.claims()?.sub).not.toBe(first.claims()?.sub);
  });
});
