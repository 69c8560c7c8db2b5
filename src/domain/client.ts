import type { Acr } from './assurance/ladder.ts';

/** Our own pages are a client too (docs/adr/0015). */
export const ownClientId = 'minxin';

/** The city's own app, where a deployment has one: its tokens open the API that is made for it (docs/adr/0049). */
export const citizenAppId = 'citizen-app';

/**
 * A relying party's record: the metadata of RFC 7591 and OpenID Connect under their own names, and our own
 * members beside them. Static clients come from the clients file (src/config/clients.schema.json says what
 * each member means), others from the database.
 */
export interface ClientRecord {
  readonly client_id: string;
  /** Plain, for methods that need it; a client has this, `client_secret_sha256`, or neither. */
  readonly client_secret?: string;
  /** SHA-256 of the secret, base64url. */
  readonly client_secret_sha256?: string;
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly token_endpoint_auth_signing_alg?: SigningAlgorithm;
  /** Whom the client's assertions are for (docs/adr/0033). */
  readonly assertion_audience: 'issuer' | 'token-endpoint';
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwks_uri?: string;

  readonly client_name: string;
  /** In English (RFC 7591 section 2.2). */
  readonly 'client_name#en'?: string;
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  readonly contacts?: readonly string[];

  readonly application_type: 'web' | 'native';
  readonly redirect_uris: readonly string[];
  readonly post_logout_redirect_uris: readonly string[];
  readonly initiate_login_uri?: string;
  readonly backchannel_logout_uri?: string;
  readonly backchannel_logout_session_required: boolean;

  readonly grant_types: readonly GrantType[];
  readonly response_types: readonly ('code' | 'none')[];
  readonly response_modes?: readonly ('query' | 'fragment' | 'form_post')[];
  /** Space-separated; absent: every scope that needs no entitlement. */
  readonly scope?: string;
  readonly default_acr_values?: readonly Acr[];
  /** Seconds. */
  readonly default_max_age?: number;
  readonly require_auth_time: boolean;
  readonly require_pushed_authorization_requests: boolean;
  readonly id_token_signed_response_alg: SigningAlgorithm;
  readonly introspection_signed_response_alg?: SigningAlgorithm;

  /** No sign-in below this level, whatever the request says (AST-05). */
  readonly minimum_acr?: Acr;
  /** Evidence older than so many seconds does not count for this client (AST-07). */
  readonly max_evidence_age?: number;
  /** Part of the platform itself: no consent page. */
  readonly first_party: boolean;
  /** For whom people may sign in. */
  readonly principal: 'person' | 'legal_person' | 'any';
  /** Clients with the same one see the same `sub`; absent: the client alone (PRT-06). */
  readonly sector?: string;
  /** `public` by the entitlement `public_subject` alone: the `sub` of all such clients (docs/adr/0033). */
  readonly subject_type: 'pairwise' | 'public';
  readonly pkce_required: boolean;
  readonly entitlements: readonly Entitlement[];
  /** Exists only where the sandbox runs. */
  readonly sandbox_only: boolean;
}

export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

export type SigningAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

/** What a client needs a permission for: a scope, or the `sub` that other clients see as well. */
export type Entitlement = 'identity_document' | 'public_subject';
