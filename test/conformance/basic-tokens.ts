import { expect } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { newCitizen } from '../support/citizen.ts';
import { relyingParty, type Tokens } from '../support/relying-party.ts';
import { expectTokenAnswer, expectTokenError, jsonOf, keysOf } from './conditions.ts';
import type { Completed, Modules, Suite } from './suite.ts';
import { basic, bearer, encode, get, metadataOf, post, secretOf } from './wire.ts';

/** Modules about what is received: tokens, claims, and codes that come back. */
export const tokenModules: Modules = {
  'oidcc-server: code, tokens and userinfo of one person, and nothing that was not asked for': async (suite) => {
    const { tokens, claims } = await suite.completes();
    expect(tokens.scope).toBe('openid');
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub });
  },

  'oidcc-server-client-secret-post: the secret travels in the body, and a wrong one is refused': async (suite) => {
    const client = await relyingParty(suite.product, 'suite-post');
    await suite.completes({}, { client });
    const { token_endpoint: token } = await metadataOf(client);
    const form = { grant_type: 'authorization_code', code: 'any', redirect_uri: client.redirectUri, client_id: 'suite-post' };
    await expectTokenError(await post(token, { ...form, client_secret: secretOf(suite.product, 'suite-post') }), 'invalid_grant');
    await expectTokenError(await post(token, { ...form, client_secret: 'wrong' }), 'invalid_client', 401);
  },

  'oidcc-idtoken-signature: signed with RS256 for a client that asks (the default here is ES256), by a published key that the token names':
    async (suite) => {
      const client = await relyingParty(suite.product, 'suite-rs256');
      const { tokens, header } = await suite.completes({}, { client });
      const metadata = await metadataOf(client);
      expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
      const { keys } = await keysOf(metadata);
      expect(keys.find(({ kid }) => kid === header.kid)).toMatchObject({ kty: 'RSA', use: 'sig' });

      const { id_token: token = '' } = tokens;
      const [head = '', body = '', signature = ''] = token.split('.');
      const forged = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'somebody-else' };
      const altered = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
      const set = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
      await expect(jwtVerify(altered, set)).rejects.toThrow('signature verification failed');
    },

  'oidcc-idtoken-unsigned: unsigned ID tokens are not offered': async ({ client }) => {
    const { id_token_signing_alg_values_supported: algorithms } = await metadataOf(client);
    expect(algorithms).not.toContain('none');
  },

  'oidcc-userinfo-get': async (suite) => {
    const completed = await suite.completes({ scope: 'openid profile' });
    await expectUserinfo(completed, await get(await userinfoEndpoint(suite), bearer(completed.tokens.access_token)));
  },

  'oidcc-userinfo-post-header': async (suite) => {
    const completed = await suite.completes({ scope: 'openid profile' });
    await expectUserinfo(completed, await post(await userinfoEndpoint(suite), {}, bearer(completed.tokens.access_token)));
  },

  'oidcc-userinfo-post-body': async (suite) => {
    const completed = await suite.completes({ scope: 'openid profile' });
    await expectUserinfo(completed, await post(await userinfoEndpoint(suite), { access_token: completed.tokens.access_token }));
  },

  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow: and the ID token has none': async (suite) => {
    const { claims } = await suite.completes({ nonce: null });
    expect(claims['nonce']).toBeUndefined();
  },

  'oidcc-scope-profile: all that is known; the suite warns of what nobody has here: parts of a name, pages and pictures': async (suite) => {
    const { tokens, claims } = await suite.completes({ scope: 'openid profile' });
    expect(tokens.scope).toBe('openid profile');
    const told = await userinfo(suite, tokens);
    expect(told).toEqual({ sub: claims.sub, ...profileOf(suite) });
    expect(standardProfile.filter((claim) => !Object.hasOwn(told, claim))).toEqual(nobodys);
  },

  'oidcc-scope-profile: a service that is told the verified name may show it': async (suite) => {
    const { tokens } = await suite.completes({ scope: 'openid profile real_name' });
    const { name } = suite.citizen.identity;
    expect(await userinfo(suite, tokens)).toMatchObject({ name, real_name: name });
  },

  'oidcc-scope-profile: the language is the one in which somebody signed in': async (suite) => {
    const { tokens } = await suite.completes({ scope: 'openid profile', ui_locales: 'en' });
    expect(await userinfo(suite, tokens)).toMatchObject({ locale: 'en' });
    const again = await suite.completes({ scope: 'openid profile', ui_locales: 'zh-CN' });
    expect(await userinfo(suite, again.tokens)).toMatchObject({ locale: 'zh-CN' });
  },

  'oidcc-scope-email: the address of the account, which a code was sent to': async (suite) => {
    const { email } = await suite.contacts();
    const { tokens, claims } = await suite.completes({ scope: 'openid email' });
    expect(tokens.scope).toBe('openid email');
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, email, email_verified: true });
  },

  'oidcc-scope-address: as its owner wrote it': async (suite) => {
    const { address } = await suite.contacts();
    const { tokens, claims } = await suite.completes({ scope: 'openid address' });
    expect(tokens.scope).toBe('openid address');
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, address: { formatted: address } });
  },

  'oidcc-scope-address: and of somebody who has neither, nothing is said': async (suite) => {
    const { tokens, claims } = await suite.completes({ scope: 'openid email address' }, { citizen: await newCitizen(suite.product) });
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub });
  },

  'oidcc-scope-phone: the number in E.164, verified': async (suite) => {
    const { tokens, claims } = await suite.completes({ scope: 'openid phone' });
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, ...phoneOf(suite) });
  },

  'oidcc-scope-all: all of these at userinfo, and none of them in the ID token': async (suite) => {
    const { email, address } = await suite.contacts();
    const { tokens, claims } = await suite.completes({ scope: 'openid profile email phone address' });
    expect(tokens.scope).toBe('openid profile email phone address');
    const contacts = { email, email_verified: true, address: { formatted: address } };
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, ...profileOf(suite), ...phoneOf(suite), ...contacts });
  },

  'oidcc-alternate-happy-flow: the order of parameters and scopes means nothing': async (suite) => {
    const { email } = await suite.contacts();
    const person = await suite.sends({ scope: 'email phone profile openid' });
    const asked = person.trail[0]?.url ?? new URL('about:blank');
    const reversed = new URL(`?${encode([...asked.searchParams].toReversed()).toString()}`, asked);
    await person.arrives(reversed);
    await suite.goesOn(person);
    const { userinfo: received } = await suite.client.receives(person);
    expect(received).toMatchObject({ ...profileOf(suite), ...phoneOf(suite), email, email_verified: true });
  },

  'oidcc-claims-essential: an essential `name` is given, with most of it hidden, and stays out of the ID token': async (suite) => {
    const { tokens, claims } = await suite.completes({ claims: { userinfo: { name: { essential: true } } } });
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, name: maskedName(suite) });
    expect(claims).not.toHaveProperty('name');
  },

  'oidcc-claims-essential: together with the verified name it is that name': async (suite) => {
    const wanted = { name: { essential: true }, real_name: { essential: true } };
    const { tokens, claims } = await suite.completes({ claims: { userinfo: wanted } });
    const { name } = suite.citizen.identity;
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, name, real_name: name });
  },

  'oidcc-claims-essential: of somebody whom nobody verified it is the username': async (suite) => {
    const citizen = await newCitizen(suite.product);
    const { tokens, claims } = await suite.completes({ claims: { userinfo: { name: { essential: true } } } }, { citizen });
    expect(await userinfo(suite, tokens)).toEqual({ sub: claims.sub, name: citizen.username });
  },

  'oidcc-codereuse: a code comes back and is refused': async (suite) => {
    const { answer } = await suite.completes();
    await expectCodeRefused(suite, answer['code'] ?? '');
  },

  'oidcc-codereuse-30seconds: after half a minute as well, and the tokens it gave are dead': async (suite) => {
    const completed = await suite.completes();
    await completed.person.sandbox.waits(30);
    await expectCodeRefused(suite, completed.answer['code'] ?? '');
    const answer = await get(await userinfoEndpoint(suite), bearer(completed.tokens.access_token));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
  },

  'oidcc-refresh-token: new tokens for the same sign-in, and a refresh token is worth nothing to another client': async (suite) => {
    const { tokens, claims } = await suite.completes(withRefresh);
    expect(tokens.refresh_token).toBeDefined();
    const { token_endpoint: token } = await metadataOf(suite.client);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    const answer = await post(token, { ...form, scope: withRefresh.scope }, basic(suite.product, 'suite'));
    await expectTokenAnswer(answer);
    const second = await jsonOf(answer);
    expectSameSignIn(await suite.client.verifies(String(second['id_token'])), claims);
    expect(second['access_token']).not.toBe(tokens.access_token);
    expect(second['refresh_token']).not.toBe(tokens.refresh_token);
    expect(await userinfo(suite, { access_token: String(second['access_token']) })).toEqual({ sub: claims.sub });

    const other = await relyingParty(suite.product, 'suite-second');
    const { tokens: others } = await suite.completes(withRefresh, { client: other });
    const stolen = { ...form, refresh_token: others.refresh_token ?? '' };
    await expectTokenError(await post(token, stolen, basic(suite.product, 'suite')), 'invalid_grant');
    await other.refreshes(others);
  },

  'oidcc-ensure-request-with-valid-pkce-succeeds: and the verifier is asked for afterwards': async (suite) => {
    await suite.completes({}, { pkce: true });
    const person = await suite.sends({}, { pkce: true });
    await suite.goesOn(person);
    const code = person.page.posted?.['code'] ?? person.page.url.searchParams.get('code') ?? '';
    await expectCodeRefused(suite, code);
  },
};

