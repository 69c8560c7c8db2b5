import type { Strength } from '../presence/strength.ts';

/** A passkey of an account, as it is kept. */
export interface Passkey {
  /** Ours, for addresses of pages. UUID. */
  readonly id: string;
  readonly accountId: string;
  /** Given by the authenticator, base64url. */
  readonly credentialId: string;
  /** COSE_Key. */
  readonly publicKey: Buffer;
  /** How often the authenticator says it has signed; 0 for ever where it does not count. */
  readonly counter: number;
  /** May be copied to other devices of the person by their provider (backup eligible). */
  readonly synced: boolean;
  /** How browsers reach it (`internal`, `hybrid`, `usb` …): a hint for them. */
  readonly transports: readonly string[];
  /** Chosen by the person. */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** By which proof it was added; undefined: nobody asked then. */
  readonly setBy: Strength | undefined;
}

export interface PasskeyStore {
  /** Oldest first. */
  ofAccount(accountId: string): Promise<readonly Passkey[]>;
  /** @param credentialId - base64url */
  byCredential(credentialId: string): Promise<Passkey | undefined>;
}
