import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { comesBack, decides } from '../support/third-party.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct('demo');
  service = await relyingParty(product, 'basic');
});

const gone = { error: { code: 'upstream.gone' } };

/** Somebody who has agreed over there, and has not come back yet. */
async function away(as = 'zhangwei'): Promise<{ person: Person; back: URL }> {
  const person = await service.sendsToUs();
  await person.submits({}, { button: '#upstream-national-platform' });
  return { person, back: await decides(person, 'allow', as) };
}

describe('what comes back from a third party', () => {
  it('is nobody’s in another browser, and not the first one’s either after that', async () => {
    const { person, back } = await away();
    expect(await newPerson(product).arrives(back)).toMatchObject(gone);
    const attacker = await away();
    expect(await attacker.person.arrives(back)).toMatchObject(gone);
    expect(await person.arrives(back)).toMatchObject(gone);
  });

  it('is good once, and where it is read is no address for a second time or another browser', async () => {
    const { person, back } = await away();
    await person.arrives(back);
    const read = person.trail.find(({ url }) => url.pathname.includes('/return/'))?.url ?? '';
    expect(await person.arrives(back)).toMatchObject(gone);
    expect((await person.goes(read)).error?.code).toBe('upstream.gone');
    expect((await newPerson(product).goes(read)).error?.code).toBe('interaction.expired');
  });

  it('is late after ten minutes', async () => {
    const { person, back } = await away();
    await person.sandbox.waits(601);
    expect(await person.arrives(back)).toMatchObject(gone);
  });

  it('without a state, with two of them or with a made-up one is no answer', async () => {
    const { person, back } = await away();
    const state = back.searchParams.get('state') ?? '';
    for (const query of ['', '?code=x', '?code=x&state=made-up', `?code=x&state=${state}&state=${state}`]) {
      expect(await person.arrives(`/callback/national-platform${query}`)).toMatchObject(gone);
    }
    expect(await person.arrives(`/callback/another${back.search}`)).toMatchObject({ error: { code: 'page.not-found' } });
  });

  it('with the code of somebody else, or of another provider, is not believed', async () => {
    const [victim, attacker] = [await away(), await away()];
    const swapped = new URL(victim.back);
    swapped.searchParams.set('code', attacker.back.searchParams.get('code') ?? '');
    expect(await victim.person.arrives(swapped)).toMatchObject({ error: { code: 'upstream.invalid' } });
    const { person, back } = await away();
    back.searchParams.set('iss', 'https://another.example');
    expect(await person.arrives(back)).toMatchObject({ error: { code: 'upstream.invalid' } });
  });
});

describe('a binding', () => {
  it('is not made by whoever signs in without having said so', async () => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await comesBack(person, 'zhangwei');
    await person.goes(person.page.url.pathname.replace(/bind$/, 'login/password'));
    await signsIn(person, citizen);
    await service.receives(person);
    expect((await person.goes('/account/bindings')).text).toContain('还没有绑定任何第三方账号');
  });

  it('is not chosen from another site, or without the token of its page', async () => {
    const person = await service.sendsToUs();
    await comesBack(person, 'zhangwei');
    const { pathname } = person.page.url;
    expect(await person.posts(pathname, {})).toMatchObject({ error: { code: 'form.forged' } });
    expect(await person.posts(`${pathname}/register`, {})).toMatchObject({ error: { code: 'form.forged' } });
  });

  it('is asked for no longer than ten minutes', async () => {
    const person = await service.sendsToUs();
    await comesBack(person, 'zhangwei');
    const { pathname } = person.page.url;
    await person.sandbox.waits(601);
    expect(await person.goes(pathname)).toMatchObject({ error: { code: 'bind.gone' } });
  });
});
