import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { fetchAlone } from '../support/connection.ts';
import { basic, post } from '../conformance/wire.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { eventually } from '../support/eventually.ts';
import { environmentOf, runMain, startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';

/** A service shows an ID token again whose key was rotated out long ago (RP-Initiated Logout 2). */
let product: OwnProduct;
let service: RelyingParty;
let citizen: Citizen;
/** Signed by the key that retires, about the citizen. */
let hint: string;
let kid: string;

const goodbye = 'https://basic.example/goodbye';

/** Keys are changed by command; the embedded database is held by one process at a time. */
async function keys(...args: readonly string[]): Promise<string> {
  await product.stop();
  const { code, output } = await runMain(['keys', ...args], { ...environmentOf(product), ISSUER: product.issuer });
  expect({ code, output }).toMatchObject({ code: 0 });
  await product.start();
  return output;
}

beforeAll(async () => {
  product = await startProduct();
  service = await relyingParty(product, 'basic');
  citizen = await newCitizen(product);
  const person = await signedIn();
  hint = (await service.receives(person)).tokens.id_token ?? '';
  kid = decodeProtectedHeader(hint).kid ?? '';
  const next = (await keys('rotate', 'ES256')).split(' ')[0] ?? '';
  await keys('activate', next);
});
afterAll(() => product?.remove());

async function signedIn(): Promise<Person> {
  const person = await service.sendsToUs({}, newPerson(product));
  await signsIn(person, citizen);
  return person;
}

async function published(): Promise<boolean> {
  const answer = await fetchAlone((await service.configuration()).serverMetadata().jwks_uri ?? '');
  const { keys: set }: { keys: readonly { readonly kid: string }[] } = JSON.parse(await answer.text());
  return set.some((key) => key.kid === kid);
}

/** Asked to sign out by the service, as somebody who is signed in. */
async function asked(id_token_hint: string): Promise<Person> {
  return service.signsOut(await signedIn(), { id_token_hint, post_logout_redirect_uri: goodbye });
}

/** The claims of the hint, as somebody else would sign them. */
async function forgery(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const [, payload = ''] = hint.split('.');
  return new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString())).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
}

function altered(): string {
  const [head, payload = '', signature] = hint.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [head, Buffer.from(JSON.stringify({ ...claims, auth_time: 1 })).toString('base64url'), signature].join('.');
}

describe('a signing key that was rotated out', () => {
  it('[PRT-05] is published for a day and no longer, by the clock of the product, without a restart', async () => {
    expect(await published()).toBe(true);
    await sandboxOf(product).waits(24 * 3600);
    await eventually('the key set without the key', async () => !(await published()));
  });

  it('[PRT-05] still verifies hints: the person is asked, and sent back to the service', async () => {
    const person = await asked(hint);
    expect(person.page).toMatchObject({ status: 200, error: undefined });
    expect(person.page.text).toContain('市民服务');
    await person.submits({}, { button: '#logout-yes' });
    expect(person.page.url.href).toBe(goodbye);
  });

  it('[PRT-05] hints at the person in a request as well, pushed or not', async () => {
    const person = await signedIn();
    await service.sendsToUs({ prompt: 'none', id_token_hint: hint }, person);
    expect(person.page.url.searchParams.has('code')).toBe(true);
    expect((await pushed(hint)).status).toBe(201);
    // Somebody else is asked to sign in, and is not passed off as the one who is hinted at.
    const other = await service.sendsToUs({}, newPerson(product));
    await signsIn(other, await newCitizen(product));
    await service.sendsToUs({ prompt: 'none', id_token_hint: hint }, other);
    expect((await service.isRefused(other)).error).toBe('login_required');
  });

  it.each([
    ['altered', () => altered()],
    ['forged', () => forgery()],
  ])('[PRT-05] does not lend its name to a hint that was %s: refused everywhere, and nobody is signed out', async (_, make) => {
    const wrong = await make();
    const person = await asked(wrong);
    expect(person.page).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
    expect(person.page.has('#logout-yes')).toBe(false);
    await service.sendsToUs({ prompt: 'none', id_token_hint: wrong }, person);
    expect((await service.isRefused(person)).error).toBe('invalid_request');
    expect((await pushed(wrong)).status).toBe(400);
  });

  it('[PRT-05] forgets how to sign, is kept for hints, and is believed no more once it is withdrawn', async () => {
    await eventually('the archive', async () => new RegExp(`^${kid} +ES256 +archived`, 'm').test(await keys()));
    expect((await asked(hint)).page).toMatchObject({ status: 200, error: undefined });
    await keys('withdraw', kid);
    expect((await asked(hint)).page).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
  });
});

async function pushed(id_token_hint: string): Promise<Response> {
  const address = (await service.configuration()).serverMetadata().pushed_authorization_request_endpoint;
  const request = { client_id: 'basic', response_type: 'code', redirect_uri: service.redirectUri, scope: 'openid' };
  const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
  return post(address, { ...request, ...pkce, id_token_hint }, basic(product, 'basic'));
}
