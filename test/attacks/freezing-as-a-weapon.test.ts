import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, sendsCode } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atProtection, setsUpApp } from '../support/protection.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { linkIn, messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);

describe('the link that freezes a change, in the hands of somebody else', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  async function freezes(citizen: Citizen, notice: string): Promise<{ readonly person: Person; readonly link: string }> {
    const person = newPerson(product);
    const link = linkIn(await messageOf(person.sandbox, citizen.mobile, `notice.${notice}`));
    await person.goes(link);
    await person.submits();
    expect(person.page.outcome).toBe('done');
    return { person, link };
  }

  it('takes no second factor away: whoever found the phone with the notice on it is not in by an SMS code', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    await setsUpApp(owner);

    const { person: finder, link } = await freezes(victim, 'totp-set-up');
    await finder.goes('/login');
    await finder.sandbox.waits(61);
    await signsInBySms(finder, victim);
    expect([finder.page.status, finder.page.error?.code]).toEqual([409, 'change.frozen']);
    expect(await isOut(finder)).toBe(true);
    await finder.goes('/login');
    await signsIn(finder, victim);
    expect(finder.page.error?.code).toBe('change.frozen');

    // Nor with the number of the document: the app was set up by the password.
    await finder.goes(`${link}/return/document`);
    expect([finder.page.url.pathname, finder.page.has('#documentNumber')]).toEqual([`${link}/return/password`, false]);
    expect(finder.page.has('#use-document')).toBe(false);

    await owner.goes(`${link}/return`);
    await owner.sandbox.waits(61);
    await owner.submits({ password: victim.password, code: await sendsCode(owner, victim.mobile) });
    expect(owner.page.outcome).toBe('done');
    await owner.goes('/login');
    await signsIn(owner, victim);
    expect(await isOut(owner)).toBe(false);
  });

  it('takes with the mobile the password that moved it, though that had settled', async () => {
    const victim = await newCitizen(product, 'L2');
    await recovers(await atRecovery(product), victim);
    const thief = newPerson(product);
    await thief.sandbox.waits(2 * 86_400);
    await thief.goes('/login');
    await signsIn(thief, { username: victim.username, password: renewed });
    await thief.goes('/account/mobile');
    await provesMobile(thief, victim.mobile);
    const { mobile } = newcomer();
    await thief.submits({ mobile, code: await sendsCode(thief, mobile, { mobile }) });
    expect(thief.page.outcome).toBe('done');

    const { person: owner, link } = await freezes(victim, 'mobile-changed');
    for (const password of [renewed, victim.password]) {
      await thief.goes('/login');
      await signsIn(thief, { username: victim.username, password });
      expect(thief.page.error?.code).toBe('credentials.wrong');
    }
    await owner.goes(`${link}/return`);
    await owner.sandbox.waits(61);
    await owner.submits({ documentNumber: victim.identity.document.number, code: await sendsCode(owner, victim.mobile) });
    expect(owner.page.outcome).toBe('done');
    await owner.goes('/login');
    await signsIn(owner, victim);
    expect(await isOut(owner)).toBe(false);
  });
});
