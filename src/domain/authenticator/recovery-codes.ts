import { randomBytes } from 'node:crypto';
import { fold } from '../folding.ts';
import type { Setting } from '../presence/strength.ts';
import type { Vault } from '../vault.ts';

/**
 * Recovery codes (look-up secrets, SP 800-63B 3.1.2): for whoever has lost the authenticator app. Ten codes of
 * 80 random bits; only keyed hashes of them are kept, each is used once, and a new set replaces the old one.
 */
export interface RecoveryCodeStore {
  /** How many are unused. */
  left(accountId: string): Promise<number>;
  /** By which proof they were made; undefined: nobody asked then, or there are none. */
  setting(accountId: string): Promise<Setting | undefined>;
}

const count = 10;
const length = 16;

/** Crockford's: no letter that looks like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new set, as people write them down: four groups of four. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: count }, () => {
    const letters = [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
    return (letters.match(/.{4}/g) ?? []).join('-');
  });
}

/** Keyed hash of a code as typed: case, spaces and hyphens do not matter, nor letters taken for digits. */
export function recoveryCodeHash(vault: Vault, accountId: string, code: string): Buffer {
  return vault.index('recovery-code', `${accountId}|${fold('recovery-code', code)}`);
}
