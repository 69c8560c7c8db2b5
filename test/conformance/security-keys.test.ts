import { createPublicKey, KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import * as openid from 'openid-client';
import type { ServerMetadata } from 'openid-client';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { startRawServer, type RawServer } from '../support/raw-server.ts';
import { relyingParty } from '../support/relying-party.ts';
import {
  assertionClaims,
  assertionOf,
  entryOf,
  forged,
  hmacUnder,
  keyClient,
  weakRsa,
  withAssertion,
  type KeyClient,
} from './assertions.ts';
import { expectError, expectTokenError, jsonOf, keysOf } from './conditions.ts';
import { encode, get, metadataOf, post } from './wire.ts';

const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
type Algorithm = (typeof algorithms)[number];

let clients: Readonly<Record<Algorithm, KeyClient>>;
/** Its record says that it addresses its assertions to the token endpoint. */
let endpointClient: KeyClient;
let product: OwnProduct;
let metadata: ServerMetadata;
let citizen: Citizen;
/** Where headers of forged tokens point; nobody must come. */
let canary: RawServer;
let visits = 0;

beforeAll(async () => {
  clients = {
    ES256: await keyClient('ES256'),
    RS256: await keyClient('RS256'),
    PS256: await keyClient('PS256'),
    EdDSA: await keyClient('EdDSA'),
  };
  endpointClient = { ...clients.ES256, clientId: 'endpoint' };
  product = await startProduct({
    clients: [...Object.values(clients).map(entryOf), { ...entryOf(endpointClient), assertion_audience: 'token-endpoint' }],
  });
  canary = await startRawServer((_, outgoing) => {
    visits += 1;
    outgoing.end('{}');
  });
  metadata = await metadataOf(await relyingParty(product, 'suite'));
  citizen = await newCitizen(product, 'L2');
});
afterAll(async () => {
  canary.close();
  await product.remove();
});

const asksForToken = (assertion: string): Promise<Response> =>
  post(metadata.token_endpoint, { grant_type: 'client_credentials', ...withAssertion(assertion) });

const rightClaims = (client: KeyClient) => assertionClaims(client.clientId, product.issuer);

describe('every advertised algorithm works', () => {
  it('those that are advertised are tried', () => {
    for (const name of [
      'id_token_signing_alg_values_supported',
      'introspection_signing_alg_values_supported',
      'token_endpoint_auth_signing_alg_values_supported',
    ] as const) {
      expect(new Set(metadata[name])).toEqual(new Set(algorithms));
    }
  });

  it.each(algorithms)('[PRT-02] %s: a client proves who it is, and introspection answers it with a signed token', async (alg) => {
    const client = clients[alg];
    const answer = await asksForToken(await assertionOf(client, rightClaims(client)));
    expect(answer.status).toBe(200);
    const { access_token: token } = await jsonOf(answer);
    const form = { token: String(token), ...withAssertion(await assertionOf(client, rightClaims(client))) };
    const introspected = await post(metadata.introspection_endpoint, form, { Accept: 'application/token-introspection+jwt' });
    expect(introspected.headers.get('content-type')).toMatch(/^application\/token-introspection\+jwt/);
    const { payload } = await jwtVerify(await introspected.text(), keys(), {
      issuer: product.issuer,
      algorithms: [alg],
      typ: 'token-introspection+jwt',
    });
    expect(payload['token_introspection']).toMatchObject({ active: true, client_id: client.clientId, iss: product.issuer });
  });

  it.each(algorithms)('%s: ID tokens of a client that asks', async (alg) => {
    const token = await idTokenOf(clients[alg]);
    expect(decodeProtectedHeader(token).alg).toBe(alg);
    const { payload } = await jwtVerify(token, keys(), { issuer: product.issuer, audience: `alg-${alg}`, algorithms: [alg] });
    expect(payload['acr']).toBe('L2');
  });
});

describe('algorithms are not confused', () => {
  /** Tokens that a forger can make who knows the public key, and `claims` are right. */
  const forgeries: Readonly<Record<string, (claims: object, key: Readonly<Record<string, unknown>>) => Promise<string> | string>> = {
    'no signature, alg none': (claims) => forged({ alg: 'none' }, claims, () => Buffer.alloc(0)),
    'alg None': (claims) => forged({ alg: 'None' }, claims, () => Buffer.alloc(0)),
    'no signature at all': (claims, { kid }) => forged({ alg: 'ES256', kid }, claims, () => Buffer.alloc(0)),
    'a signature of zeros': (claims, { kid }) => forged({ alg: 'ES256', kid }, claims, () => Buffer.alloc(64)),
    'HMAC under the public key as PEM': (claims, key) =>
      forged({ alg: 'HS256', kid: key['kid'] }, claims, hmacUnder(publicKeyOf(key).export({ type: 'spki', format: 'pem' }))),
    'HMAC under the public key as DER': (claims, key) =>
      forged({ alg: 'HS256', kid: key['kid'] }, claims, hmacUnder(publicKeyOf(key).export({ type: 'spki', format: 'der' }))),
    'HMAC under the public key as JWK': (claims, key) => forged({ alg: 'HS256', kid: key['kid'] }, claims, hmacUnder(JSON.stringify(key))),
    'HMAC under nothing': (claims) => forged({ alg: 'HS256' }, claims, hmacUnder('')),
    'another key under the same name': (claims, { kid }) => signedAs(claims, { alg: 'ES256', kid: String(kid) }),
    'another key without a name': (claims) => signedAs(claims, { alg: 'ES256' }),
    'a key in the header (jwk)': async (claims, { kid }) => {
      const { publicJwk } = await keyClient('ES256');
      return signedAs(claims, { alg: 'ES256', kid: String(kid), jwk: publicJwk });
    },
    'a key set at an address (jku)': (claims, { kid }) => signedAs(claims, { alg: 'ES256', kid: String(kid), jku: `${canary.url}/jwks` }),
    'a certificate at an address (x5u)': (claims, { kid }) =>
      signedAs(claims, { alg: 'ES256', kid: String(kid), x5u: `${canary.url}/x5u` }),
    'a certificate in the header (x5c)': (claims, { kid }) => signedAs(claims, { alg: 'ES256', kid: String(kid), x5c: ['MIIB'] }),
    'an extension that must be understood': (claims, { kid }) =>
      forged({ alg: 'ES256', kid, crit: ['b64'], b64: false }, claims, () => Buffer.alloc(64)),
  };

  it.each(Object.keys(forgeries))('private_key_jwt: %s', async (name) => {
    const client = clients.ES256;
    const assertion = await forgeries[name]?.(rightClaims(client), { ...client.publicJwk });
    await expectTokenError(await asksForToken(assertion ?? ''), 'invalid_client', 401);
  });

  it.each(Object.keys(forgeries))('id_token_hint, which nobody believes at sign-in or at sign-out: %s', async (name) => {
    const { keys: published } = await keysOf(metadata);
    const key = published.find(({ alg }) => alg === 'ES256') ?? {};
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: product.issuer, aud: 'suite', sub: 'x'.repeat(43), iat: now, exp: now + 600 };
    const id_token_hint = (await forgeries[name]?.(claims, key)) ?? '';
    const request = {
      client_id: 'suite',
      response_type: 'code',
      scope: 'openid',
      prompt: 'none',
      redirect_uri: 'https://suite.example/callback',
    };
    const asked = await get(`${metadata.authorization_endpoint}?${encode({ ...request, id_token_hint }).toString()}`);
    expect(asked.headers.get('location')).toMatch(/[?&]error=invalid_request&/);
    const left = await get(
      `${metadata.end_session_endpoint}?${encode({ id_token_hint, post_logout_redirect_uri: 'https://suite.example/post_logout_redirect' }).toString()}`,
    );
    await expectError(left, 'invalid_request');
  });

  it('a key of the right kind under another algorithm than the registered one', async () => {
    const { RS256, PS256 } = clients;
    const withItsKey = (input: string) => sign('sha256', Buffer.from(input), KeyObject.from(PS256.privateKey));
    await expectTokenError(
      await asksForToken(forged({ alg: 'RS256', kid: 'key-PS256' }, rightClaims(PS256), withItsKey)),
      'invalid_client',
      401,
    );
    await expectTokenError(await asksForToken(await assertionOf(RS256, rightClaims(PS256))), 'invalid_client', 401);
  });

  it('a client whose RSA key has 1024 bits is not let in: nothing starts', async () => {
    const weak = entryOf({ clientId: 'weak', alg: 'RS256', publicJwk: weakRsa() });
    await expect(startProduct({ clients: [weak] })).rejects.toThrow(/\(weak\)\.jwks\.keys\[0\] is an RSA key of 1024 bits/);
  });

  it('no key is ever fetched from where a token says', () => {
    expect(visits).toBe(0);
  });
});

