import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, sendsCode, shown } from '../support/account-changes.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { atRecovery, recovers } from '../support/recovery.ts';
import { linkIn, messageOf, messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

const masked = (mobile: string) => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);
const contested = 7200;

async function signedIn(product: Product, citizen: Pick<Citizen, 'username' | 'password'>): Promise<Person> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, citizen);
  return person;
}

async function movesMobile(person: Person, citizen: Citizen): Promise<string> {
  const { mobile } = newcomer();
  await person.goes('/account/mobile');
  const { page } = person;
  if (page.url.pathname !== '/account/mobile/new')
    await person.submits({
      ...(page.has('#documentNumber') && { documentNumber: citizen.identity.document.number }),
      ...(page.has('#code') && { code: await sendsCode(person, citizen.mobile) }),
    });
  await person.submits({ mobile, code: await sendsCode(person, mobile, { mobile }) });
  expect(person.page.outcome).toBe('done');
  return mobile;
}

/** Whoever has the number of before, or read the message on a phone that lies about. */
async function freezes(product: Product, to: string, notice: string): Promise<{ readonly stranger: Person; readonly link: string }> {
  const stranger = newPerson(product);
  const link = linkIn(await messageOf(stranger.sandbox, to, `notice.${notice}`));
  await stranger.goes(link);
  await stranger.submits();
  expect(stranger.page.outcome).toBe('done');
  await stranger.sandbox.waits(61);
  return { stranger, link };
}

async function confirms(person: Person, to: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  await person.submits({ ...fields, code: await sendsCode(person, to) });
}

describe.each(['demo', 'beijing'])('a change of the owner that a stranger with the old number froze, in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[PRV-06] is confirmed by the password and a code to the new number, is told to both, and can be frozen no more', async () => {
    const citizen = await newCitizen(product, 'L2');
    const mobile = await movesMobile(await signedIn(product, citizen), citizen);
    const { stranger, link } = await freezes(product, citizen.mobile, 'mobile-changed');
    await messageOf(stranger.sandbox, mobile, 'notice.change-frozen');

    const elsewhere = await signedIn(product, citizen);
    const owner = await signedIn(product, citizen);
    await owner.goes('/account');
    await owner.opens('#frozen');
    await owner.opens('#confirm-mobile');
    // The password may be somebody else's as well: whoever has the old number has the first word for a while.
    expect([owner.page.has('#next'), owner.page.text]).toEqual([false, expect.stringMatching(/起才能确认/)]);
    for (const person of [owner, elsewhere]) await person.sandbox.waits(contested / 2);
    const later = await signedIn(product, citizen);
    const other = await signedIn(product, citizen);
    await later.goes('/account/frozen/confirm/mobile');
    await confirms(later, mobile);
    expect([later.page.url.pathname, later.page.outcome]).toEqual(['/account/frozen', 'done']);
    await later.goes('/account');
    expect([later.page.has('#frozen'), shown(later.page, '手机号')]).toEqual([false, masked(mobile)]);
    expect(await isOut(other)).toBe(true);
    for (const to of [citizen.mobile, mobile]) await messageOf(later.sandbox, to, 'notice.change-confirmed');

    await stranger.goes(link);
    expect([stranger.page.has('#next'), stranger.page.text]).toEqual([true, expect.stringContaining('不能再被冻结')]);
    await stranger.posts(link, {});
    await stranger.goes(`${link}/return/document`);
    expect(stranger.page.url.pathname).toBe(link);
    expect((await messagesOf(stranger.sandbox, mobile, 'notice.change-frozen')).length).toBe(1);
    await later.goes('/account');
    expect(later.page.has('#frozen')).toBe(false);

    const phone = newPerson(product);
    await phone.goes('/login');
    await phone.sandbox.waits(61);
    await signsInBySms(phone, { mobile });
    expect(await isOut(phone)).toBe(false);
  });
});

