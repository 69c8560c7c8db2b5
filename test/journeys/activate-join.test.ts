import { beforeAll, describe, expect, it } from '@jest/globals';
import { sendsCode } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { anyMobile, importedPerson, possessionFields, seeksRecord } from '../support/imported.ts';
import { identityFields, newcomer, registers } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

describe('somebody who waits for their activation and has an account that is not verified', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  const signedIn = async (who: Citizen): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    return person;
  };
  const step = (person: Person) => person.page.url.pathname.split('/activate/')[1];
  const level = async (person: Person) => (await person.goes('/account')).says('.level strong');

  it('[ACT-01 REG-49] is led from a step-up to the activation and back to the service, by one press', async () => {
    const service = await relyingParty(product, 'level-2');
    const who = await newCitizen(product);
    const imported = await importedPerson(product, who.mobile);
    const person = await service.sendsToUs({ scope: 'openid real_name assurance' });
    await signsIn(person, who);
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(imported));
    expect([person.page.status, person.page.error]).toEqual([
      409,
      { code: 'identity.waiting', field: 'documentNumber', text: expect.stringContaining('等待本人激活') },
    ]);
    await person.opens('#activate');
    expect(step(person)).toBe('account');
    expect(person.page.text).toContain(word('activate', 'account-lead'));
    expect(person.page.text).toContain(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
    await person.submits();
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '激活成功']);
    await person.opens('#next');
    await allows(person);
    const { claims, userinfo } = await service.receives(person);
    expect(claims['acr']).toBe('L2');
    expect(userinfo).toMatchObject({ real_name: imported.name, assurance: { evidence: [{ kind: 'real-name' }] } });
    // It is the account they had, with its password.
    const again = await signedIn(who);
    expect(await level(again)).toBe('初级认证');
  });

  it('[ACT-01 REG-49] is led from a registration to the activation, and keeps the account that was opened', async () => {
    const who = newcomer();
    const imported = await importedPerson(product, who.mobile);
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person, who);
    await person.submits(identityFields(imported));
    expect(person.page.error?.code).toBe('identity.waiting');
    await person.opens('#activate');
    await person.submits();
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect(await level(person)).toBe('初级认证');
    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, { username: who.username, password: who.password });
    expect(await level(again)).toBe('初级认证');
  });

  it('[ACT-04] proves the mobile on record first where the account has another one', async () => {
    const [who, bound] = [await newCitizen(product), anyMobile()];
    const imported = await importedPerson(product, bound);
    const person = await (await relyingParty(product, 'level-2')).sendsToUs();
    await signsIn(person, who);
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(imported));
    await person.opens('#activate');
    expect(step(person)).toBe('mobile');
    expect(person.page.text).toContain(word('activate', 'mobile-lead-known'));
    expect(person.page.text).not.toContain(bound.slice(-4));
    const code = await sendsCode(person, bound, { mobile: bound });
    await person.submits({ mobile: bound, code });
    // The mobile of the account is proven again: the step-up was a while ago for all that is known here.
    expect(step(person)).toBe('account');
    await person.sandbox.waits(61);
    await person.goes(person.page.url);
    await person.submits({ code: await sendsCode(person, who.mobile) });
    expect(person.page.outcome).toBe('done');
    expect(await messagesOf(person.sandbox, bound, 'notice.activated')).toHaveLength(1);
  });

  it('[ACT-01] activates from the sign-in page of their own account without being told that its number is taken', async () => {
    const who = await newCitizen(product);
    const imported = await importedPerson(product, who.mobile);
    const stranger = newPerson(product);
    await stranger.goes('/activate');
    await seeksRecord(stranger, imported, who.mobile);
    expect(stranger.page.error).toMatchObject({ code: 'mobile.taken', text: refusal('mobile.taken.activate') });

    const person = await signedIn(who);
    await person.sandbox.waits(61);
    await person.goes('/activate');
    expect(person.page.text).toContain(word('activate', 'joins'));
    await seeksRecord(person, imported, who.mobile);
    await person.submits(possessionFields(imported));
    expect(step(person)).toBe('account');
    await person.submits();
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect(await level(person)).toBe('初级认证');
    expect(person.page.has('#change-password')).toBe(true);
  });

  it('[ACT-05] replaces the mobile on record by that of the account, and whoever has it is told', async () => {
    const [who, bound] = [await newCitizen(product), anyMobile()];
    const imported = await importedPerson(product, bound);
    const person = await signedIn(who);
    await person.goes('/activate');
    await seeksRecord(person, imported, who.mobile);
    await person.submits({}, { button: '#replace-mobile' });
    await person.submits({ name: imported.name, ...possessionFields(imported) });
    await person.submits();
    expect(person.page.outcome).toBe('done');
    const [notice] = await messagesOf(person.sandbox, bound, 'notice.activated');
    expect(notice?.text).toContain(who.mobile.slice(-4));
  });

  it('pressed twice, or in two tabs, joins once', async () => {
    const who = await newCitizen(product);
    const imported = await importedPerson(product, who.mobile);
    const person = await signedIn(who);
    await person.goes('/activate');
    await seeksRecord(person, imported, who.mobile);
    await person.submits(possessionFields(imported));
    const twin = person.tab();
    await twin.goes(person.page.url);
    await Promise.all([person.submits(), twin.submits()]);
    expect([person.page.outcome, twin.page.outcome]).toEqual(['done', 'done']);
  });
});