describe('what an assertion says', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
    ['for the token endpoint', (claims) => ({ ...claims, aud: `${product.issuer}/token` })],
    ['for the endpoint of pushed requests', (claims) => ({ ...claims, aud: `${product.issuer}/request` })],
    ['for a list with us', (claims) => ({ ...claims, aud: [product.issuer] })],
    ['for us and another', (claims) => ({ ...claims, aud: [product.issuer, 'https://evil.example'] })],
    ['for another', (claims) => ({ ...claims, aud: 'https://evil.example' })],
    ['for an issuer with a slash', (claims) => ({ ...claims, aud: `${product.issuer}/` })],
    ['for nobody', ({ aud: _, ...claims }) => claims],
    ['from another client', (claims) => ({ ...claims, iss: 'suite' })],
    ['from nobody', ({ iss: _, ...claims }) => claims],
    ['about nobody', ({ sub: _, ...claims }) => claims],
    ['without a name of its own', ({ jti: _, ...claims }) => claims],
    ['for ever', ({ exp: _, ...claims }) => claims],
    ['for an hour', (claims) => ({ ...claims, exp: now + 3600 })],
    ['until five minutes ago', (claims) => ({ ...claims, exp: now - 300 })],
    ['from in a minute and a half on', (claims) => ({ ...claims, nbf: now + 90 })],
  ])('one that is %s is refused', async (_, change) => {
    const client = clients.ES256;
    await expectTokenError(await asksForToken(await assertionOf(client, change(rightClaims(client)))), 'invalid_client', 401);
  });

  it.each<[string, (issuer: string) => unknown]>([
    ['the token endpoint', (issuer) => `${issuer}/token`],
    ['a list with the issuer', (issuer) => [issuer]],
    ['an issuer with a slash', (issuer) => `${issuer}/`],
    ['another', () => 'https://evil.example'],
    ['nobody', () => undefined],
  ])('one for %s is refused with the audience that would be right', async (_, aud) => {
    const client = clients.ES256;
    const answer = await asksForToken(await assertionOf(client, { ...rightClaims(client), aud: aud(product.issuer) }));
    expect(await jsonOf(answer)).toEqual({
      error: 'invalid_client',
      error_description: `the audience (aud) of the client assertion must be the text ${product.issuer} and nothing else`,
    });
  });

  it('one that lives for an hour is refused with how long it may live', async () => {
    const client = clients.ES256;
    const answer = await asksForToken(await assertionOf(client, { ...rightClaims(client), exp: now + 3600 }));
    expect(await jsonOf(answer)).toMatchObject({ error_description: 'the client assertion must expire (exp) within five minutes' });
  });

  it('one that begins in eight seconds is taken: clocks differ', async () => {
    const client = clients.ES256;
    const claims = { ...rightClaims(client), nbf: Math.floor(Date.now() / 1000) + 8 };
    expect((await asksForToken(await assertionOf(client, claims))).status).toBe(200);
  });

  it('one is good once, at any endpoint, and not again with another signature', async () => {
    const client = clients.ES256;
    const claims = rightClaims(client);
    const assertion = await assertionOf(client, claims);
    expect((await asksForToken(assertion)).status).toBe(200);
    await expectTokenError(await asksForToken(assertion), 'invalid_client', 401);
    await expectTokenError(await asksForToken(await assertionOf(client, claims)), 'invalid_client', 401);
    for (const endpoint of [
      metadata.introspection_endpoint,
      metadata.revocation_endpoint,
      metadata.pushed_authorization_request_endpoint,
    ]) {
      await expectError(await post(endpoint, { token: 'any', ...withAssertion(assertion) }), 'invalid_client', 401);
    }
  });

  it('whose key is another’s learns nothing: a right audience under a wrong signature is refused like any other', async () => {
    const claims = rightClaims(clients.ES256);
    const answer = await asksForToken(await signedAs(claims, { alg: 'ES256', kid: 'key-ES256' }));
    expect(await jsonOf(answer)).toEqual({ error: 'invalid_client', error_description: 'client authentication failed' });
  });

  it('who proves it in two ways at once is refused', async () => {
    const client = clients.ES256;
    const form = { grant_type: 'client_credentials', ...withAssertion(await assertionOf(client, rightClaims(client))) };
    await expectTokenError(await post(metadata.token_endpoint, { ...form, client_secret: 'x' }), 'invalid_request');
    await expectTokenError(await post(metadata.token_endpoint, { ...form, client_id: 'suite' }), 'invalid_request');
  });
});

