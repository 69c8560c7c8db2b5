import { beforeAll, describe, expect, it } from '@jest/globals';
import { bindsEmail, sendsCode } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsInBySms, type Citizen } from '../support/citizen.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, seeksAccount } from '../support/recovery.ts';
import { linkIn, messageOf, messagesOf, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Whoever holds the phone of somebody guesses the number of their document, wherever it is asked for. */
describe('an owner whose document number somebody guesses', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  const guess = () => citizen().document.number;
  const told = async (...channels: readonly string[]) =>
    Promise.all(channels.map(async (to) => (await messagesOf(sandboxOf(product), to, 'notice.wrong-document')).length));

  async function recovers({ username, mobile }: Citizen, code?: string): Promise<Person> {
    const thief = await atRecovery(product);
    await thief.sandbox.waits(61);
    await seeksAccount(thief, username);
    const sent = await sendsCode(thief, mobile);
    await thief.submits({ code: code === sent ? '000001' : (code ?? sent), documentNumber: guess() });
    return thief;
  }

  async function isInside(victim: Citizen): Promise<Person> {
    const thief = newPerson(product);
    await thief.sandbox.waits(61);
    await thief.goes('/login');
    await signsInBySms(thief, victim);
    await thief.goes('/account/mobile');
    return thief;
  }

  it('[PRV-06] is told once a day on every channel, whether it was in a recovery or in a session', async () => {
    const victim = await newCitizen(product, 'L2');
    const email = await bindsEmail(product, victim);
    await recovers(victim);
    expect(await told(victim.mobile, email)).toEqual([1, 1]);
    await recovers(victim);
    const thief = await isInside(victim);
    for (let times = 0; times < 3; times += 1) await thief.submits({ documentNumber: guess() });
    expect(await told(victim.mobile, email)).toEqual([1, 1]);
    const [notice] = await messagesOf(thief.sandbox, email, 'notice.wrong-document');
    expect(notice?.text).not.toContain(victim.identity.document.number);
    await thief.sandbox.waits(86_401);
    await (await isInside(victim)).submits({ documentNumber: guess() });
    expect(await told(victim.mobile, email)).toEqual([2, 2]);
  });

  it('[PRV-06] is told on the old number when it is guessed to take back what was frozen', async () => {
    const [victim, { mobile }] = [await newCitizen(product, 'L2'), newcomer()];
    const thief = await isInside(victim);
    await thief.submits({ documentNumber: victim.identity.document.number });
    await thief.submits({ mobile, code: await sendsCode(thief, mobile, { mobile }) });
    const someone = newPerson(product);
    await someone.goes(linkIn(await messageOf(someone.sandbox, victim.mobile, 'notice.mobile-changed')));
    await someone.submits();
    await someone.sandbox.waits(61);
    await someone.opens('#next');
    await someone.submits({ documentNumber: guess(), code: await sendsCode(someone, victim.mobile) });
    expect(someone.page.error?.code).toBe('identity.mismatch');
    expect(await told(victim.mobile, mobile)).toEqual([1, 0]);
  });

  it('hears nothing of strangers who do not hold the mobile, and these are answered the same', async () => {
    const victim = await newCitizen(product, 'L2');
    const answer = ({ page }: Person) => [page.status, page.error];
    const wrongCode = answer(await recovers(victim, '000000'));
    expect(await told(victim.mobile)).toEqual([0]);
    expect(answer(await recovers(victim))).toEqual(wrongCode);
    expect(await told(victim.mobile)).toEqual([1]);
  });
});
