import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, sendsCode, shown } from '../support/account-changes.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { listen } from '../support/listener.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { linkIn, messageOf, messagesOf, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

const masked = (mobile: string) => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);

/** Signed in by the SMS code, with the document number where it is asked for. */
async function insider(product: Product, { mobile, identity }: Citizen, change: string): Promise<Person> {
  const thief = newPerson(product);
  await thief.goes('/login');
  await signsInBySms(thief, { mobile });
  await thief.goes(`/account/${change}`);
  await thief.submits({ documentNumber: identity.document.number });
  expect(thief.page.url.pathname).toBe(`/account/${change}/new`);
  return thief;
}

/** The mobile of the account is another one: the first step of every theft. */
async function moves(product: Product, victim: Citizen): Promise<{ thief: Person; mobile: string }> {
  const thief = await insider(product, victim, 'mobile');
  const { mobile } = newcomer();
  await thief.submits({ mobile, code: await sendsCode(thief, mobile, { mobile }) });
  expect(thief.page.outcome).toBe('done');
  return { thief, mobile };
}

async function freezes(product: Product, link: string): Promise<Person> {
  const owner = newPerson(product);
  await owner.goes(link);
  await owner.submits();
  return owner;
}

async function returnsBy(owner: Person, fields: Readonly<Record<string, string>>, to: string): Promise<void> {
  await owner.opens('#next');
  const way = 'password' in fields && owner.page.has('#use-password') ? '#use-password' : undefined;
  if (way) await owner.opens(way);
  await owner.submits({ ...fields, code: await sendsCode(owner, to) });
}

describe.each(['demo', 'beijing', 'beijing-2019'])('a mobile that was moved by somebody else, in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[PRV-06] is told to the old number with a link that freezes it, and returns by a code to it and the document number', async () => {
    const victim = await newCitizen(product, 'L2');
    const listener = await listen(product);
    const service = await relyingParty(product, 'basic');
    const { thief, mobile } = await moves(product, victim);
    const elsewhere = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' }, thief);
    if (elsewhere.page.has('#consent-allow')) await elsewhere.submits({}, { button: '#consent-allow' });
    const { tokens, claims } = await service.receives(elsewhere);
    const notice = await messageOf(thief.sandbox, victim.mobile, 'notice.mobile-changed');
    const link = linkIn(notice);
    // The new number is told, too, but takes nothing back.
    expect((await messageOf(thief.sandbox, mobile, 'notice.mobile-changed')).text).not.toContain('/account/undo/');

    // What opens links on its own freezes nothing, however often.
    const scanner = newPerson(product, { headers: { 'User-Agent': 'SafeLinks/1.0' } });
    for (let times = 0; times < 3; times += 1) expect((await scanner.goes(link)).status).toBe(200);
    await scanner.posts(link, {});
    expect(scanner.page.error?.code).toBe('form.forged');
    expect(await isOut(thief)).toBe(false);

    const owner = await freezes(product, link);
    expect([owner.page.url.pathname, owner.page.outcome]).toEqual([link, 'done']);
    expect(await isOut(thief)).toBe(true);
    await expect(service.refreshes(tokens)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await service.verifies(await listener.takesLogout('basic', claims.sub))).toMatchObject({ sub: claims.sub });
    await messageOf(owner.sandbox, victim.mobile, 'notice.change-frozen');
    await listener.close();

    // Neither number signs anybody in, nor recovers anything.
    for (const to of [mobile, victim.mobile]) {
      const person = newPerson(product);
      await person.goes('/login');
      await person.opens('#tab-sms-code');
      const before = (await sandboxOf(product).messagesTo(to)).filter(({ template }) => template === 'code.login').length;
      await person.sandbox.waits(61);
      await person.asksForCode({ mobile: to });
      await person.submits({ mobile: to, code: '123456' });
      expect(['otp.wrong', 'otp.expired']).toContain(person.page.error?.code);
      expect((await sandboxOf(product).messagesTo(to)).filter(({ template }) => template === 'code.login')).toHaveLength(before);
    }

    await owner.sandbox.waits(61);
    await returnsBy(owner, { documentNumber: victim.identity.document.number }, victim.mobile);
    expect([owner.page.url.pathname, owner.page.outcome]).toEqual([link, 'done']);
    const back = newPerson(product);
    await back.goes('/login');
    await back.sandbox.waits(61);
    await signsInBySms(back, victim);
    await back.goes('/account');
    expect(shown(back.page, '手机号')).toBe(masked(victim.mobile));
    await messageOf(owner.sandbox, victim.mobile, 'notice.change-returned');
  });
});