describe('a change that is frozen', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('by a thief with a found phone and the document number is never confirmed by what they have', async () => {
    const victim = await newCitizen(product, 'L2');
    const thief = newPerson(product);
    await thief.goes('/login');
    await signsInBySms(thief, victim);
    const mobile = await movesMobile(thief, victim);
    const { link } = await freezes(product, victim.mobile, 'mobile-changed');
    await thief.sandbox.waits(contested);
    await thief.goes('/account/frozen/confirm/mobile');
    expect(thief.page.url.pathname).toMatch(/\/login\//);
    // Nobody is found by the new number, no password is recovered, and the session of before is gone.
    const again = await atRecovery(product);
    await again.submits({ identifier: mobile });
    expect(again.page.outcome).not.toBe('done');

    const owner = newPerson(product);
    await owner.goes(link);
    await owner.opens('#next');
    await owner.submits({ documentNumber: victim.identity.document.number, code: await sendsCode(owner, victim.mobile) });
    expect(owner.page.outcome).toBe('done');
    const late = await signedIn(product, victim);
    await late.goes('/account/frozen/confirm/mobile');
    expect([late.page.url.pathname, late.page.has('#code')]).toEqual(['/account/frozen', false]);
  });

  it('with the password is not confirmed by that password, nor by the one before it', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    const passkey = softwareAuthenticator(product.issuer);
    await addsPasskey(owner, passkey);
    await owner.sandbox.waits(2 * 86_400);
    const recovering = await atRecovery(product);
    await recovers(recovering, victim);
    await freezes(product, victim.mobile, 'password-recovered');

    // A passkey that is not frozen does.
    await owner.goes('/login');
    await signsInWithPasskey(owner, passkey);
    await owner.goes('/account/frozen');
    await owner.opens('#confirm-password');
    expect(owner.page.has('#password')).toBe(false);
    await confirms(owner, victim.mobile);
    expect(owner.page.outcome).toBe('done');
    const old = newPerson(product);
    await old.goes('/login');
    await signsIn(old, victim);
    expect(old.page.error?.code).toBe('credentials.wrong');
    expect(await isOut(await signedIn(product, { ...victim, password: 'Jiangshan-8052' }))).toBe(false);
  });

  it('is confirmed thing by thing, each by a code to the mobile that is in force', async () => {
    const citizen = await newCitizen(product, 'L2');
    const owner = await signedIn(product, citizen);
    const email = `${citizen.username}@example.cn`;
    await owner.goes('/account/email');
    await provesMobile(owner, citizen.mobile);
    await owner.submits({ email, code: await sendsCode(owner, email, { email }) });
    await owner.sandbox.waits(61);
    const mobile = await movesMobile(owner, citizen);
    for (const notice of ['mobile-changed', 'email-changed']) await freezes(product, citizen.mobile, notice);

    await owner.sandbox.waits(contested);
    const back = await signedIn(product, citizen);
    await back.goes('/account/frozen');
    expect([back.page.has('#confirm-mobile'), back.page.has('#confirm-email')]).toEqual([true, false]);
    await back.goes('/account/frozen/confirm/email');
    expect(back.page.url.pathname).toBe('/account/frozen');
    await back.opens('#confirm-mobile');
    await confirms(back, mobile);
    expect([back.page.url.pathname, back.page.has('#confirm-email')]).toEqual(['/account/frozen', true]);
    await back.opens('#confirm-email');
    // The code to the mobile that is in force was right a moment ago.
    expect(back.page.has('#code')).toBe(false);
    await back.submits();
    await back.goes('/account');
    expect([back.page.has('#frozen'), shown(back.page, '手机号')]).toEqual([false, masked(mobile)]);
    expect(back.page.text).toContain(email.slice(-11));
  });

  it('with the app is confirmed at the sign-in that it stops, by the password and the phone, and the app is asked for again', async () => {
    const citizen = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, citizen);
    const { app } = await setsUpApp(owner);
    const { stranger: finder } = await freezes(product, citizen.mobile, 'totp-set-up');
    await finder.goes('/login');
    await signsInBySms(finder, citizen);
    expect(finder.page.error?.code).toBe('change.frozen');
    await finder.goes(`${finder.page.url.pathname.split('/login/')[0]}/login/frozen`);
    expect(finder.page.url.pathname).not.toMatch(/frozen$/);

    await owner.sandbox.waits(61);
    await owner.goes('/login');
    await signsIn(owner, citizen);
    expect([owner.page.url.pathname, owner.page.error?.code]).toEqual([expect.stringMatching(/\/login\/frozen$/), 'change.frozen']);
    await confirms(owner, citizen.mobile);
    expect(owner.page.url.pathname).toMatch(/\/login\/second-factor$/);
    await app.waits();
    await owner.submits({ totpCode: await app.code() });
    expect(await isOut(owner)).toBe(false);
  });
});
