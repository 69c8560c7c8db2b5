import type { Strength } from '../presence/strength.ts';
import type { Passkey } from './passkey-store.ts';

/** Named writes of passkeys, authenticator apps and recovery codes (docs/adr/0017). */
export type AuthenticatorWrite =
  /** Refuses (`passkey`) when the credential is known already. */
  | { readonly write: 'passkey.insert'; readonly passkey: Passkey }
  /** Refuses when the counter does not move (`counterMoves`): a copy was faster. */
  | { readonly write: 'passkey.use'; readonly id: string; readonly counter: number; readonly at: Date }
  | { readonly write: 'passkey.rename'; readonly id: string; readonly accountId: string; readonly name: string }
  | { readonly write: 'passkey.remove'; readonly id: string; readonly accountId: string }
  /** Replaces an earlier app of the account. `step`: that of the code which confirmed it. */
  | {
      readonly write: 'totp.put';
      readonly accountId: string;
      readonly secret: Buffer;
      readonly step: number;
      readonly at: Date;
      readonly by: Strength;
    }
  /** Refuses when this step, or a later one, was used already. */
  | { readonly write: 'totp.use'; readonly accountId: string; readonly step: number }
  | { readonly write: 'totp.remove'; readonly accountId: string }
  /** Replaces every earlier code of the account. */
  | {
      readonly write: 'recovery-codes.put';
      readonly accountId: string;
      readonly hashes: readonly Buffer[];
      readonly at: Date;
      readonly by: Strength;
    }
  /** Refuses when there is no such code, or it was used already. */
  | { readonly write: 'recovery-code.use'; readonly accountId: string; readonly hash: Buffer; readonly at: Date }
  | { readonly write: 'recovery-codes.remove'; readonly accountId: string };
