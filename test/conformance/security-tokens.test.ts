import { beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { fetchAlone } from '../support/connection.ts';
import type { Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters, type Tokens } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectError, expectTokenError, jsonOf } from './conditions.ts';
import { basic, bearer, get, metadataOf, post, type Headers } from './wire.ts';

let product: Product;
let metadata: openid.ServerMetadata;
let client: RelyingParty;
let citizen: Citizen;
beforeAll(async () => {
  product = await sharedProduct();
  client = await relyingParty(product, 'suite');
  metadata = await metadataOf(client);
  citizen = await newCitizen(product, 'L2');
});

const withoutPkce = { code_challenge: null, code_challenge_method: null };
const withRefresh = { ...withoutPkce, scope: 'openid offline_access', prompt: 'consent' };

async function signedIn(parameters: RequestParameters = withoutPkce, service = client): Promise<Person> {
  const person = await service.sendsToUs(parameters);
  await signsIn(person, citizen);
  return person;
}

async function codeOf(parameters?: RequestParameters, service?: RelyingParty): Promise<string> {
  return (await signedIn(parameters, service)).page.url.searchParams.get('code') ?? '';
}

function redeem(code: string, more: Readonly<Record<string, string>> = {}, headers: Headers = basic(product, 'suite')): Promise<Response> {
  return post(metadata.token_endpoint, { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, ...more }, headers);
}

function refresh(token: string, headers: Headers = basic(product, 'suite')): Promise<Response> {
  return post(metadata.token_endpoint, { grant_type: 'refresh_token', refresh_token: token }, headers);
}

const userinfo = (token: string): Promise<Response> => get(metadata.userinfo_endpoint, bearer(token));

async function isActive(token: string): Promise<unknown> {
  return (await jsonOf(await post(metadata.introspection_endpoint, { token }, basic(product, 'suite'))))['active'];
}

async function expectDead({
  access_token: access,
  refresh_token: renewal = '',
}: Pick<Tokens, 'access_token' | 'refresh_token'>): Promise<void> {
  await expectError(await userinfo(access), 'invalid_token', 401);
  expect([await isActive(access), await isActive(renewal)]).toEqual([false, false]);
  if (renewal !== '') await expectTokenError(await refresh(renewal), 'invalid_grant');
}

describe('authorization codes', () => {
  it('live a minute and no second longer', async () => {
    const codes = [await codeOf(), await codeOf()];
    const { waits } = sandboxOf(product);
    await waits(50);
    expect((await redeem(codes[1] ?? '')).status).toBe(200);
    await waits(11);
    await expectTokenError(await redeem(codes[0] ?? ''), 'invalid_grant');
  });

  it('belong to the client and the address they were made for, and survive an attempt of somebody else', async () => {
    const code = await codeOf();
    await expectTokenError(await redeem(code, {}, basic(product, 'suite-second')), 'invalid_grant');
    await expectTokenError(await redeem(code, { client_id: 'public' }, {}), 'invalid_grant');
    await expectTokenError(await redeem(code, { redirect_uri: `${client.redirectUri}/` }), 'invalid_grant');
    await expectTokenError(await redeem(code, { redirect_uri: '' }), 'invalid_request');
    expect((await redeem(code)).status).toBe(200);
  });

  it('are gone when they come back, with everything they gave and everything that was made of that', async () => {
    const person = await signedIn(withRefresh);
    const code = person.page.url.searchParams.get('code') ?? '';
    const first = await client.redeems(person);
    const second = await client.refreshes(first);
    expect((await userinfo(second.access_token)).status).toBe(200);
    await expectTokenError(await redeem(code), 'invalid_grant');
    await expectDead(first);
    await expectDead(second);
  });
});

describe('PKCE', () => {
  const verifier = openid.randomPKCECodeVerifier();
  const withChallenge = async () => ({ code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });

  it.each<[string, string]>([
    ['another verifier', openid.randomPKCECodeVerifier()],
    ['no verifier', ''],
    ['one that ends otherwise', `${verifier.slice(0, -1)}${verifier.endsWith('A') ? 'B' : 'A'}`],
    ['a longer one', `${verifier}x`],
    ['one in capitals', verifier.toUpperCase()],
  ])('a code is not redeemed with %s', async (_, wrong) => {
    const code = await codeOf(await withChallenge());
    const answer = await redeem(code, wrong === '' ? {} : { code_verifier: wrong });
    await expectTokenError(answer, 'invalid_grant');
  });

  it('the challenge itself is no verifier', async () => {
    const challenge = await withChallenge();
    await expectTokenError(await redeem(await codeOf(challenge), { code_verifier: challenge.code_challenge }), 'invalid_grant');
  });

  it('a verifier without a challenge is refused, so that nobody takes a challenge out on the way', async () => {
    await expectTokenError(await redeem(await codeOf(), { code_verifier: verifier }), 'invalid_grant');
  });

  it.each(['basic', 'post', 'public', 'native', 'key', 'rs256', 'first-party', 'entitled'])(
    '[PRT-01] S256 is asked of every kind of client: %s',
    async (id) => {
      const service = await relyingParty(product, id);
      for (const wrong of [
        withoutPkce,
        { code_challenge: verifier, code_challenge_method: 'plain' },
        { code_challenge: verifier, code_challenge_method: null },
      ]) {
        expect((await service.isRefused(await service.sendsToUs(wrong))).error).toBe('invalid_request');
      }
    },
  );
});

