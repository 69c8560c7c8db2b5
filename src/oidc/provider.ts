import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientAuthMethod, ClientRecord, SigningAlgorithm } from '../domain/client.ts';
import type { KeySet } from '../domain/keys/rotation.ts';
import type { Jwk } from '../domain/keys/signing-keys.ts';
import type { SessionPolicy } from '../domain/policy.ts';
import { acrValues } from '../domain/assurance/ladder.ts';
import { endpoints } from '../http/endpoints.ts';
import { createFindAccount, type AccountDeps } from './account.ts';
import { claimsByScope } from './claims.ts';
import {
  checkAssertion,
  expectedAudiences,
  fetchKeys,
  libraryClient,
  ourMembers,
  ownOrigin,
  sameSecret,
  seesPublicSubject,
} from './clients.ts';
import { createCookieSignatures } from './cookie-signatures.ts';
import { createLoadExistingGrant, type GrantDeps } from './grants.ts';
import { createHintVerifier } from './id-token-hint.ts';
import { createLibraryProvider, type Replacements } from './library.ts';
import { lifetimes } from './lifetimes.ts';
import { collectLogout, type SessionEndDeps } from './session-end.ts';
import { createPolicy, type PolicyDeps } from './policy.ts';
import type { ProviderPages } from './provider-pages.ts';
import { createStateAdapter, randomBitsOf, type StateDeps } from './state-adapter.ts';
import type { SubjectOf } from './subject.ts';

/** Everything the OpenID provider is made from; made anew when signing keys change (D11). */
export interface ProviderDeps {
  readonly issuer: string;
  readonly cookieKeys: readonly string[];
  readonly clients: readonly ClientRecord[];
  readonly sessions: SessionPolicy;
  /** Whether an address that is not public may be called (OUTBOUND_ALLOW). */
  readonly mayCall: (url: URL) => boolean;
  readonly state: StateDeps;
  readonly accounts: AccountDeps;
  readonly subjectOf: SubjectOf;
  readonly policy: PolicyDeps;
  readonly grants: GrantDeps;
  readonly sessionEnd: SessionEndDeps;
  readonly pages: ProviderPages;
  readonly mayResume: Replacements['mayResume'];
  /** Is the account usable? Asked where the library does not ask by itself (introspection). */
  readonly usable: (ctx: KoaContextWithOIDC, accountId: string) => Promise<boolean>;
}

export function createProvider(deps: ProviderDeps, keys: KeySet): Provider {
  return createLibraryProvider(deps.issuer, configuration(deps, keys.published), {
    formPost: deps.pages.formPost,
    sameSecret,
    expectedAudiences: (client, assertion) => expectedAudiences(client, deps.issuer, assertion),
    hintByRetiredKey: createHintVerifier(keys.retired, deps.issuer),
    leaves: (ctx, client, session) => collectLogout(deps.sessionEnd, ctx, client, session),
    mayResume: deps.mayResume,
  });
}

function configuration(deps: ProviderDeps, keys: readonly Jwk[]): Configuration {
  return {
    adapter: createStateAdapter(deps.state),
    clients: deps.clients.map((record) => libraryClient(record, deps.issuer)),
    formats: { bitsOfOpaqueRandomness: (_ctx, token) => randomBitsOf(token) },
    jwks: { keys: [...keys] },
    findAccount: createFindAccount(deps.accounts),
    pairwiseIdentifier: (ctx, accountId, client) => deps.subjectOf(ctx, accountId, client),
    // As far as the library knows, all are pairwise; what it prints is what services of this deployment were granted.
    subjectTypes: deps.clients.some(seesPublicSubject) ? ['pairwise', 'public'] : ['pairwise'],
    sectorIdentifierUriValidate: () => false,
    extraClientMetadata: { properties: [...ourMembers] },
    acrValues: [...acrValues],
    claims: claimsByScope(),
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code', 'none'],
    clientAuthMethods,
    enabledJWA,
    clientDefaults: { id_token_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256' },
    // Which of our journeys answers the prompt: `activate` leads imported people to their account, `recover` to a new password,
    // the name of a proofing method to that method.
    extraParams: ['journey'],
    pkce: { required: (_ctx, client) => client.pkce_required !== false },
    // Core 3.1.2.1 requires redirect_uri; where it is missing or comes twice, nobody is sent anywhere.
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, _header, client) =>
      checkAssertion(claims, { client, issuer: deps.issuer, now: deps.state.clock.now() }),
    // Keys too short for their algorithm verify nothing (RFC 7518 section 3.3): jose sees to it.
    fetch: fetchKeys(deps.mayCall),
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    expiresWithSession: (_ctx, token) => !token.scopes.has('offline_access'),
    loadExistingGrant: createLoadExistingGrant(deps.grants),
    clientBasedCORS: (_ctx, origin, client) => ownOrigin(client, origin),
    discovery: {
      ...supportedAt('introspection'),
      ...supportedAt('revocation'),
      display_values_supported: ['page', 'touch'],
      op_policy_uri: `${deps.issuer}/help/privacy`,
      op_tos_uri: `${deps.issuer}/help/agreement`,
      prompt_values_supported: ['none', 'login', 'consent', 'create'],
      ui_locales_supported: ['zh-CN', 'en'],
      claim_types_supported: ['normal'],
    },
    cookies: cookieSettings(deps),
    features: features(deps),
    interactions: {
      policy: createPolicy(deps.policy),
      url: (ctx, interaction) => deps.pages.interactionUrl(ctx, interaction),
    },
    renderError: (ctx, out, error) => deps.pages.error(ctx, out, error),
    routes: libraryRoutes,
    ttl: lifetimes(deps.sessions),
  };
}

export const libraryRoutes = Object.fromEntries(
  (
    ['authorization', 'end_session', 'introspection', 'jwks', 'pushed_authorization_request', 'revocation', 'token', 'userinfo'] as const
  ).map((name) => [name, endpoints[name].path]),
);

const clientAuthMethods: ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
const clientAuthSigningAlgValues: SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** Clients prove who they are as at the token endpoint; where nothing is said, RFC 8414 means client_secret_basic alone. */
function supportedAt(endpoint: 'introspection' | 'revocation'): Record<string, readonly string[]> {
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: clientAuthMethods,
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: clientAuthSigningAlgValues,
  };
}

const enabledJWA: Configuration['enabledJWA'] = {
  idTokenSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
  clientAuthSigningAlgValues,
  introspectionSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
};

function features(deps: ProviderDeps): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    claimsParameter: { enabled: true },
    introspection: {
      enabled: true,
      // A client may look into its own tokens; a resource server is a client of its own.
      allowedPolicy: async (ctx, client, token) =>
        token.clientId === client.clientId &&
        (!('accountId' in token) || token.accountId === undefined || (await deps.usable(ctx, token.accountId))),
    },
    jwtIntrospection: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: false },
    resourceIndicators: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => deps.pages.logout(ctx),
      postLogoutSuccessSource: (ctx) => deps.pages.loggedOut(ctx),
    },
  };
}

function cookieSettings({ issuer, cookieKeys }: ProviderDeps): NonNullable<Configuration['cookies']> {
  const secure = issuer.startsWith('https:');
  const shared = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const;
  return {
    keys: createCookieSignatures(cookieKeys),
    // The library fixes the path of the last two, which __Host- forbids.
    names: {
      session: `${secure ? '__Host-' : ''}mx_session`,
      interaction: `${secure ? '__Secure-' : ''}mx_interaction`,
      resume: `${secure ? '__Secure-' : ''}mx_resume`,
    },
    long: { ...shared, path: '/' },
    short: shared,
  };
}
