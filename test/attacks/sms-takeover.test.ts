import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, sendsCode, shown } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Whoever holds the phone of somebody, and knows nothing else of them. */
async function thiefOf(product: Product, victim: Citizen): Promise<Person> {
  const thief = newPerson(product);
  await thief.goes('/login');
  await signsInBySms(thief, victim);
  return thief;
}

const changes = ['password', 'mobile', 'email', 'username'] as const;
const pathOf = (person: Person) => person.page.url.pathname;

/** A document number of the right shape that is somebody else's. */
const guess = () => citizen().document.number;

describe.each(['demo', 'beijing', 'beijing-2019'])('whoever holds the phone of a verified person, in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });
  // The earlier edition of Beijing lets nobody change the username.
  const offered = changes.filter((change) => profile !== 'beijing-2019' || change !== 'username');

  it.each(offered)('is in by the SMS code, and does not come to the change of the %s', async (change) => {
    const victim = await newCitizen(product, 'L2');
    const thief = await thiefOf(product, victim);
    for (const step of ['', '/new', '/done']) {
      await thief.goes(`/account/${change}${step}`);
      expect([pathOf(thief), thief.page.has('#documentNumber')]).toEqual([`/account/${change}/verify`, true]);
    }
    await thief.submits({ documentNumber: '' });
    expect(thief.page.error).toMatchObject({ code: 'field.required', field: 'documentNumber' });
    await thief.submits({ documentNumber: guess() });
    expect(thief.page.error).toMatchObject({ code: 'identity.mismatch', field: 'documentNumber' });
    await thief.goes(`/account/${change}/new`);
    expect(pathOf(thief)).toBe(`/account/${change}/verify`);
    // A second SMS code proves no more than the first.
    await thief.sandbox.waits(660);
    await thief.goes(`/account/${change}`);
    expect([thief.page.has('#code'), thief.page.has('#documentNumber')]).toEqual([true, true]);
    await thief.submits({ documentNumber: guess(), code: await sendsCode(thief, victim.mobile) });
    expect(thief.page.error).toMatchObject({ code: 'identity.mismatch', field: 'documentNumber' });
    expect([thief.page.has('#code'), pathOf(thief)]).toEqual([false, `/account/${change}/verify`]);
  });

  it('reads nothing on any page of what would help to guess it: not the last digits, which check the others, nor sex nor end', async () => {
    const victim = await newCitizen(product, 'L2');
    const ending = `*${victim.identity.document.number.slice(-2)}`;
    const thief = await thiefOf(product, victim);
    const account = await thief.goes('/account');
    expect([shown(account, '证件号码'), shown(account, '性别')]).toEqual(['****', '用密码登录后显示']);
    expect(account.text).not.toContain('证件有效期至');
    expect((await thief.goes('/account/level')).text).not.toContain(ending);
    const card = await thief.goes('/login?acr=L3&method=bank-card');
    // The page that says whose card it must be.
    expect([card.has('[name=bankCard]'), card.text.includes(ending)]).toEqual([true, false]);
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, victim);
    const page = await owner.goes('/account');
    expect([shown(page, '证件号码').endsWith(ending), shown(page, '性别')]).toEqual([true, expect.stringMatching(/^[男女]$/)]);
  });

  it('guesses no document number, from however many sessions', async () => {
    const victim = await newCitizen(product, 'L2');
    const right = victim.identity.document.number;
    // Five a day from one browser, and ten from all of them: what is right in the eleventh try is not heard.
    for (const change of ['mobile', 'email']) {
      const thief = await thiefOf(product, victim);
      await thief.goes(`/account/${change}`);
      for (let tries = 0; tries < 5; tries += 1) {
        await thief.submits({ documentNumber: guess() });
        expect(thief.page.error?.code).toBe('identity.mismatch');
      }
      await thief.submits({ documentNumber: right });
      expect([thief.page.status, thief.page.error]).toMatchObject([429, { code: 'credentials.throttled', field: 'documentNumber' }]);
      await thief.sandbox.waits(61);
    }
    await sandboxOf(product).waits(3600);
    const again = await thiefOf(product, victim);
    await again.goes('/account/mobile');
    await again.submits({ documentNumber: right });
    expect(again.page.error).toMatchObject({ code: 'credentials.throttled', field: 'documentNumber' });
  });

  it('leaves the owner where they were: nothing changed, nobody is out', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, victim);
    const thief = await thiefOf(product, victim);
    const { mobile } = newcomer();
    for (const change of offered) {
      await thief.goes(`/account/${change}`);
      await thief.posts(`/account/${change}/new`, { mobile, code: '000000', _form: '0.forged' });
    }
    await owner.goes('/account');
    expect([pathOf(owner), shown(owner.page, '手机号')]).toEqual([
      '/account',
      `${victim.mobile.slice(0, 3)}****${victim.mobile.slice(-4)}`,
    ]);
    const told = (await owner.sandbox.messagesTo(victim.mobile)).map(({ template }) => template);
    expect(told.filter((template) => template.endsWith('-changed'))).toEqual([]);
  });
});

