import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { anyMobile, importedPerson, possessionFields, provesAndSetsPassword, seeksRecord } from '../support/imported.ts';
import { identityFields, newcomer, registers } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';

/** They take up what is on record after all. */
async function stillActivates(product: Product, imported: RegisteredPerson): Promise<void> {
  const owner = newPerson(product);
  await owner.goes('/activate');
  await owner.sandbox.waits(61);
  await seeksRecord(owner, imported, imported.mobile);
  await provesAndSetsPassword(owner, imported);
  expect(owner.page.outcome).toBe('done');
}

describe('a stranger with the data of somebody who waits for their activation', () => {
  it.each(['demo', 'hubei'])('[OPS-12] takes nobody over by a step-up in %s, and they are told', async (profile) => {
    const product = await sharedProduct(profile);
    const [attacker, victim] = [await newCitizen(product), await importedPerson(product)];
    const person = await (await relyingParty(product, 'level-2')).sendsToUs();
    await signsIn(person, { username: attacker.mobile, password: attacker.password });
    await opensProofing(person, 'real-name', attacker);
    await person.submits(identityFields(victim));
    expect([person.page.status, person.page.error?.code]).toEqual([409, 'identity.waiting']);
    await person.goes('/account');
    expect(person.page.says('.level strong')).toBe('未认证');
    expect(await messagesOf(person.sandbox, victim.mobile, 'notice.identity-claimed-waiting')).toHaveLength(1);
    await stillActivates(product, victim);
  });

  it('[REG-49] takes nobody over by a registration, and replaces no mobile that its owner does not hear of', async () => {
    const product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 10);
    const victim = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/register');
    await registersWith(person, documentFields(newcomer({ mobile: anyMobile() }), victim));
    expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
    expect(await messagesOf(person.sandbox, victim.mobile, 'notice.identity-claimed-waiting')).toHaveLength(1);
    await stillActivates(product, victim);
    // Whoever was slower is told so.
    await person.submits({}, { button: '#replace-mobile' });
    await person.submits();
    expect(person.page.error?.code).toBe('activation.gone');
  });
});

describe('an account that somebody opened in the same interaction', () => {
  it('[REG-49] is joined by the person it was opened for, and by nobody who types another document', async () => {
    const product = await sharedProduct();
    const attacker = newcomer();
    const [known, victim] = [await importedPerson(product, attacker.mobile), await importedPerson(product)];
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person, attacker);
    await person.submits(identityFields(known));
    await person.opens('#activate');
    expect(person.page.url.pathname).toMatch(/\/activate\/account$/);
    await person.opens('#back');
    await seeksRecord(person, victim, victim.mobile);
    await provesAndSetsPassword(person, victim);
    expect(person.page.outcome).toBe('done');
    const opener = newPerson(product);
    await opener.goes('/login');
    await signsIn(opener, attacker);
    await opener.goes('/account');
    expect(opener.page.says('.level strong')).toBe('未认证');
  });
});

describe('a stranger with nothing but the number of a document', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  const sees = (person: Person, mobile: string) =>
    [mobile.slice(0, 3), mobile.slice(-4)].filter((digits) => person.page.text.includes(digits));

  it('[DIS-21 ACT-04] sees no digit of the bound mobile, on no page of the activation', async () => {
    const bound = `13${anyMobile().slice(2)}`;
    const victim = await importedPerson(product, bound);
    const [person, mobile] = [newPerson(product), anyMobile()];
    await person.goes('/activate');
    await seeksRecord(person, victim, mobile);
    expect(sees(person, bound)).toEqual([]);
    // Nor by asking for a code to it, which they cannot read.
    await person.asksForCode({ mobile: bound });
    await person.submits({ mobile: bound, code: '123456' });
    expect(person.page.error?.code).toBe('otp.wrong');
    await person.submits({}, { button: '#replace-mobile' });
    expect(sees(person, bound)).toEqual([]);
    await person.submits({ name: '某人', ...possessionFields(victim) });
    expect([sees(person, bound), person.page.error?.code]).toEqual([[], 'identity.mismatch']);
  });

  it('[DIS-21] does not learn whether a mobile is the bound one by having codes sent', async () => {
    const bound = anyMobile();
    const victim = await importedPerson(product, bound);
    const answers = [];
    for (const guess of [bound, anyMobile()]) {
      const person = newPerson(product);
      await person.goes('/activate');
      await seeksRecord(person, victim, anyMobile());
      await person.asksForCode({ mobile: guess });
      const asked = [person.page.status, person.page.error?.code];
      await person.submits({ mobile: guess, code: '123456' });
      answers.push([asked, person.page.status, person.page.error?.code]);
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});
