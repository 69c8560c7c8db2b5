import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bindsEmail } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { goesOn, newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { importedPerson, provesAndSetsPassword, seeksRecord } from '../support/imported.ts';
import { citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import type { ScriptedPerson } from '../../sandbox/people.ts';

const verified = 'notice.identity-verified';

/** Whoever is verified anywhere hears of it on every channel we have of them. */
describe('the notices of a verification', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  const told = async (to: string, template = verified): Promise<number> => (await messagesOf(sandboxOf(product), to, template)).length;

  const atStepUp = async (who: Citizen, client: string): Promise<Person> => {
    const person = await (await relyingParty(product, client)).sendsToUs();
    await person.sandbox.waits(61);
    await signsIn(person, who);
    return person;
  };

  it('[PRV-06] of a real name and of a bank card go to mobile and e-mail of the account', async () => {
    const who = await newCitizen(product);
    const email = await bindsEmail(product, who);
    const person = await atStepUp(who, 'level-3');
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(who.identity));
    expect([await told(who.mobile), await told(email)]).toEqual([1, 1]);
    await goesOn(person);
    await opensProofing(person, 'bank-card', who);
    const [card] = who.identity.bankCards;
    await person.submits({ bankCard: card?.number ?? '', reservedMobile: card?.reservedMobile ?? '', agreement: 'yes' });
    expect(person.page.outcome).toBe('done');
    expect([await told(who.mobile), await told(email)]).toEqual([2, 2]);
    const [notice] = await messagesOf(person.sandbox, email, verified);
    expect(notice?.text).toMatch(/身份信息于 .+ 在本平台通过了核验/);
    expect(notice?.text).not.toContain(who.identity.name);
  });

  it('[PRV-06] of an activation go to the mobile it was done with', async () => {
    const imported = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/activate');
    await seeksRecord(person, imported, imported.mobile);
    await provesAndSetsPassword(person, imported);
    expect(person.page.outcome).toBe('done');
    expect(await told(imported.mobile)).toBe(1);
  });

  it('[PRV-06] of a registration that verifies go to its mobile', async () => {
    product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 10);
    const who = newcomer();
    const person = newPerson(product);
    await person.goes('/register');
    await registersWith(person, documentFields(who, citizen()));
    expect(person.page.outcome).toBe('done');
    expect(await told(who.mobile)).toBe(1);
    product = await sharedProduct();
  });

  it('[PRV-06 REG-37] tell whoever has an account that somebody proved their data elsewhere, three times a day at most', async () => {
    const owner = await newCitizen(product, 'L2');
    const email = await bindsEmail(product, owner);
    for (let times = 0; times < 4; times += 1) {
      const person = newPerson(product);
      await person.goes('/register');
      await registers(person);
      await person.submits(identityFields(owner.identity));
      expect(person.page.error?.code).toBe('identity.taken');
    }
    expect([await told(owner.mobile, 'notice.identity-claimed'), await told(email, 'notice.identity-claimed')]).toEqual([3, 3]);
    expect(await told(owner.mobile)).toBe(0);
  });
});

describe('the notice of a guardian', () => {
  // There is one child of that age in the sandbox, and other tests verify it.
  let own: OwnProduct;
  beforeAll(async () => {
    own = await startProduct();
  });
  afterAll(async () => own?.remove());

  it('[PRV-05 PRV-06] reaches them where we know them, whatever mobile was typed', async () => {
    const guardian = await newCitizen(own, 'L2');
    const child = (await sandboxOf(own).people<ScriptedPerson>())
      .filter(({ document, outcome, imported }) => document.type === 'resident-id-card' && outcome === 'match' && !imported)
      .toSorted((a, b) => (a.birthDate < b.birthDate ? 1 : -1))[0];
    if (!child) throw new Error('nobody is a child');
    const person = newPerson(own);
    await person.goes('/register');
    await registers(person);
    await person.submits(identityFields(child));
    expect(person.page.url.pathname).toMatch(/\/guardian$/);
    const { name, document } = guardian.identity;
    const mobile = newcomer().mobile;
    await registersWith(person, { name, documentType: document.type, documentNumber: document.number, mobile, agreement: 'yes' });
    expect(await messagesOf(person.sandbox, guardian.mobile, 'notice.guardian-verified')).toHaveLength(1);
  });
});
