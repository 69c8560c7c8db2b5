import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, signsInBySms } from '../support/citizen.ts';
import { registersUnverified } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { comesBack, decides } from '../support/third-party.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct('demo');
  service = await relyingParty(product, 'basic');
});

const seeded = { username: 'zhangwei', password: 'Minxin-2026' };

/** Somebody signed in to their account centre who takes away the binding that a test made. */
async function unbinds(person: Person): Promise<void> {
  await person.goes('/account');
  await person.opens('#bindings');
  await person.opens('#unbind-national-platform');
  expect((await person.submits()).text).toContain('已解除绑定');
}

describe('signing in by a third party', () => {
  it('[LOG-11] [BND-08] the first time binds the account somebody signs in to, from then on it signs in, until they unbind it', async () => {
    const first = await service.sendsToUs();
    const page = await comesBack(first, 'zhangwei');
    expect(page.url.pathname).toMatch(/\/bind$/);
    expect(page.has('#bind-register')).toBe(false);
    await first.submits({}, { button: '#bind-existing' });
    expect(first.page.text).toContain('将绑定国家政务服务平台');
    await signsIn(first, seeded);
    await service.receives(first);
    const owner = await first.goes('/account/bindings');
    expect(owner.text).toContain('国家政务服务平台');
    expect((await messageOf(first.sandbox, '13800000001', 'notice.binding-added')).text).toContain('/undo/');

    const again = await service.sendsToUs();
    await comesBack(again, 'zhangwei');
    await allows(again);
    expect((await service.receives(again)).claims).toMatchObject({ amr: ['upstream'] });

    await unbinds(first);
    const third = await service.sendsToUs();
    expect((await comesBack(third, 'zhangwei')).url.pathname).toMatch(/\/bind$/);
  });

  it('somebody without an account registers, and is bound by it', async () => {
    const person = await service.sendsToUs();
    const page = await comesBack(person, 'liuyang');
    expect(page.has('#bind-register')).toBe(true);
    await person.submits({}, { button: '#bind-register' });
    expect(person.page.text).toContain('将绑定国家政务服务平台');
    await registersUnverified(person);
    await allows(person);
    expect((await service.receives(person)).claims).toMatchObject({ amr: ['mfa', 'pwd', 'sms'] });
    await unbinds(person);
  });

  it('whoever says no over there is told so, with the other ways beside it', async () => {
    const person = await service.sendsToUs();
    const page = await comesBack(person, 'zhangwei', 'refuse');
    expect(page).toMatchObject({ error: { code: 'upstream.refused' } });
    expect(page.has('#tab-password')).toBe(true);
  });

  it.each([
    ['down', 'upstream.unavailable'],
    ['html', 'upstream.unavailable'],
    ['huge', 'upstream.unavailable'],
    ['redirect', 'upstream.unavailable'],
    ['wrong-signature', 'upstream.invalid'],
    ['clock-off', 'upstream.invalid'],
  ] as const)('a third party that is %s after the way there: %s, and nothing happened', async (behaviour, code) => {
    const person = await service.sendsToUs();
    await person.submits({}, { button: '#upstream-national-platform' });
    const back = await decides(person, 'allow', 'zhangwei');
    await person.sandbox.authority('national-sign-in', behaviour);
    try {
      expect(await person.arrives(back)).toMatchObject({ error: { code } });
    } finally {
      await person.sandbox.authority('national-sign-in', 'normal');
      await person.sandbox.waits(6);
    }
  });

  it('an SMS code alone binds nothing to the account of a verified person', async () => {
    const citizen = await newCitizen(product, 'L2');
    const person = await service.sendsToUs();
    await comesBack(person, 'chenjing');
    await person.submits({}, { button: '#bind-existing' });
    await signsInBySms(person, citizen);
    expect(person.page).toMatchObject({ error: { code: 'bind.weak' } });
    expect((await newPerson(product).goes('/account/bindings')).error?.code).not.toBe('bind.weak');
  });

  it('whom it has verified is bound to no account of another person', async () => {
    const citizen = await newCitizen(product, 'L2');
    const person = await service.sendsToUs();
    await comesBack(person, 'zhangwei');
    await person.submits({}, { button: '#bind-existing' });
    await signsIn(person, citizen);
    expect(person.page).toMatchObject({ error: { code: 'bind.other-person' } });
  });

  it('who does not want it signs in as always, and nothing is bound', async () => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await comesBack(person, 'zhangwei');
    await person.submits({}, { button: '#bind-cancel' });
    await signsIn(person, citizen);
    await service.receives(person);
    expect((await person.goes('/account/bindings')).text).toContain('还没有绑定任何第三方账号');
  });
});
