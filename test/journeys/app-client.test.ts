import { beforeAll, describe, expect, it } from '@jest/globals';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let app: RelyingParty;
let citizen: Citizen;
beforeAll(async () => {
  product = await sharedProduct();
  app = await relyingParty(product, 'citizen-app');
  citizen = await newCitizen(product, 'L2');
});

const lasting = { scope: 'openid offline_access', prompt: 'consent' };

describe('the app of the city', () => {
  it('[MOB-10] signs in with code and PKCE, sees no consent page, and stays signed in by refreshing', async () => {
    const person = await app.sendsToUs(lasting, { channel: 'h5' });
    await person.submits({ identifier: citizen.username, password: citizen.password });
    expect(person.page.url.href).toMatch(/^http:\/\/127\.0\.0\.1\/callback\?/);
    const tokens = await app.redeems(person);
    const again = await app.refreshes(tokens);
    expect(again.access_token).not.toBe(tokens.access_token);
    expect(again.refresh_token).not.toBe(tokens.refresh_token);
  });

  it('comes back to any port of the device, to a scheme of its own, and nowhere else', async () => {
    const [loopback, scheme, elsewhere] = await Promise.all(
      ['http://127.0.0.1:51234/callback', 'cn.minxin.citizen:/callback', 'http://127.0.0.1:51234/other'].map((redirect_uri) =>
        app.sendsToUs({ redirect_uri }),
      ),
    );
    await signsIn(loopback!, citizen);
    expect(loopback!.page.url.href).toMatch(/^http:\/\/127\.0\.0\.1:51234\/callback\?/);
    await signsIn(scheme!, citizen);
    expect(scheme!.page.url.href).toMatch(/^cn\.minxin\.citizen:\/callback\?/);
    expect(elsewhere!.page.status).toBe(400);
  });

  it('is given nothing by a session alone: another app could ask in its name', async () => {
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    await app.sendsToUs({}, person);
    expect(person.page.has('#login-submit')).toBe(true);
    await app.sendsToUs({ prompt: 'none' }, person);
    expect(await app.isRefused(person)).toMatchObject({ error: 'login_required' });
  });

  it('is one thing, the app of somebody else another: that one asks for consent, however often it was given', async () => {
    const other = await relyingParty(product, 'native');
    const person = await other.sendsToUs();
    await signsIn(person, citizen);
    await other.redeems(person);
    await other.sendsToUs({}, person);
    expect(person.page.has('#consent-allow')).toBe(true);
    await allows(person);
    await other.redeems(person);
    await other.sendsToUs({ prompt: 'none' }, person);
    expect(await other.isRefused(person)).toMatchObject({ error: 'interaction_required' });
  });
});
