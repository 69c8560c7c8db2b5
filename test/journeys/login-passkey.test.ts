import { beforeAll, describe, expect, it } from '@jest/globals';
import { softwareAuthenticator, type Authenticator, type Lies } from '../support/authenticator.ts';
import { newPerson } from '../support/browser.ts';
import { allows, newCitizen, signsInBySms, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, challengeAt, signsInWithPasskey } from '../support/protection.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'basic');
});

/** Somebody with a passkey, and the authenticator that holds it. */
async function withPasskey(
  level: 'L1' | 'L2' | 'L3' = 'L2',
  options?: { synced?: boolean },
): Promise<{ citizen: Citizen; authenticator: Authenticator }> {
  const citizen = await newCitizen(product, level);
  const authenticator = softwareAuthenticator(product.issuer, options);
  const person = newPerson(product);
  await atProtection(person, citizen);
  const page = await addsPasskey(person, authenticator);
  expect(page).toMatchObject({ status: 200, outcome: 'done', error: undefined });
  return { citizen, authenticator };
}

describe('signing in with a passkey', () => {
  it.each([
    ['bound to its device', false, 'hwk'],
    ['that is synced between devices', true, 'swk'],
  ])('[AST-14] one %s needs nothing typed, and says what it was', async (_, synced, kind) => {
    const { authenticator } = await withPasskey('L2', { synced });
    const person = await service.sendsToUs();
    await signsInWithPasskey(person, authenticator);
    const { claims } = await service.receives(person);
    expect(claims).toMatchObject({ acr: 'L2', amr: [kind, 'mfa', 'user'].toSorted() });
  });

  it('[AST-14] opens a level that an SMS code alone does not', async () => {
    const { citizen, authenticator } = await withPasskey('L3');
    const strong = { acr_values: 'L3' };
    const person = await service.sendsToUs(strong);
    await signsInWithPasskey(person, authenticator);
    expect((await service.receives(person)).claims.acr).toBe('L3');

    const weak = await service.sendsToUs(strong);
    await signsInBySms(weak, citizen);
    expect(weak.page.has('#step-up-password')).toBe(true);
    await weak.opens('#step-up-passkey');
    const credential = authenticator.signs(await challengeAt(weak));
    await weak.submits({ credential });
    await allows(weak);
    expect((await service.receives(weak)).claims).toMatchObject({ acr: 'L3', amr: ['hwk', 'mfa', 'sms', 'user'] });
  });

  it('[AST-14] is not given to who has the SIM card alone, so that an SMS code opens no level by way of it', async () => {
    const citizen = await newCitizen(product, 'L3');
    const thief = newPerson(product);
    await thief.goes('/login');
    await signsInBySms(thief, citizen);
    await thief.goes('/account/security');
    await thief.opens('#add-passkey');
    expect([thief.page.has('#password'), thief.page.has('[data-challenge]'), thief.page.has('#use-sms-code')]).toEqual([
      true,
      false,
      false,
    ]);
    const proof = thief.page.url.pathname;
    expect((await thief.goes(proof.replace(/password$/, 'sms-code'))).url.pathname).toBe(proof);
    expect((await thief.goes('/account/security/passkeys/new/challenge')).has('#password')).toBe(true);
    await thief.submits({ password: citizen.password });
    expect(thief.page.has('[data-challenge]')).toBe(true);
  });

  it('[AST-14] the passkey of somebody else does not strengthen a session', async () => {
    const { citizen } = await withPasskey('L3');
    const { authenticator: strangers } = await withPasskey('L3');
    const person = await service.sendsToUs({ acr_values: 'L3' });
    await signsInBySms(person, citizen);
    await person.opens('#step-up-passkey');
    const page = await person.submits({ credential: strangers.signs(await challengeAt(person)) });
    expect(page.error?.code).toBe('passkey.wrong');
  });

  const refused: readonly (readonly [string, Lies])[] = [
    ['of a page that looks like ours', { origin: 'https://login.example' }],
    ['of our host on another port', { origin: 'http://localhost:1' }],
    ['of another site', { rpId: 'login.example' }],
    ['to a challenge that nobody gave', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['by another key', { forged: true }],
    ['without the person verified', { userVerified: false }],
    ['of a person whom it does not belong to', { userHandle: Buffer.alloc(32).toString('base64url') }],
    ['that does not say whose it is', { userHandle: undefined }],
    ['to a request for a new passkey', { type: 'webauthn.create' }],
  ];
  it.each(refused)('[AST-14] a signature %s is refused', async (_, lies) => {
    const { authenticator } = await withPasskey();
    const person = await service.sendsToUs();
    const page = await signsInWithPasskey(person, authenticator, lies);
    expect(page).toMatchObject({ status: 422, error: { code: 'passkey.wrong', field: 'credential' } });
    expect(page.$('.tabs a')).toHaveLength(4);
  });

  it('[AST-14] a signature is good once: not again, not in another sign-in, not after ten minutes', async () => {
    const { authenticator } = await withPasskey();
    const person = await service.sendsToUs();
    await person.opens('#tab-passkey');
    const spoiled = authenticator.signs(await challengeAt(person), { forged: true });
    await person.submits({ credential: spoiled }, { button: '#login-passkey' });
    const { challenge } = JSON.parse(Buffer.from(JSON.parse(spoiled).response.clientDataJSON, 'base64url').toString());
    const again = authenticator.signs({ challenge, rpId: 'localhost' });
    expect((await person.submits({ credential: again }, { button: '#login-passkey' })).error?.code).toBe('passkey.wrong');

    const other = await service.sendsToUs();
    await other.opens('#tab-passkey');
    const elsewhere = authenticator.signs(await challengeAt(other));
    expect((await person.submits({ credential: elsewhere }, { button: '#login-passkey' })).error?.code).toBe('passkey.wrong');

    const late = authenticator.signs(await challengeAt(person));
    await person.sandbox.waits(601);
    expect((await person.submits({ credential: late }, { button: '#login-passkey' })).error?.code).toBe('passkey.wrong');
    await signsInWithPasskey(person, authenticator);
    await service.redeems(person);
  });

  it('[AST-14] a passkey that nobody here added is refused like any other', async () => {
    const stranger = softwareAuthenticator(product.issuer);
    stranger.creates({ challenge: '', rp: { id: 'localhost' }, user: { id: Buffer.alloc(32).toString('base64url') } });
    const person = await service.sendsToUs();
    expect(await signsInWithPasskey(person, stranger)).toMatchObject({ status: 422, error: { code: 'passkey.wrong' } });
  });

  it('[AST-14] a counter that goes back shows a copy: nobody gets in, and the owner is told', async () => {
    const { citizen, authenticator } = await withPasskey();
    await signsInWithPasskey(await service.sendsToUs(), authenticator);
    authenticator.counter -= 1;
    const person = await service.sendsToUs();
    const page = await signsInWithPasskey(person, authenticator);
    expect(page).toMatchObject({ status: 422, error: { code: 'passkey.cloned', field: 'credential' } });
    expect((await messageOf(person.sandbox, citizen.mobile, 'notice.passkey-cloned')).text).toMatch(/复制.*\/help.*12345/);
    // The next one that counts on is right again; which of the two that is, the owner has to find out.
    authenticator.counter += 1;
    await signsInWithPasskey(person, authenticator);
    await service.redeems(person);
  });

  it.each(['', '{', '[]', 'null', '"text"', '{"id":7,"response":{}}', '{"id":"a","response":{"clientDataJSON":"e30"}}'])(
    'nonsense is refused as a form that was not filled or a passkey that is none: %s',
    async (credential) => {
      const person = await service.sendsToUs();
      await person.opens('#tab-passkey');
      const page = await person.submits({ credential }, { button: '#login-passkey' });
      expect(page).toMatchObject({ status: 422, error: { code: credential === '' ? 'field.required' : 'passkey.wrong' } });
    },
  );

  it('[AST-14] without scripts the page says that it needs them, and offers the other ways', async () => {
    const person = await service.sendsToUs();
    const page = await person.opens('#tab-passkey');
    expect(page.$('noscript').text()).toContain('JavaScript');
    expect(page.$('#login-passkey').attr('hidden')).toBeDefined();
    expect(
      page
        .$('.tabs a')
        .toArray()
        .map((tab) => tab.attribs['id']),
    ).toEqual(['tab-password', 'tab-sms-code', 'tab-passkey', 'tab-qr-code']);
  });

  it.each(['beijing', 'beijing-2019', 'hubei', 'guangzhou'])('%s, whose manual knows none, offers none', async (profile) => {
    const city = await sharedProduct(profile);
    const party = await relyingParty(city, 'basic');
    const person = await party.sendsToUs();
    expect(person.page.has('#tab-passkey')).toBe(false);
    expect(person.page.html).not.toContain('webauthn');
    expect((await person.goes(`${person.page.url.pathname.replace(/[^/]+$/, 'passkey')}/challenge`)).status).toBe(404);
    expect((await person.goes('/account/security')).status).toBe(404);
  });
});