describe('a frozen change', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('takes with it what the thief did besides: passkey, app and password open nothing, and the owner is not locked out', async () => {
    const victim = await newCitizen(product, 'L2');
    const email = `${victim.username}@example.cn`;
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, victim);
    await owner.goes('/account/email');
    await provesMobile(owner, victim.mobile);
    await owner.submits({ email, code: await sendsCode(owner, email, { email }) });
    await owner.sandbox.waits(86_400);

    // With the SIM card and the document number: a new password, and with it whatever there is.
    await recovers(await atRecovery(product), victim);
    const thief = newPerson(product);
    await thief.goes('/login');
    await signsIn(thief, { username: victim.username, password: renewed });
    await thief.goes('/account/mobile');
    await thief.sandbox.waits(61);
    await provesMobile(thief, victim.mobile);
    const { mobile } = newcomer();
    await thief.submits({ mobile, code: await sendsCode(thief, mobile, { mobile }) });
    await thief.goes('/account/security');
    const { app } = await setsUpApp(thief);
    await app.waits();
    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, victim);
    expect(again.page.error?.code).toBe('credentials.wrong');

    // The e-mail address is still the owner's.
    const link = linkIn(await messageOf(owner.sandbox, email, 'notice.mobile-changed'));
    await freezes(product, link);
    await messageOf(owner.sandbox, email, 'notice.change-frozen');
    const out = newPerson(product);
    await out.goes('/login');
    await signsIn(out, { username: victim.username, password: renewed });
    expect(out.page.error?.code).toBe('credentials.wrong');

    // The old password is back, though it opens nothing before the code to the old number.
    await owner.goes('/login');
    await signsIn(owner, victim);
    expect(owner.page.error?.code).toBe('credentials.wrong');
    await owner.goes(link);
    await owner.sandbox.waits(61);
    await returnsBy(owner, { password: victim.password }, victim.mobile);
    expect(owner.page.outcome).toBe('done');
    await owner.goes('/login');
    await signsIn(owner, victim);
    expect(await isOut(owner)).toBe(false);
    await owner.goes('/account/security');
    expect([owner.page.has('#set-up-totp'), owner.page.$('#passkeys li')]).toMatchObject([true, { length: 0 }]);
  });

  it('is given back in the account centre by whoever signs in with a passkey of their own', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    const passkey = softwareAuthenticator(product.issuer);
    await addsPasskey(owner, passkey);
    await owner.sandbox.waits(61);
    const { mobile } = await moves(product, victim);
    await freezes(product, linkIn(await messageOf(owner.sandbox, victim.mobile, 'notice.mobile-changed')));
    await owner.goes('/login');
    await signsInWithPasskey(owner, passkey);
    expect(await isOut(owner)).toBe(false);
    expect(shown(owner.page, '手机号')).toBe(masked(victim.mobile));
    // Nothing else is changed meanwhile.
    for (const path of ['/account/mobile', '/account/security/totp', '/account/security/passkeys/new'])
      expect((await owner.goes(path)).url.pathname).toBe('/account/frozen');
    await owner.goes('/account');
    await owner.opens('#frozen');
    await owner.opens('#next');
    expect([owner.page.has('#documentNumber'), owner.page.has('#password')]).toEqual([false, false]);
    await owner.sandbox.waits(61);
    await owner.submits({ code: await sendsCode(owner, victim.mobile) });
    expect([owner.page.url.pathname, owner.page.outcome]).toEqual(['/account/frozen', 'done']);
    await owner.goes('/account');
    expect([owner.page.has('#frozen'), shown(owner.page, '手机号')]).toEqual([false, masked(victim.mobile)]);
    expect(mobile).not.toBe(victim.mobile);
  });

  it('does not return by the code alone, nor by a wrong number or password, nor by another code', async () => {
    const victim = await newCitizen(product, 'L2');
    const { mobile } = await moves(product, victim);
    const { sandbox } = newPerson(product);
    const link = linkIn(await messageOf(sandbox, victim.mobile, 'notice.mobile-changed'));
    const owner = await freezes(product, link);
    await owner.sandbox.waits(61);
    await owner.opens('#next');
    const code = await sendsCode(owner, victim.mobile);
    await owner.submits({ documentNumber: victim.identity.document.number, code: code === '000000' ? '000001' : '000000' });
    expect(owner.page.error?.code).toBe('otp.wrong');
    await owner.submits({ documentNumber: '', code });
    expect(owner.page.error).toMatchObject({ code: 'field.required', field: 'documentNumber' });
    const other = await newCitizen(product, 'L2');
    await owner.submits({ documentNumber: other.identity.document.number, code });
    expect(owner.page.error).toMatchObject({ code: 'identity.mismatch', field: 'documentNumber' });
    // The code was right, and is not asked for again; the other way needs its own proof.
    expect(owner.page.has('#code')).toBe(false);
    await owner.opens('#use-password');
    await owner.submits({ password: 'Falsch-2026' });
    expect(owner.page.error).toMatchObject({ code: 'credentials.wrong', field: 'password' });
    await owner.submits({ password: victim.password });
    expect(owner.page.outcome).toBe('done');
    expect((await messagesOf(owner.sandbox, mobile, 'notice.change-returned')).length).toBe(0);
  });

  it('freezes once, however often and wherever the button is pressed, and never after its time', async () => {
    const victim = await newCitizen(product, 'L2');
    const { thief } = await moves(product, victim);
    const link = linkIn(await messageOf(thief.sandbox, victim.mobile, 'notice.mobile-changed'));
    const people = [newPerson(product), newPerson(product), newPerson(product)];
    await Promise.all(people.map((person) => person.goes(link)));
    await Promise.all(people.map((person) => person.submits()));
    expect(people.map(({ page }) => page.outcome)).toEqual(['done', 'done', 'done']);
    expect(await messagesOf(thief.sandbox, victim.mobile, 'notice.change-frozen')).toHaveLength(1);

    const second = await newCitizen(product, 'L2');
    await moves(product, second);
    const late = linkIn(await messageOf(thief.sandbox, second.mobile, 'notice.mobile-changed'));
    const open = newPerson(product);
    await open.goes(late);
    await open.sandbox.waits(7 * 86_400);
    await open.submits();
    expect([open.page.status, open.page.error?.code]).toEqual([410, 'change.gone']);
    for (const path of [late, `${late.slice(0, -1)}${late.endsWith('A') ? 'B' : 'A'}`, '/account/undo/nothing'])
      expect((await open.goes(path)).error?.code).toBe('change.gone');
  });

  it('whoever was given the old number since freezes the change, and gets in by nothing', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, victim);
    await owner.goes('/account/mobile');
    await provesMobile(owner, victim.mobile);
    const { mobile } = newcomer();
    await owner.submits({ mobile, code: await sendsCode(owner, mobile, { mobile }) });
    const stranger = await freezes(product, linkIn(await messageOf(owner.sandbox, victim.mobile, 'notice.mobile-changed')));
    await stranger.sandbox.waits(61);
    await stranger.opens('#next');
    await stranger.submits({ documentNumber: citizen().document.number, code: await sendsCode(stranger, victim.mobile) });
    expect(stranger.page.error?.code).toBe('identity.mismatch');
    await stranger.goes('/login');
    await stranger.opens('#tab-sms-code');
    await stranger.sandbox.waits(61);
    await stranger.asksForCode({ mobile: victim.mobile });
    await stranger.submits({ mobile: victim.mobile, code: '123456' });
    expect(['otp.wrong', 'otp.expired']).toContain(stranger.page.error?.code);
    // The owner, who did it with the password, signs in with it as ever.
    await owner.goes('/login');
    await signsIn(owner, victim);
    expect(await isOut(owner)).toBe(false);
  });
});
