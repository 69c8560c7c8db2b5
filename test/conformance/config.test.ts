import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ServerMetadata } from 'openid-client';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectError, jsonOf, keysOf } from './conditions.ts';
import { testPlan } from './suite.ts';
import { get, metadataOf, post } from './wire.ts';

const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];
const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

testPlan('oidcc-config-certification-test-plan', {
  'oidcc-discovery-endpoint-verification: every member is known and true, and every address is of this issuer': async ({
    product,
    client,
  }) => {
    const answer = await get(`${product.issuer}/.well-known/openid-configuration`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    const address = expect.stringMatching(new RegExp(`^${product.issuer}/[a-z/]+$`));
    expect(sorted(await jsonOf(answer))).toEqual(
      sorted({
        issuer: product.issuer,
        authorization_endpoint: address,
        token_endpoint: address,
        userinfo_endpoint: address,
        jwks_uri: address,
        introspection_endpoint: address,
        revocation_endpoint: address,
        pushed_authorization_request_endpoint: address,
        end_session_endpoint: address,
        response_types_supported: ['code', 'none'],
        response_modes_supported: ['form_post', 'fragment', 'query'],
        grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
        subject_types_supported: ['pairwise'],
        scopes_supported: [
          'openid',
          'offline_access',
          'profile',
          'email',
          'phone',
          'address',
          'real_name',
          'identity_document',
          'assurance',
        ],
        claims_supported: expect.arrayContaining([
          'sub',
          'iss',
          'auth_time',
          'acr',
          'amr',
          'name',
          'preferred_username',
          'locale',
          'phone_number',
          'address',
        ]),
        claim_types_supported: ['normal'],
        display_values_supported: ['page', 'touch'],
        op_policy_uri: address,
        op_tos_uri: address,
        claims_parameter_supported: true,
        acr_values_supported: ['L1', 'L2', 'L3', 'L4'],
        prompt_values_supported: ['none', 'login', 'consent', 'create'],
        ui_locales_supported: ['zh-CN', 'en'],
        // RS256 is what Core 15.1 demands of everybody who signs.
        id_token_signing_alg_values_supported: algorithms,
        introspection_signing_alg_values_supported: algorithms,
        token_endpoint_auth_signing_alg_values_supported: algorithms,
        token_endpoint_auth_methods_supported: authMethods,
        introspection_endpoint_auth_methods_supported: authMethods,
        introspection_endpoint_auth_signing_alg_values_supported: algorithms,
        revocation_endpoint_auth_methods_supported: authMethods,
        revocation_endpoint_auth_signing_alg_values_supported: algorithms,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        request_uri_parameter_supported: false,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
      }),
    );
    expect(await jsonOf(await get(`${product.issuer}/.well-known/oauth-authorization-server`))).toEqual(await jsonOf(answer));
    await expectPublicKeys(await metadataOf(client));
  },
});

describe('what the document advertises', () => {
  let product: Product;
  let metadata: ServerMetadata;
  beforeAll(async () => {
    product = await sharedProduct();
    metadata = await metadataOf(await relyingParty(product, 'suite'));
  });

  it.each(['token_endpoint', 'introspection_endpoint', 'revocation_endpoint', 'pushed_authorization_request_endpoint'] as const)(
    'the %s answers, and tells a nameless client in JSON that it must say who it is',
    async (endpoint) => {
      await expectError(await post(metadata[endpoint], {}), 'invalid_request');
      await expectError(await post(metadata[endpoint], { client_id: 'nobody' }), 'invalid_client', 401);
    },
  );

  it('the userinfo_endpoint answers by GET and POST, and says which kind of token it wants', async () => {
    for (const answer of [await get(metadata.userinfo_endpoint), await post(metadata.userinfo_endpoint, {})]) {
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="/);
    }
  });

  it.each(['authorization_endpoint', 'end_session_endpoint'] as const)(
    'the %s answers people with a page, by GET and POST',
    async (endpoint) => {
      const posted = (await post(metadata[endpoint], { client_id: 'nobody' })).headers.get('location') ?? '';
      for (const address of [metadata[endpoint], new URL(posted, product.issuer)]) {
        expect((await get(address, { Accept: 'text/html' })).headers.get('content-type')).toMatch(/^text\/html/);
      }
    },
  );

  it('no method is accepted that an endpoint has no use for', async () => {
    for (const address of [metadata.token_endpoint, metadata.introspection_endpoint, metadata.revocation_endpoint]) {
      expect([404, 405]).toContain((await get(address)).status);
    }
  });
});

/** RFC 7517, Core 10.1: distinct names, one use each, nothing private, RSA of 2048 bits at least. */
async function expectPublicKeys(metadata: ServerMetadata): Promise<void> {
  const { keys } = await keysOf(metadata);
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  for (const key of keys) {
    expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', kty: expect.stringMatching(/^(EC|RSA|OKP)$/) });
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    if (key['kty'] === 'RSA') expect(Buffer.from(String(key['n']), 'base64url').length).toBeGreaterThanOrEqual(256);
  }
}

/** Lists of the document are sets. */
function sorted(document: Readonly<Record<string, unknown>>): object {
  const inOrder = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).toSorted((a, b) => a.localeCompare(b)) : value);
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, inOrder(value)]));
}
