import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { identityFields, newcomer, registers, skipsIdentity } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** Cookies of interactions, and nothing else, get from one browser into another. */
async function plants(from: Person, into: Person): Promise<void> {
  const { cookies } = await from.jar.serialize();
  for (const { key, value, path } of cookies) {
    if (/interaction|resume/.test(String(key)))
      await into.jar.setCookie(`${String(key)}=${String(value)}; Path=${String(path)}; HttpOnly`, product.issuer);
  }
}

describe('whoever holds the cookie of an interaction, in another browser', () => {
  it('finds nothing of a registration under way, whosever interaction it was at first', async () => {
    const who = newcomer();
    const [victim, thief] = [newPerson(product), newPerson(product)];
    await thief.goes('/register');
    await plants(thief, victim);
    await victim.goes(thief.page.url);
    await registers(victim, who);
    expect(victim.page.url.pathname).toMatch(/\/register\/identity$/);
    for (const step of ['identity', 'done', 'account', '']) {
      await thief.goes(new URL(`./${step}`, victim.page.url));
      expect(thief.page.url.pathname).toMatch(/\/register\/account$/);
      expect(thief.page.html).not.toContain(who.username);
      expect(thief.page.html).not.toContain(who.mobile);
    }
    // Its owner goes on.
    await skipsIdentity(victim);
    expect(victim.page.outcome).toBe('done');
  });

  it('finds nothing of a proof under way, and sends nothing in the name of whoever is signed in', async () => {
    const who = await newCitizen(product);
    const service = await relyingParty(product, 'level-2');
    const victim = await service.sendsToUs();
    await signsIn(victim, who);
    await opensProofing(victim, 'real-name', who);
    const proof = victim.page.url;
    const token = victim.page.$('form.form [name=_form]').attr('value') ?? '';
    const [nobody, somebody] = [newPerson(product), newPerson(product)];
    await somebody.goes('/login');
    await signsIn(somebody, await newCitizen(product));
    for (const thief of [nobody, somebody]) {
      await plants(victim, thief);
      expect((await thief.goes(proof)).error?.code).toMatch(/^(interaction\.expired|session\.other)$/);
      await thief.posts(proof, { ...identityFields(who.identity), _form: token });
      expect(thief.page.error?.code).toMatch(/^(interaction\.expired|session\.other)$/);
      expect(thief.page.html).not.toContain(who.identity.name);
    }
    await victim.submits(identityFields(who.identity));
    expect(victim.page.outcome).toBe('done');
  });
});