describe('refresh tokens', () => {
  const family = async (length: number): Promise<Tokens[]> => {
    const tokens: Tokens[] = [await client.redeems(await signedIn(withRefresh))];
    while (tokens.length <= length) tokens.push(await client.refreshes(tokens.at(-1) ?? {}));
    return tokens;
  };

  it('[PRT-02] one that comes back kills its family, the successor of an honest client too', async () => {
    const [first, second] = await family(1);
    await expectTokenError(await refresh(first?.refresh_token ?? ''), 'invalid_grant');
    for (const tokens of [first, second]) if (tokens) await expectDead(tokens);
  });

  it('[PRT-02] ten steps on, the third that comes back kills all of them', async () => {
    const tokens = await family(10);
    expect(new Set(tokens.map(({ refresh_token: token }) => token)).size).toBe(11);
    await expectTokenError(await refresh(tokens[3]?.refresh_token ?? ''), 'invalid_grant');
    for (const each of tokens) await expectDead(each);
  });

  it('one that another client shows is refused and stays good for its own', async () => {
    const [tokens] = await family(0);
    const token = tokens?.refresh_token ?? '';
    await expectTokenError(await refresh(token, basic(product, 'suite-second')), 'invalid_grant');
    expect((await refresh(token)).status).toBe(200);
  });

  it('more than was granted is not to be had', async () => {
    const [tokens] = await family(0);
    const form = { grant_type: 'refresh_token', refresh_token: tokens?.refresh_token ?? '', scope: 'openid offline_access profile' };
    await expectError(await post(metadata.token_endpoint, form, basic(product, 'suite')), 'invalid_scope');
  });

  it('[PRT-02] revoking one ends the family, and another client cannot', async () => {
    const [tokens] = await family(0);
    const form = { token: tokens?.refresh_token ?? '' };
    expect((await post(metadata.revocation_endpoint, form, basic(product, 'suite-second'))).status).toBe(200);
    expect(await isActive(form.token)).toBe(true);
    expect((await post(metadata.revocation_endpoint, form, basic(product, 'suite'))).status).toBe(200);
    if (tokens) await expectDead(tokens);
  });
});

describe('introspection', () => {
  it('[PRT-02] tells a client of its own tokens, and of those of others nothing but that they are not for it', async () => {
    const tokens = await client.redeems(await signedIn(withRefresh));
    for (const [token, type] of [
      [tokens.access_token, 'Bearer'],
      [tokens.refresh_token ?? '', undefined],
    ] as const) {
      const told = await jsonOf(await post(metadata.introspection_endpoint, { token }, basic(product, 'suite')));
      expect(told).toMatchObject({
        active: true,
        client_id: 'suite',
        iss: product.issuer,
        scope: 'openid offline_access',
        sub: expect.any(String),
      });
      expect(told['token_type']).toBe(type);
      expect(await jsonOf(await post(metadata.introspection_endpoint, { token }, basic(product, 'suite-second')))).toEqual({
        active: false,
      });
    }
    await expectError(
      await post(metadata.introspection_endpoint, { token: tokens.access_token }, bearer(tokens.access_token)),
      'invalid_request',
    );
  });
});

describe('a token that is not whole is none (CVE-2026-27840)', () => {
  it('of an access token, a refresh token and a code, at every length', async () => {
    const person = await signedIn(withRefresh);
    const { access_token: access, refresh_token: renewal = '' } = await client.redeems(person);
    const code = await codeOf();
    for (let missing = 1; missing <= access.length; missing += 1) {
      expect([400, 401]).toContain((await userinfo(access.slice(0, -missing))).status);
    }
    for (const wrong of [access.slice(1), `${access}A`, `${access}=`, `A${access}`, access.toLowerCase(), `${access}%00`, `${access}.`]) {
      expect([400, 401]).toContain((await userinfo(wrong)).status);
      expect(await isActive(wrong)).toBe(false);
    }
    for (let missing = 1; missing < renewal.length; missing += 1) {
      expect((await refresh(renewal.slice(0, -missing))).status).toBe(400);
      expect((await redeem(code.slice(0, -missing))).status).toBe(400);
    }
    expect((await userinfo(access)).status).toBe(200);
    expect((await refresh(renewal)).status).toBe(200);
    expect((await redeem(code)).status).toBe(200);
  });
});