const withRefresh = { scope: 'openid offline_access', prompt: 'consent' };

async function userinfoEndpoint({ client }: Suite): Promise<string | undefined> {
  return (await metadataOf(client)).userinfo_endpoint;
}

async function userinfo(suite: Suite, { access_token: token }: Pick<Tokens, 'access_token'>): Promise<Readonly<Record<string, unknown>>> {
  const answer = await get(await userinfoEndpoint(suite), bearer(token));
  expect(answer.status).toBe(200);
  return jsonOf(answer);
}

/** Core 5.3.2. */
async function expectUserinfo({ claims }: Completed, answer: Response): Promise<void> {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await jsonOf(answer)).toMatchObject({ sub: claims.sub, updated_at: expect.any(Number) });
}

/** Claims of the scope `profile` (Core 5.4). */
const standardProfile = [
  'name',
  'family_name',
  'given_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
];
/** A register knows one name and not where it is to be cut; accounts have no page, picture or website. */
const nobodys = ['family_name', 'given_name', 'middle_name', 'profile', 'picture', 'website'];

/** The last character stays, as `demo` shows names. */
function maskedName({ citizen }: Suite): string {
  const [last = '', ...others] = [...citizen.identity.name].toReversed();
  return `${'*'.repeat(Math.min(others.length, 4))}${last}`;
}

/** Core 5.1, of what the product knows (src/oidc/claims.ts). */
function profileOf(suite: Suite): object {
  const { citizen } = suite;
  const { sex, birthDate } = citizen.identity;
  return {
    name: maskedName(suite),
    preferred_username: citizen.username,
    nickname: citizen.username,
    gender: sex,
    birthdate: birthDate,
    zoneinfo: 'Asia/Shanghai',
    locale: 'zh-CN',
    updated_at: expect.any(Number),
  };
}

function phoneOf({ citizen }: Suite): object {
  return { phone_number: `+86${citizen.mobile}`, phone_number_verified: true };
}

async function expectCodeRefused({ client, product }: Suite, code: string): Promise<void> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri };
  await expectTokenError(await post((await metadataOf(client)).token_endpoint, form, basic(product, client.clientId)), 'invalid_grant');
}

/** Core 12.2. */
function expectSameSignIn(second: JWTPayload, first: JWTPayload): void {
  const { iss, sub, aud, auth_time, sid } = first;
  expect(second).toMatchObject({ iss, sub, aud, auth_time, sid });
  expect(second.iat).toBeGreaterThanOrEqual(first.iat ?? 0);
}