describe('a client whose record says that its assertions are for the token endpoint', () => {
  const claimsFor = (aud: unknown) => ({ ...rightClaims(endpointClient), aud });

  it('is taken at its word, at every endpoint', async () => {
    const { token_endpoint: token = '' } = metadata;
    expect((await asksForToken(await assertionOf(endpointClient, claimsFor(token)))).status).toBe(200);
    for (const endpoint of [metadata.introspection_endpoint, metadata.revocation_endpoint]) {
      const answer = await post(endpoint, { token: 'any', ...withAssertion(await assertionOf(endpointClient, claimsFor(token))) });
      expect(answer.status).toBe(200);
    }
    const request = { response_type: 'code', redirect_uri: 'https://endpoint.example/callback', scope: 'openid', client_id: 'endpoint' };
    const pushed = await post(metadata.pushed_authorization_request_endpoint, {
      ...request,
      ...withAssertion(await assertionOf(endpointClient, claimsFor(token))),
    });
    expect(pushed.status).toBe(201);
  });

  it.each<[string, (issuer: string) => unknown]>([
    ['the issuer', (issuer) => issuer],
    ['a list with the endpoint', (issuer) => [`${issuer}/token`]],
    ['both', (issuer) => [`${issuer}/token`, issuer]],
    ['the endpoint with a slash', (issuer) => `${issuer}/token/`],
    ['the endpoint by another name', (issuer) => `${issuer.replace('localhost', 'LOCALHOST')}/token`],
    ['the endpoint it asks', (issuer) => `${issuer}/token/introspection`],
    ['nobody', () => undefined],
  ])('names it exactly: %s is refused, and told what is expected', async (_, aud) => {
    const answer = await asksForToken(await assertionOf(endpointClient, claimsFor(aud(product.issuer))));
    expect(answer.status).toBe(401);
    expect((await jsonOf(answer))['error_description']).toContain(`must be the text ${product.issuer}/token and nothing else`);
  });

  it('signs people in', async () => {
    const token = await idTokenOf(endpointClient, claimsFor(metadata.token_endpoint));
    const { payload } = await jwtVerify(token, keys(), { issuer: product.issuer, audience: 'endpoint', algorithms: ['ES256'] });
    expect(payload['acr']).toBe('L2');
  });

  it('says so to a library of the trade, which then needs no more', async () => {
    const auth = openid.PrivateKeyJwt(
      { key: endpointClient.privateKey, kid: 'key-ES256' },
      {
        [openid.modifyAssertion](_header, payload) {
          payload['aud'] = metadata.token_endpoint;
        },
      },
    );
    const config = await openid.discovery(new URL(product.issuer), 'endpoint', {}, auth, { execute: [openid.allowInsecureRequests] });
    const tokens = await openid.clientCredentialsGrant(config);
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, client_id: 'endpoint' });
  });
});

function keys() {
  return createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
}

function publicKeyOf(jwk: Readonly<Record<string, unknown>>) {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' });
}

async function signedAs(claims: object, header: { alg: string } & Record<string, unknown>): Promise<string> {
  const { privateKey }: { privateKey: CryptoKey } = await generateKeyPair('ES256');
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(privateKey);
}

/** A whole sign-in, its code redeemed with an assertion. */
async function idTokenOf(client: KeyClient, claims = rightClaims(client)): Promise<string> {
  const service = await relyingParty(product, client.clientId);
  const person = await service.sendsToUs({ code_challenge: null, code_challenge_method: null }, newPerson(product));
  await signsIn(person, citizen);
  const code = person.page.url.searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: service.redirectUri };
  const answer = await post(metadata.token_endpoint, { ...form, ...withAssertion(await assertionOf(client, claims)) });
  expect(answer.status).toBe(200);
  return String((await jsonOf(answer))['id_token']);
}
