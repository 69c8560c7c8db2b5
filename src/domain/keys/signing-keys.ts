/**
 * Signing keys of the provider (docs/adr/0011): published first, so that every relying party has seen a key
 * before it signs; used; then retired, still published until the last token it signed has expired; then archived: its
 * public part alone is kept, for hints (docs/adr/0034). A key that somebody else may hold is withdrawn: neither published
 * any more nor believed, whatever it signed.
 */
export type SigningKeyState = 'published' | 'active' | 'retired' | 'archived' | 'withdrawn';

/** A JSON Web Key (RFC 7517). */
export type Jwk = Readonly<Record<string, unknown>> & { readonly kid: string; readonly kty: string };

export interface SigningKey {
  readonly kid: string;
  /** JWS algorithm (RFC 7518), e.g. `ES256`. */
  readonly alg: string;
  readonly state: SigningKeyState;
  /** With its private part, unless the key is archived. */
  readonly jwk: Jwk;
  readonly createdAt: Date;
  /** Since when it is in the JWKS. */
  readonly publishedAt: Date;
  /** Since when it signs; undefined while it waits. */
  readonly usedFrom: Date | undefined;
  /** Since when it does not sign any more, retired or withdrawn. */
  readonly retiredAt: Date | undefined;
}

/** Keys are changed by the writes `signing-key.*` of the unit of work, each of which moves the version. */
export interface SigningKeyStore {
  /** Every key on file, oldest first, opened. */
  list(): Promise<readonly SigningKey[]>;
  /** Grows with every change; one cheap look-up, so that every process can poll it. 0: no change yet. */
  version(): Promise<number>;
}
