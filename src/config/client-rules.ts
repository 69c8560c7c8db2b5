import type { ClientRecord } from '../domain/client.ts';
import { soundKey, weaknessOf } from '../domain/client-key.ts';
import { rule } from './rules.ts';
import type { Rule } from './rules.ts';
import type { Violation } from './schema.ts';
import { isLoopback } from '../domain/loopback.ts';

/** What of the environment decides about clients. */
export interface Surroundings {
  readonly production: boolean;
  readonly outboundAllow: { readonly origins: readonly string[] };
}

/** How the members of a client must fit together. */
export function clientRules(surroundings: Surroundings): readonly Rule[] {
  return [
    rule<ClientRecord, Credentials>(credentials, hasItsCredential),
    rule<ClientRecord, 'jwks'>(['jwks'], keysAreSound),
    rule<ClientRecord, 'token_endpoint_auth_method' | 'pkce_required' | 'grant_types'>(
      ['token_endpoint_auth_method', 'pkce_required', 'grant_types'],
      publicClientIsBounded,
    ),
    rule<ClientRecord, 'grant_types' | 'response_types' | 'redirect_uris'>(
      ['grant_types', 'response_types', 'redirect_uris'],
      flowIsComplete,
    ),
    rule<ClientRecord, 'scope' | 'entitlements'>(['scope', 'entitlements'], scopesAreEntitled),
    rule<ClientRecord, 'subject_type' | 'sector' | 'entitlements'>(['subject_type', 'sector', 'entitlements'], subjectIsGranted),
    rule<ClientRecord, 'assertion_audience' | 'token_endpoint_auth_method'>(
      ['assertion_audience', 'token_endpoint_auth_method'],
      audienceHasAssertions,
    ),
    rule<ClientRecord, 'application_type' | 'redirect_uris' | 'post_logout_redirect_uris'>(
      ['application_type', 'redirect_uris', 'post_logout_redirect_uris'],
      (client) => [
        ...unsafeRedirects(client, 'redirect_uris', surroundings.production),
        ...unsafeRedirects(client, 'post_logout_redirect_uris', surroundings.production),
      ],
    ),
    ...(surroundings.production ? [rule<ClientRecord, 'client_secret'>(['client_secret'], secretIsLong)] : []),
    rule<ClientRecord, Address>(addresses, (client) => addresses.flatMap((name) => unsafeAddress(client, name, surroundings))),
  ];
}

const credentials = ['token_endpoint_auth_method', 'client_secret', 'client_secret_sha256', 'jwks', 'jwks_uri'] as const;
type Credentials = (typeof credentials)[number];

const addresses = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'jwks_uri', 'initiate_login_uri', 'backchannel_logout_uri'] as const;
type Address = (typeof addresses)[number];

/** What we call ourselves, and so what OUTBOUND_ALLOW is about; the others are where people are led. */
const called: ReadonlySet<Address> = new Set(['jwks_uri', 'backchannel_logout_uri']);

function hasItsCredential(client: Pick<ClientRecord, Credentials>): readonly Violation[] {
  const { token_endpoint_auth_method: method, client_secret, client_secret_sha256, jwks, jwks_uri } = client;
  const secrets = [client_secret, client_secret_sha256].filter((secret) => secret !== undefined).length;
  const keys = [jwks, jwks_uri].filter((source) => source !== undefined).length;
  const refuse = (name: string, problem: string, expected: string): readonly Violation[] => [{ at: [name], problem, expected }];
  if (secrets > 1) return refuse('client_secret_sha256', 'is given and so is client_secret', 'only one of the two');
  if (keys > 1) return refuse('jwks_uri', 'is given and so is jwks', 'only one of the two');
  if (method.startsWith('client_secret_') && secrets === 0) {
    return refuse('client_secret_sha256', `is missing for ${method}`, 'the SHA-256 of a secret, or another token_endpoint_auth_method');
  }
  if (method === 'private_key_jwt' && keys === 0) return refuse('jwks', 'is missing for private_key_jwt', 'jwks or jwks_uri');
  if (!method.startsWith('client_secret_') && secrets > 0) {
    return refuse('client_secret', `is given, but token_endpoint_auth_method is ${method}`, 'no secret, or a method that uses it');
  }
  return [];
}

function keysAreSound({ jwks }: Pick<ClientRecord, 'jwks'>): readonly Violation[] {
  return (jwks?.keys ?? []).flatMap((key, index) => {
    const at = ['jwks', 'keys', `${index}`];
    if ('d' in key || 'k' in key) return [{ at, problem: 'holds a private key', expected: 'the public part alone' }];
    const problem = weaknessOf(key);
    return problem === undefined ? [] : [{ at, problem, expected: soundKey }];
  });
}