describe('whoever holds the phone of a verified person, at the sign-in protection', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('sets up no app of their own without the number of the document', async () => {
    const { thief, proof } = await wants('/account/security/totp');
    await thief.opens('#use-sms-code');
    await thief.submits({ documentNumber: guess() });
    expect(thief.page.error?.code).toBe('identity.mismatch');
    await thief.posts('/account/security/totp', { totpCode: '123456' });
    expect(pathOf(thief)).toBe(proof);
  });

  it('and adds no passkey with it either: that wants the password', async () => {
    const { thief, proof } = await wants('/account/security/passkeys/new');
    expect(thief.page.has('#use-sms-code')).toBe(false);
    await thief.goes(proof.replace(/password$/, 'sms-code'));
    expect(pathOf(thief)).toBe(proof);
    await thief.posts('/account/security/passkeys/new', { credential: '{}', passkeyName: 'mine' });
    expect(pathOf(thief)).toBe(proof);
  });

  async function wants(path: string): Promise<{ readonly thief: Person; readonly proof: string }> {
    const thief = await thiefOf(product, await newCitizen(product, 'L2'));
    await thief.goes(path);
    expect(pathOf(thief)).toMatch(/^\/account\/proof\/[\w-]+\/password$/);
    return { thief, proof: pathOf(thief) };
  }

  it('changes nothing with the app that is on the same phone either', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    const { app } = await setsUpApp(owner);
    await app.waits();
    const thief = newPerson(product);
    await thief.goes('/login');
    await signsInBySms(thief, victim);
    await thief.submits({ totpCode: await app.code() });
    for (const path of ['/account/mobile', '/account/email', '/account/password']) {
      await thief.goes(path);
      expect([pathOf(thief), thief.page.has('#documentNumber')]).toEqual([`${path}/verify`, true]);
    }
    for (const path of ['/account/security/totp/remove', '/account/security/recovery-codes/new']) {
      await thief.goes(path);
      expect(pathOf(thief)).toMatch(/^\/account\/proof\//);
    }
  });

  it('takes nothing away: neither the app nor its codes nor a passkey', async () => {
    const victim = await newCitizen(product, 'L2');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    const passkey = softwareAuthenticator(product.issuer);
    await addsPasskey(owner, passkey);
    const one = owner.page.$('#passkeys li a').attr('href') ?? '';
    const thief = await thiefOf(product, victim);
    await owner.goes('/account/security');
    await setsUpApp(owner);
    // Turning it on has signed the thief out, and the sign-in asks for its code from now on.
    await thief.goes('/account');
    expect(pathOf(thief)).toMatch(/\/login\//);

    const other = await newCitizen(product, 'L2');
    const there = newPerson(product);
    await atProtection(there, other);
    await addsPasskey(there, softwareAuthenticator(product.issuer));
    const theirs = there.page.$('#passkeys li a').attr('href') ?? '';
    const finder = await thiefOf(product, other);
    for (const path of [theirs, '/account/security/totp/remove', '/account/security/recovery-codes/new']) {
      await finder.goes(path);
      expect(pathOf(finder)).toMatch(/^\/account\/proof\//);
    }
    for (const path of [theirs, `${theirs}/remove`, '/account/security/totp/remove', '/account/security/recovery-codes/new']) {
      await finder.posts(path, { passkeyName: 'mine' });
      expect(pathOf(finder)).toMatch(/^\/account\/proof\//);
    }
    await there.goes('/account/security');
    expect(there.page.$('#passkeys li')).toHaveLength(1);
    expect((await owner.goes(one)).status).toBe(200);
  });
});

describe('whoever holds the phone and knows the document number', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  const day = 86_400;

  it('has a new password at once, which for a day opens no more than the phone does, and says what it is', async () => {
    const victim = await newCitizen(product, 'L3');
    await recovers(await atRecovery(product), victim);
    const [open, closed] = [await relyingParty(product, 'basic'), await relyingParty(product, 'level-3')];
    const thief = await open.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
    await signsIn(thief, { username: victim.username, password: renewed });
    const { claims, tokens } = await open.receives(thief);
    expect(claims).toMatchObject({ acr: 'L2', amr: ['pwd'] });

    await closed.sendsToUs({}, thief);
    expect(pathOf(thief)).toMatch(/\/step-up$/);
    expect(thief.page.has('a[id^=step-up-]')).toBe(false);
    expect(thief.page.text).toMatch(/密码是不久前重新设置的.*起才能用于所需级别/);
    // Typed once more, it is the same password.
    await thief.goes(`${pathOf(thief)}/password`);
    await thief.submits({ password: renewed });
    expect([pathOf(thief).endsWith('/step-up'), thief.page.has('a[id^=step-up-]')]).toEqual([true, false]);
    await closed.sendsToUs({ prompt: 'none' }, thief);
    expect(await closed.isRefused(thief)).toMatchObject({ error: 'interaction_required' });

    // Nor does it make itself stronger by way of a passkey.
    await thief.goes('/account/security/passkeys/new');
    await thief.submits({ password: renewed });
    expect(thief.page.error).toMatchObject({ code: 'presence.settling', field: 'password' });

    await thief.sandbox.waits(day);
    const refreshed = await open.refreshes(tokens);
    expect(await open.verifies(refreshed.id_token ?? '')).toMatchObject({ acr: 'L2', amr: ['pwd'] });
    const owner = await closed.sendsToUs();
    await signsIn(owner, { username: victim.username, password: renewed });
    expect((await closed.receives(owner)).claims).toMatchObject({ acr: 'L3', amr: ['pwd'] });
  });

  it('changes the password again, and a day begins anew', async () => {
    const victim = await newCitizen(product, 'L3');
    await recovers(await atRecovery(product), victim);
    const thief = newPerson(product);
    await thief.goes('/login');
    await signsIn(thief, { username: victim.username, password: renewed });
    await thief.sandbox.waits(day - 3600);
    await thief.goes('/login');
    await signsIn(thief, { username: victim.username, password: renewed });
    await thief.goes('/account/password');
    await provesMobile(thief, victim.mobile);
    const next = 'Weiter-2026-fort';
    await thief.submits({ password: renewed, newPassword: next, confirmPassword: next });
    expect(thief.page.outcome).toBe('done');
    await thief.sandbox.waits(3601);
    const service = await relyingParty(product, 'level-3');
    const again = await service.sendsToUs();
    await signsIn(again, { username: victim.username, password: next });
    expect([pathOf(again).endsWith('/step-up'), again.page.has('#step-up-password')]).toEqual([true, false]);
  });

  it('a passkey of the owner counts for what it is all the while', async () => {
    const victim = await newCitizen(product, 'L3');
    const owner = newPerson(product);
    await atProtection(owner, victim);
    const passkey = softwareAuthenticator(product.issuer);
    await addsPasskey(owner, passkey);
    await recovers(await atRecovery(product), victim);
    const service = await relyingParty(product, 'level-3');
    const person = await service.sendsToUs();
    await signsInWithPasskey(person, passkey);
    expect((await service.receives(person)).claims.acr).toBe('L3');
  });
});
