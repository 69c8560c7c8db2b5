import { beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { requestAlone } from '../support/connection.ts';
import { eventually } from '../support/eventually.ts';
import { logsOf, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

const asks = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await requestAlone(new URL(path, product.address), { headers: { Host: new URL(product.issuer).host, ...headers } });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
};

const discovery = '/.well-known/openid-configuration';

describe('what services can look up', () => {
  it('[PRT-01] discovery says what there is: code flow with S256, form_post, iss, pairwise subjects', async () => {
    const { body } = await asks(discovery);
    expect(JSON.parse(body)).toMatchObject({
      issuer: product.issuer,
      response_types_supported: ['code', 'none'],
      response_modes_supported: expect.arrayContaining(['query', 'form_post']),
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      subject_types_supported: ['pairwise'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      prompt_values_supported: expect.arrayContaining(['none', 'login', 'consent', 'create']),
      ui_locales_supported: ['zh-CN', 'en'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      claims_parameter_supported: true,
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
    });
  });

  it('[PRT-01] discovery tells for each endpoint how clients prove who they are, and where people read the terms (RFC 8414)', async () => {
    const metadata = (await asks(discovery)).body;
    const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      expect(JSON.parse(metadata)).toMatchObject({
        [`${endpoint}_endpoint_auth_methods_supported`]: methods,
        [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      });
    }
    const { op_policy_uri: privacy, op_tos_uri: terms, display_values_supported: displays }: Record<string, string> = JSON.parse(metadata);
    for (const address of [privacy, terms]) expect((await asks(new URL(address ?? '').pathname)).status).toBe(200);
    expect(displays).toEqual(['page', 'touch']);
    expect((await asks('/.well-known/oauth-authorization-server')).body).toBe(metadata);
  });

  it('[PRT-01] the same methods of authentication work everywhere they are advertised', async () => {
    for (const client of ['basic', 'post', 'key', 'public']) {
      const service = await relyingParty(product, client);
      const config = await service.configuration();
      expect((await openid.tokenIntrospection(config, 'nothing')).active).toBe(false);
      await expect(openid.tokenRevocation(config, 'nothing')).resolves.toBeUndefined();
    }
  });

  it.each([
    { Host: 'evil.example' },
    { Host: 'localhost:1' },
    { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
    { Forwarded: 'host=evil.example;proto=https' },
    { 'X-Forwarded-Host': 'evil.example, localhost', 'X-Forwarded-Port': '666', 'X-Forwarded-Prefix': '/evil' },
  ])('[PRT-01] every address it prints is of the issuer, whoever asks under whichever name: %j', async (headers) => {
    const told = await asks(discovery, headers);
    expect(told.body).toBe((await asks(discovery)).body);
    const addresses = Object.values<unknown>(JSON.parse(told.body)).filter((value) => typeof value === 'string' && /^https?:/.test(value));
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of addresses) expect(address).toMatch(new RegExp(`^${product.issuer}(/|$)`));

    // Nor does any page or redirect print another one.
    for (const path of ['/auth?client_id=nobody', '/login', '/', '/session/end', '/interaction/x/login']) {
      const page = await asks(path, headers);
      expect(`${page.body} ${JSON.stringify(page.headers)}`).not.toContain('evil.example');
      const { location = '/' } = page.headers;
      expect(new URL(String(location), product.issuer).origin).toBe(product.issuer);
    }
  });

  it('[PRT-01] the key set has a key for every algorithm, and nothing private', async () => {
    const { body } = await asks('/jwks');
    const { keys }: { keys: Record<string, string>[] } = JSON.parse(body);
    expect(new Set(keys.map(({ kty }) => kty))).toEqual(new Set(['EC', 'RSA', 'OKP']));
    for (const key of keys) {
      expect(Object.keys(key)).toEqual(expect.arrayContaining(['kid', 'kty', 'use']));
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  });

  it.each([discovery, '/jwks'])('[PRT-01] %s may be kept by everybody and costs nothing while it has not changed', async (path) => {
    const first = await asks(path);
    expect(first).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^application\/(jwk-set\+)?json/) } });
    expect(first.headers['cache-control']).toMatch(/public, max-age=\d{3}/);
    expect(first.headers['access-control-allow-origin']).toBe('*');
    expect(first.headers['set-cookie']).toBeUndefined();
    const again = await asks(path, { 'If-None-Match': String(first.headers['etag']) });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect((await asks(path, { 'If-None-Match': '"another"' })).status).toBe(200);
  });

  it.each([discovery, '/jwks'])('%s is logged like every other answer, from memory too', async (path) => {
    await asks(path);
    const { headers } = await asks(path);
    const line = `"requestId":"${String(headers['x-request-id'])}","method":"GET","route":"${path}","status":200`;
    await eventually(line, () => logsOf(product).includes(line));
  });
});
