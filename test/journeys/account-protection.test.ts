import { beforeAll, describe, expect, it } from '@jest/globals';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, appFor, atProtection, challengeAt, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

async function owner(): Promise<{ person: Person; citizen: Citizen }> {
  const citizen = await newCitizen(product, 'L2');
  const person = newPerson(product);
  await atProtection(person, citizen);
  return { person, citizen };
}

const names = ({ page }: Person) =>
  page
    .$('#passkeys li strong')
    .toArray()
    .map((each) => page.$(each).text());

describe('the passkeys of an account', () => {
  it('[AST-14] are added, named, used and removed by their owner, who is told of each change', async () => {
    const { person, citizen } = await owner();
    const { mobile } = citizen;
    const authenticator = softwareAuthenticator(product.issuer, { synced: true });
    await addsPasskey(person, authenticator, { name: '  我的  手机 ' });
    expect(names(person)).toEqual(['我的 手机']);
    expect(person.page.text).toContain('可在多台设备间同步');
    expect(person.page.text).toContain('尚未使用');
    expect((await messageOf(person.sandbox, mobile, 'notice.passkey-added')).text).toMatch(
      /添加了一个通行密钥.*如非本人操作.*\/help.*12345/,
    );

    const service = await relyingParty(product, 'basic');
    await signsInWithPasskey(await service.sendsToUs(), authenticator);
    await person.goes('/account/security');
    expect(person.page.text).toContain('最近使用');

    await person.opens('#passkeys li a');
    await person.submits({ passkeyName: '平板 📱' });
    expect(names(person)).toEqual(['平板 📱']);
    await messageOf(person.sandbox, mobile, 'notice.passkey-renamed');
    await person.opens('#passkeys li a');
    expect((await person.submits({ passkeyName: ' 平板  📱 ' })).outcome).toBeUndefined();
    expect((await person.sandbox.messagesTo(mobile)).filter(({ template }) => template === 'notice.passkey-renamed')).toHaveLength(1);

    await person.opens('#passkeys li a');
    await person.submits({}, { button: '#remove' });
    expect(names(person)).toEqual([]);
    expect(person.page.outcome).toBe('done');
    await messageOf(person.sandbox, mobile, 'notice.passkey-removed');
    const refused = await signsInWithPasskey(await service.sendsToUs(), authenticator);
    expect(refused.error?.code).toBe('passkey.wrong');
  });

  it.each([
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['another site', { rpId: 'elsewhere.example' }],
    ['a challenge that nobody gave', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['nobody verified', { userVerified: false }],
    ['the answer of a sign-in', { type: 'webauthn.get' }],
  ])('[AST-14] one made with %s is not added', async (_, lies) => {
    const { person } = await owner();
    const page = await addsPasskey(person, softwareAuthenticator(product.issuer), { lies });
    expect(page).toMatchObject({ status: 422, error: { code: 'passkey.wrong', field: 'credential' } });
    await person.goes('/account/security');
    expect(names(person)).toEqual([]);
  });

  it('a challenge is good once, and a passkey belongs to one account', async () => {
    const { person } = await owner();
    const authenticator = softwareAuthenticator(product.issuer);
    await person.opens('#add-passkey');
    const credential = authenticator.creates(await challengeAt(person));
    await person.submits({ credential });
    await person.opens('#add-passkey');
    expect((await person.submits({ credential })).error?.code).toBe('passkey.wrong');
    const known = authenticator.creates(await challengeAt(person));
    expect((await person.submits({ credential: known })).error?.code).toBe('passkey.known');
    const { person: stranger } = await owner();
    await stranger.opens('#add-passkey');
    const stolen = authenticator.creates(await challengeAt(stranger));
    expect(await stranger.submits({ credential: stolen })).toMatchObject({ status: 409, error: { code: 'passkey.known' } });
  });

  it('that are there already are named to the browser, so that it makes no second one', async () => {
    const { person } = await owner();
    const authenticator = softwareAuthenticator(product.issuer);
    await addsPasskey(person, authenticator);
    await person.opens('#add-passkey');
    const options = await challengeAt<{ excludeCredentials: { id: string }[]; user: { id: string; name: string }; attestation: string }>(
      person,
    );
    expect(options.excludeCredentials.map(({ id }) => id)).toEqual([authenticator.credentialId]);
    expect(options).toMatchObject({ attestation: 'none', user: { name: expect.stringMatching(/^1\d\d\*{4}\d{4}$/) } });
  });

  it.each(['', '   ', '\u200b', '名'.repeat(41)])('a name of nothing or of too much is refused: %p', async (name) => {
    const { person } = await owner();
    const page = await addsPasskey(person, softwareAuthenticator(product.issuer), { name });
    expect(page.status).toBe(422);
    expect(page.error?.field).toBe('passkeyName');
  });

  it('nobody sees, names or removes the passkey of somebody else', async () => {
    const { person } = await owner();
    await addsPasskey(person, softwareAuthenticator(product.issuer));
    const address = person.page.$('#passkeys li a').attr('href') ?? '';
    const { person: stranger } = await owner();
    expect((await stranger.goes(address)).status).toBe(404);
    expect((await stranger.posts(`${address}/remove`, {})).status).toBe(404);
    expect((await stranger.goes('/account/security/passkeys/no-uuid')).status).toBe(404);
  });
});

describe('two-step verification of an account', () => {
  it('[AST-14] is set up by a picture or a text, confirmed by a code, and gives ten recovery codes to keep', async () => {
    const { person, citizen } = await owner();
    await person.opens('#set-up-totp');
    expect(person.page.$('svg.qr path').attr('d')).toMatch(/^M\d+ \d+h1v1h-1z/);
    const secret = person.page.says('#secret');
    expect((await person.goes('/account/security/totp')).says('#secret')).toBe(secret);
    const wrong = await person.submits({ totpCode: 'abcdef' });
    expect(wrong).toMatchObject({ status: 422, error: { code: 'totp.wrong', field: 'totpCode' } });
    expect(wrong.says('#secret')).toBe(secret);

    await person.submits({ totpCode: await appFor(person, secret).code() });
    const shown = person.page
      .$('#codes li')
      .toArray()
      .map((each) => person.page.$(each).text().trim());
    expect(new Set(shown).size).toBe(10);
    const file = await person.tab().goes('/account/security/recovery-codes/codes.txt');
    for (const code of shown) expect(file.html).toContain(code);
    expect(file.headers['content-disposition']).toBe('attachment; filename="recovery-codes.txt"');
    expect(file.headers['cache-control']).toBe('no-store');
    await messageOf(person.sandbox, citizen.mobile, 'notice.totp-set-up');

    await person.submits();
    expect(person.page.text).toContain('剩余 10 个恢复码');
    expect((await person.goes('/account/security/recovery-codes')).url.pathname).toBe('/account/security');
    expect((await person.goes('/account/security/recovery-codes/codes.txt')).status).toBe(404);
  });

  it('[AST-14] new recovery codes end the old ones, and switching off ends both', async () => {
    const { person, citizen } = await owner();
    const { codes } = await setsUpApp(person);
    await person.goes('/account/security');
    await person.opens('#new-codes');
    await person.submits();
    const fresh = person.page
      .$('#codes li')
      .toArray()
      .map((each) => person.page.$(each).text().trim());
    expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
    await messageOf(person.sandbox, citizen.mobile, 'notice.recovery-codes-made');

    const service = await relyingParty(product, 'basic');
    const other = await service.sendsToUs();
    await other.submits({ identifier: citizen.username, password: citizen.password });
    await other.opens('#use-other');
    expect((await other.submits({ recoveryCode: codes[0] ?? '' })).error?.code).toBe('recovery-code.wrong');

    await person.goes('/account/security');
    await person.opens('#remove-totp');
    await person.submits({}, { button: '#remove' });
    expect(person.page.has('#set-up-totp')).toBe(true);
    await messageOf(person.sandbox, citizen.mobile, 'notice.totp-removed');
    const plain = await service.sendsToUs();
    await signsIn(plain, citizen);
    await service.redeems(plain);
  });

  it('is finished with what was scanned, also where the proof has to be given again on the way', async () => {
    const { person, citizen } = await owner();
    await person.opens('#set-up-totp');
    const secret = person.page.says('#secret');
    await person.sandbox.waits(1200);
    await person.submits({ totpCode: await appFor(person, secret).code() });
    await person.submits({ password: citizen.password });
    expect(person.page.says('#secret')).toBe(secret);
    await person.submits({ totpCode: await appFor(person, secret).code() });
    expect(person.page.has('#codes')).toBe(true);
  });

  it('is switched off once, by a second tab too, and codes are made for no app that is off', async () => {
    const { person, citizen } = await owner();
    await setsUpApp(person);
    await person.goes('/account/security/totp/remove');
    const other = person.tab();
    await other.goes('/account/security/totp/remove');
    for (const tab of [person, other]) expect((await tab.submits({}, { button: '#remove' })).url.pathname).toBe('/account/security');
    await messageOf(person.sandbox, citizen.mobile, 'notice.totp-removed');
    expect((await person.sandbox.messagesTo(citizen.mobile)).filter(({ template }) => template === 'notice.totp-removed')).toHaveLength(1);
    expect((await person.goes('/account/security/recovery-codes/new')).status).toBe(404);
  });

  it('codes that are shown go after ten minutes, whether they were kept or not', async () => {
    const { person } = await owner();
    await setsUpApp(person);
    await person.sandbox.waits(601);
    expect((await person.goes('/account/security/recovery-codes')).url.pathname).toBe('/account/security');
  });
});

describe('a change of what protects an account', () => {
  const passkey = '/account/security/passkeys/new';
  const byEither = ['/account/security/totp', '/account/security/totp/remove', '/account/security/recovery-codes/new'];

  it('[AST-14 RN-11] asks for the password after ten minutes where a passkey is added, which opens more than an SMS code', async () => {
    const { person, citizen } = await owner();
    expect((await person.goes(passkey)).url.pathname).toBe(passkey);
    await person.sandbox.waits(601);
    expect((await person.goes(passkey)).has('#use-sms-code')).toBe(false);
    expect((await person.submits({ password: 'wrong' })).error).toMatchObject({ code: 'credentials.wrong', field: 'password' });
    expect((await person.submits({ password: citizen.password })).url.pathname).toBe(passkey);
  });

  it.each(byEither)(
    '[AST-14 RN-11] asks for a fresh proof after ten minutes, by password or SMS code, and leads back: %s',
    async (path) => {
      const { person, citizen } = await owner();
      expect((await person.goes(path)).url.pathname).toBe(path);
      await person.sandbox.waits(601);
      expect((await person.goes(path)).has('#password')).toBe(true);
      expect((await person.submits({ password: 'wrong' })).error).toMatchObject({ code: 'credentials.wrong', field: 'password' });
      expect((await person.submits({ password: citizen.password })).url.pathname).toBe(path);

      await person.sandbox.waits(601);
      await person.goes(path);
      await person.opens('#use-sms-code');
      expect(person.page.html).not.toContain(citizen.mobile);
      const known = (await person.sandbox.messagesTo(citizen.mobile)).some(({ code }) => code !== undefined);
      if (known) await person.readsCode(citizen.mobile);
      await person.asksForCode();
      await person.submits({ code: await person.readsCode(citizen.mobile) });
      expect(person.page.url.pathname).toBe(path);
    },
  );

  it('a form that is sent too late leads to the proof and changes nothing', async () => {
    const { person } = await owner();
    await addsPasskey(person, softwareAuthenticator(product.issuer));
    await person.opens('#passkeys li a');
    await person.sandbox.waits(601);
    const page = await person.submits({}, { button: '#remove' });
    expect(page.has('#password')).toBe(true);
    await person.goes('/account/security');
    expect(names(person)).toHaveLength(1);
  });

  it('nobody is led out of the account centre by a proof', async () => {
    const { person } = await owner();
    for (const target of ['https://elsewhere.example/', '//elsewhere.example', '/account/../../', '/login', '/account?x', '']) {
      const { status } = await person.goes(`/account/proof/${Buffer.from(target).toString('base64url') || '-'}/password`);
      expect({ target, status }).toEqual({ target, status: 404 });
    }
  });

  it('needs somebody signed in', async () => {
    const person = newPerson(product);
    expect((await person.goes('/account/security')).url.pathname).toMatch(/\/login\//);
    expect((await person.posts('/account/security/totp/remove', {})).status).toBe(401);
  });
});
