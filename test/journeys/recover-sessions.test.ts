import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { listen } from '../support/listener.ts';
import type { Product } from '../support/product.ts';
import { atProtection, setsUpApp } from '../support/protection.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

describe('what ends with a recovery, and what stays', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  async function inAccount(who: Pick<Citizen, 'username' | 'password'>): Promise<Person> {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    return person;
  }

  it('[REC-13 PRV-07] every session of the account ends, the services are told, and refresh tokens are worth nothing', async () => {
    const who = await newCitizen(product, 'L2');
    const listener = await listen(product);
    const service = await relyingParty(product, 'basic');
    const elsewhere = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
    await signsIn(elsewhere, who);
    const { claims, tokens } = await service.receives(elsewhere);
    expect(tokens.refresh_token).toBeDefined();
    const thief = await inAccount(who);
    const stranger = await inAccount(await newCitizen(product));

    await recovers(await atRecovery(product), who);
    for (const person of [elsewhere, thief]) expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
    expect((await stranger.goes('/account')).url.pathname).toBe('/account');
    const logout = await listener.takesLogout('basic', claims.sub);
    expect(await service.verifies(logout)).toMatchObject({ sub: claims.sub, sid: claims['sid'] });
    await expect(service.refreshes(tokens)).rejects.toMatchObject({ error: 'invalid_grant' });
    await listener.close();
  });

  it('whoever is signed in here and recovers their own password stays signed in here', async () => {
    const who = await newCitizen(product, 'L2');
    const [here, elsewhere] = [await inAccount(who), await inAccount(who)];
    await here.goes('/recover');
    await recovers(here, who);
    expect(here.page.outcome).toBe('done');
    await here.opens('#next');
    await signsIn(here, { username: who.username, password: renewed });
    expect((await here.goes('/account')).url.pathname).toBe('/account');
    expect((await elsewhere.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });

  it('an authenticator app stays: the end says so, and the sign-in asks for it', async () => {
    const who = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, who);
    await setsUpApp(owner);
    const person = await atRecovery(product);
    await recovers(person, who);
    expect(person.page.text).toContain('双重验证没有改变');
    await person.opens('#next');
    await signsIn(person, { username: who.username, password: renewed });
    expect(person.page.has('[name=totpCode]')).toBe(true);
    expect((await person.goes('/account')).url.pathname).not.toBe('/account');
  });
});
