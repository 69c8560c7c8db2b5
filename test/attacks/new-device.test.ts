import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { confirmsPassword, newCitizen, onOwnDevice, provesRealName, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { citizen as guess } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

const wanted = { scope: 'openid profile real_name assurance identity_document phone' };
const named = {
  scope: 'openid',
  claims: { userinfo: { real_name: null, assurance: null, phone_number: null }, id_token: { real_name: null } },
};

/** What a service learns of somebody who signs in by an SMS code alone. */
async function learns(service: RelyingParty, citizen: Citizen, person: Person, parameters: object = wanted) {
  await service.sendsToUs({ prompt: 'login', ...parameters }, person);
  await signsInBySms(person, citizen);
  return service.receives(person);
}

describe('a found phone, at a browser of the finder', () => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'entitled');
  });

  it('tells a service no more than that there is an account, however often it comes back', async () => {
    const citizen = await newCitizen(product, 'L3');
    const finder = newPerson(product);
    for (let times = 0; times < 2; times += 1) {
      const { claims, userinfo, tokens } = await learns(service, citizen, finder);
      expect(claims).toMatchObject({ acr: 'L1', amr: ['sms'] });
      expect(userinfo).toMatchObject({ phone_number: `+86${citizen.mobile}` });
      expect(Object.keys(userinfo)).not.toEqual(expect.arrayContaining(['real_name']));
      for (const claim of ['real_name', 'assurance', 'identity_document', 'birthdate', 'gender'])
        expect(userinfo).not.toHaveProperty(claim);
      expect(userinfo.name).toBe(citizen.username);
      expect(tokens.scope?.split(' ').toSorted()).toEqual(['openid', 'phone', 'profile']);
      await finder.sandbox.waits(61);
    }
    const offline = await learns(service, citizen, finder, {
      scope: 'openid profile real_name offline_access',
      prompt: 'login consent',
    });
    const refreshed = await service.refreshes(offline.tokens);
    const later = await openid.fetchUserInfo(await service.configuration(), refreshed.access_token, String(offline.claims.sub));
    expect([later.name, later.birthdate, later.gender, later['real_name']]).toEqual([citizen.username, undefined, undefined, undefined]);
    await finder.sandbox.waits(61);
    const { claims, userinfo } = await learns(service, citizen, finder, named);
    expect(userinfo).toMatchObject({ phone_number: `+86${citizen.mobile}` });
    for (const claim of ['real_name', 'assurance']) expect([userinfo[claim], claims[claim]]).toEqual([undefined, undefined]);
  });

  it('keeps what it is when another code is redeemed in the session', async () => {
    const citizen = await newCitizen(product, 'L2');
    const finder = newPerson(product);
    await learns(service, citizen, finder);
    await finder.sandbox.waits(660);
    // The proof of the account centre, as far as the finder gets.
    await finder.goes('/account/mobile');
    await finder.asksForCode();
    await finder.submits({ documentNumber: guess().document.number, code: await finder.readsCode(citizen.mobile) });
    expect(finder.page.has('#code')).toBe(false);
    await service.sendsToUs({ ...wanted, prompt: 'none' }, finder);
    const { claims, userinfo } = await service.receives(finder);
    expect([claims.acr, userinfo['real_name']]).toEqual(['L1', undefined]);
  });

  it('gives the level and the name once the password was typed, and to the same device by an SMS code from then on', async () => {
    const citizen = await newCitizen(product, 'L2');
    const person = newPerson(product);
    const minimum = await relyingParty(product, 'level-2');
    await minimum.sendsToUs({ scope: 'openid real_name' }, person);
    await signsInBySms(person, citizen);
    expect(person.page.has('#step-up-real-name')).toBe(false);
    await confirmsPassword(person, citizen);
    const { claims, userinfo } = await minimum.receives(person);
    expect(claims).toMatchObject({ acr: 'L2', amr: ['mfa', 'pwd', 'sms'] });
    expect(userinfo).toMatchObject({ real_name: citizen.identity.name });
    await person.sandbox.waits(61);
    await person.goes('/session/end');
    await person.submits({}, { button: '#logout-yes' });
    const again = await learns(service, citizen, person);
    expect(again.claims).toMatchObject({ acr: 'L2', amr: ['sms'] });
    expect(again.userinfo).toMatchObject({ real_name: citizen.identity.name });
  });

  it('is no matter where a device proved more before, nor of somebody whose identity nobody has verified', async () => {
    const citizen = await newCitizen(product, 'L2');
    const own = await learns(service, citizen, await onOwnDevice(product, citizen));
    expect(own.claims).toMatchObject({ acr: 'L2', amr: ['sms'] });
    const { claims } = await learns(service, await newCitizen(product), newPerson(product));
    expect(claims.acr).toBe('L1');
  });

  it('a session of the time before anybody was verified ends when somebody is', async () => {
    const citizen = await newCitizen(product);
    const finder = await service.sendsToUs(wanted);
    await signsInBySms(finder, citizen);
    expect((await service.receives(finder)).claims.acr).toBe('L1');

    await finder.sandbox.waits(61);
    const minimum = await relyingParty(product, 'level-2');
    const owner = await minimum.sendsToUs();
    await signsIn(owner, citizen);
    await provesRealName(owner, citizen);
    expect((await minimum.receives(owner)).claims.acr).toBe('L2');

    await service.sendsToUs({ ...wanted, prompt: 'none' }, finder);
    expect(await service.isRefused(finder)).toMatchObject({ error: 'login_required' });
  });

  it('a password that the phone alone has set today is worth no more than the phone', async () => {
    const citizen = await newCitizen(product);
    const finder = await atRecovery(product);
    await recovers(finder, citizen);
    await finder.sandbox.waits(61);
    const minimum = await relyingParty(product, 'level-2');
    const owner = await minimum.sendsToUs();
    await signsInBySms(owner, citizen);
    await provesRealName(owner, citizen);

    await service.sendsToUs(wanted, finder);
    await signsIn(finder, { username: citizen.username, password: renewed });
    const { claims, userinfo } = await service.receives(finder);
    expect(claims).toMatchObject({ acr: 'L1', amr: ['pwd'] });
    expect(userinfo).not.toHaveProperty('real_name');
  });

  it('carries L2 in cities whose profile says so', async () => {
    const beijing = await sharedProduct('beijing');
    const citizen = await newCitizen(beijing, 'L3');
    const { claims, userinfo } = await learns(await relyingParty(beijing, 'entitled'), citizen, newPerson(beijing));
    expect(claims).toMatchObject({ acr: 'L2', amr: ['sms'] });
    expect(userinfo).toMatchObject({ real_name: citizen.identity.name });
  });
});