/** Whoever cannot keep a secret proves by PKCE that the code is his (RFC 9700 section 2.1.1), and is nobody by himself. */
function publicClientIsBounded(
  client: Pick<ClientRecord, 'token_endpoint_auth_method' | 'pkce_required' | 'grant_types'>,
): readonly Violation[] {
  if (client.token_endpoint_auth_method !== 'none') return [];
  return [
    ...(client.pkce_required ? [] : [{ at: ['pkce_required'], problem: 'is false for a public client', expected: 'true' }]),
    ...(client.grant_types.includes('client_credentials')
      ? [
          {
            at: ['grant_types'],
            problem: 'has client_credentials for a public client',
            expected: 'a confidential client, or no such grant',
          },
        ]
      : []),
  ];
}

function flowIsComplete(
  client: Pick<ClientRecord, 'grant_types' | 'redirect_uris'> & Partial<Pick<ClientRecord, 'response_types'>>,
): readonly Violation[] {
  const violations: Violation[] = [];
  const withCode = client.grant_types.includes('authorization_code');
  if (withCode && client.redirect_uris.length === 0) {
    violations.push({ at: ['redirect_uris'], problem: 'is empty with the grant authorization_code', expected: 'at least one URL' });
  }
  if (client.grant_types.includes('refresh_token') && !withCode) {
    violations.push({ at: ['grant_types'], problem: 'has refresh_token alone', expected: 'authorization_code as well' });
  }
  if (client.response_types !== undefined && client.response_types.includes('code') !== withCode) {
    violations.push({
      at: ['response_types'],
      problem: 'does not fit grant_types',
      expected: 'code exactly where authorization_code is granted',
    });
  }
  return violations;
}

function scopesAreEntitled({ scope, entitlements }: Pick<ClientRecord, 'scope' | 'entitlements'>): readonly Violation[] {
  const asked = scope?.split(' ').includes('identity_document') ?? false;
  if (!asked || entitlements.includes('identity_document')) return [];
  return [{ at: ['scope'], problem: 'has identity_document', expected: 'identity_document under "entitlements" as well' }];
}

/** Who sees a person under one name at several services can put together what they did there: somebody must have granted it. */
function subjectIsGranted({
  subject_type: type,
  sector,
  entitlements,
}: Pick<ClientRecord, 'subject_type' | 'sector' | 'entitlements'>): readonly Violation[] {
  if (type !== 'public') return [];
  if (!entitlements.includes('public_subject')) {
    return [{ at: ['subject_type'], problem: 'is public', expected: 'public_subject under "entitlements" as well' }];
  }
  return sector === undefined ? [] : [{ at: ['sector'], problem: 'is given and subject_type is public', expected: 'only one of the two' }];
}

function audienceHasAssertions({
  assertion_audience: audience,
  token_endpoint_auth_method: method,
}: Pick<ClientRecord, 'assertion_audience' | 'token_endpoint_auth_method'>): readonly Violation[] {
  if (audience === 'issuer' || method === 'private_key_jwt') return [];
  const problem = `is ${audience}, but token_endpoint_auth_method is ${method}`;
  return [{ at: ['assertion_audience'], problem, expected: 'private_key_jwt, or no such member' }];
}

/** Codes travel through these addresses (RFC 9700 section 2.6, RFC 8252 sections 7 and 8.3). */
function unsafeRedirects(
  client: Pick<ClientRecord, 'application_type' | 'redirect_uris' | 'post_logout_redirect_uris'>,
  name: 'redirect_uris' | 'post_logout_redirect_uris',
  production: boolean,
): readonly Violation[] {
  const native = client.application_type === 'native';
  const safe = (uri: string): boolean => {
    const { protocol, hostname } = new URL(uri);
    if (protocol === 'https:') return true;
    if (protocol === 'http:') return isLoopback(hostname) && (native || !production);
    return native && protocol.includes('.');
  };
  const expected = native
    ? 'https, http on the loopback interface, or a private scheme with a dot'
    : `https${production ? '' : ', or http on the loopback interface'}`;
  return client[name].flatMap((uri, index) => (safe(uri) ? [] : [{ at: [name, `${index}`], problem: `is "${uri}"`, expected }]));
}

function unsafeAddress(
  client: Pick<ClientRecord, Address>,
  name: Address,
  { production, outboundAllow }: Surroundings,
): readonly Violation[] {
  const address = client[name];
  if (address === undefined) return [];
  const { protocol, hostname, origin } = new URL(address);
  const reached = called.has(name) && outboundAllow.origins.includes(origin);
  if (protocol === 'https:' || (!production && isLoopback(hostname)) || reached) return [];
  const expected = [
    'https',
    ...(production ? [] : ['http on the loopback interface']),
    ...(called.has(name) ? ['an origin of OUTBOUND_ALLOW'] : []),
  ];
  return [{ at: [name], problem: `is "${address}"`, expected: expected.join(', or ') }];
}

/** Too long to be guessed, so that a plain SHA-256 of it is enough. */
function secretIsLong({ client_secret: secret }: Pick<ClientRecord, 'client_secret'>): readonly Violation[] {
  if (secret === undefined || secret.length >= 32) return [];
  return [
    {
      at: ['client_secret'],
      problem: 'is shorter than 32 characters in production',
      expected: 'a long random text, better as client_secret_sha256',
    },
  ];
}
