/**
 * Personal data at rest (docs/adr/0009): every person and account has a data key of its own,
 * wrapped by the key-encryption key; a value is bound to the place where it stands, so that a
 * ciphertext moved to another row or column does not open.
 */

/** A data key, wrapped by the key-encryption key. Only stored, never used as it is. */
export type WrappedKey = Buffer;

/** Where a sealed value stands; authenticated with it (AAD). */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

/** What a value is looked up as. Each kind has its own key space: equal values of two kinds differ. */
export type IndexKind =
  | 'username'
  | 'mobile'
  | 'email'
  | 'document'
  | 'credit-code'
  | 'bank-card'
  | 'otp'
  | 'device'
  | 'passkey-user'
  | 'upstream-subject'
  | 'recovery-code'
  | 'recovery-decoy'
  | 'account-change'
  | 'submission'
  | 'handover'
  | 'audit-anchor'
  | 'audit-low-water'
  | 'address'
  | 'quota';

export interface Vault {
  /** A fresh data key, wrapped. */
  newKey(): Promise<WrappedKey>;
  /** The same data key, wrapped by today's key-encryption key. Throws when the one that wraps it is not there. */
  rewrap(key: WrappedKey): Promise<WrappedKey>;
  /** How everything begins that is wrapped or sealed today; what begins otherwise needs an earlier key or cipher. */
  readonly mark: Buffer;
  /** Encrypts `text` (UTF-8) under the data key, bound to `place`. */
  seal(key: WrappedKey, place: Place, text: string): Promise<Buffer>;
  /** Opens what `seal` made; throws when key, place or bytes differ. */
  open(key: WrappedKey, place: Place, sealed: Buffer): Promise<string>;
  /** Encrypts a short-lived value that has no owner yet (drafts, protocol state), bound to `purpose`. */
  sealFor(purpose: string, text: string): Buffer;
  /** Opens what `sealFor` made for the same purpose; throws when it differs. */
  openFor(purpose: string, sealed: Buffer): string;
  /** Keyed hash (HMAC-SHA-256, 32 bytes) of a normalised value: equality can be asked, the value cannot be read. */
  index(kind: IndexKind, value: string): Buffer;
  /** Keyed hash with a key of its own for pairwise subject identifiers (D1); base64url. */
  pairwise(sector: string, subjectId: string): string;
}