describe('userinfo', () => {
  it.each<[string, Headers, number]>([
    ['no token', {}, 401],
    ['an empty one', { Authorization: 'Bearer ' }, 400],
    ['one that nobody gave', bearer('x'.repeat(43)), 401],
    ['a name and a password', { Authorization: 'Basic c3VpdGU6eA==' }, 400],
    ['two words', { Authorization: 'Bearer a b' }, 400],
  ])('with %s says so in the header as well (RFC 6750 3)', async (_, headers, status) => {
    const answer = await get(metadata.userinfo_endpoint, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="/);
  });

  it('takes no token from the address, no refresh token and no token of a machine', async () => {
    const tokens = await client.redeems(await signedIn(withRefresh));
    expect((await get(`${metadata.userinfo_endpoint}?access_token=${tokens.access_token}`)).status).toBe(400);
    expect((await userinfo(tokens.refresh_token ?? '')).status).toBe(401);
    expect((await userinfo(tokens.id_token ?? '')).status).toBe(401);
    const machine = await jsonOf(await post(metadata.token_endpoint, { grant_type: 'client_credentials' }, basic(product, 'machine')));
    expect([401, 403]).toContain((await userinfo(String(machine['access_token']))).status);
  });
});

describe('pages of other sites may call', () => {
  const preflight = async (endpoint: string | undefined, origin: string) =>
    fetchAlone(endpoint ?? '', { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });

  it('a public client’s own pages its endpoints, and pages of anybody else none', async () => {
    const service = await relyingParty(product, 'public');
    const person = await signedIn({}, service);
    const { access_token: token } = await service.redeems(person);
    const own = 'https://public.example';
    for (const [origin, allowed] of [
      [own, own],
      ['https://evil.example', null],
      ['https://public.example.evil.example', null],
      ['null', null],
    ] as const) {
      const answers = [
        await get(metadata.userinfo_endpoint, { ...bearer(token), Origin: origin }),
        await post(metadata.token_endpoint, { grant_type: 'refresh_token', refresh_token: 'any', client_id: 'public' }, { Origin: origin }),
        await post(metadata.revocation_endpoint, { token: 'any', client_id: 'public' }, { Origin: origin }),
      ];
      expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([allowed, allowed, allowed]);
      expect(answers[0]?.status).toBe(allowed === null ? 400 : 200);
      for (const { headers } of answers) expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    expect((await preflight(metadata.token_endpoint, own)).status).toBe(204);
  });

  it('preflights and early refusals speak to nobody else either, and endpoints of servers to no page at all', async () => {
    const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin');
    for (const endpoint of [metadata.token_endpoint, metadata.userinfo_endpoint, metadata.revocation_endpoint]) {
      expect(allowed(await preflight(endpoint, 'https://public.example'))).toBe('https://public.example');
      for (const origin of ['https://evil.example', 'https://suite.example', 'null'])
        expect(allowed(await preflight(endpoint, origin))).toBeNull();
    }
    for (const endpoint of [metadata.introspection_endpoint, metadata.pushed_authorization_request_endpoint]) {
      expect(allowed(await preflight(endpoint, 'https://public.example'))).toBeNull();
    }
    expect(allowed(await get(metadata.userinfo_endpoint, { ...bearer('none'), Origin: 'https://evil.example' }))).toBeNull();
    expect(allowed(await post(metadata.token_endpoint, { grant_type: 'client_credentials' }))).toBeNull();
  });

  it('a confidential client’s endpoints have no callers in browsers', async () => {
    const { access_token: token } = await client.redeems(await signedIn());
    const answer = await get(metadata.userinfo_endpoint, { ...bearer(token), Origin: 'https://suite.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('everybody discovery and keys, nobody the pages', async () => {
    const origin = { Origin: 'https://evil.example' };
    for (const address of [`${product.issuer}/.well-known/openid-configuration`, metadata.jwks_uri]) {
      expect((await get(address, origin)).headers.get('access-control-allow-origin')).toBe('*');
    }
    for (const address of [metadata.authorization_endpoint, metadata.end_session_endpoint, `${product.issuer}/`]) {
      expect((await get(address, { ...origin, Accept: 'text/html' })).headers.get('access-control-allow-origin')).toBeNull();
      expect((await preflight(address, origin.Origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('credentials of a client', () => {
  it.each<[string, string]>([
    ['not base64', 'Basic ***'],
    ['without a colon', `Basic ${Buffer.from('suite').toString('base64')}`],
    ['with padding that does not fit', `Basic ${Buffer.from('suite:x').toString('base64')}=`],
    ['not encoded as a form', `Basic ${Buffer.from('suite:%zz').toString('base64')}`],
    ['with a control character', `Basic ${Buffer.from('suite:%00').toString('base64')}`],
    ['of another scheme', `Digest ${Buffer.from('suite:x').toString('base64')}`],
  ])('that are %s are refused, not read somehow', async (_, authorization) => {
    await expectTokenError(await redeem('any', {}, { Authorization: authorization }), 'invalid_request');
  });

  it('that are wrong are refused with the scheme that is wanted, whoever it was', async () => {
    for (const id of ['suite', 'nobody']) {
      const answer = await redeem('any', {}, { Authorization: `Basic ${Buffer.from(`${id}:wrong`).toString('base64')}` });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
      await expectTokenError(answer, 'invalid_client', 401);
    }
  });
});
