import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { isBcrypt, verifyBcrypt } from './bcrypt.ts';

/**
 * Hashes of the systems that people were imported from (docs/operations.md, Import). Nothing new is made with them: a
 * success is hashed anew with argon2id.
 */
export interface LegacyHash {
  /** Compares off the event loop, or in microseconds on it. */
  verify(password: string): Promise<boolean>;
}

/** Beyond these a comparison would take longer than a failure may (argon2id.ts), and hold a core for all that time. */
const mostBcryptRounds = 12;
const mostIterations = 1_000_000;

/**
 * Reads bcrypt, and these, salt and hash in base64:
 *
 * - `$pbkdf2-sha256$i=29000$salt$hash`, also `sha1` and `sha512`
 * - `$salted-sha256$o=salt-password$salt$hash`, also `sm3`; `o=password-salt` where the password came first
 *
 * @returns undefined for anything else, and for what would take too long
 */
export function readLegacyHash(stored: string): LegacyHash | undefined {
  if (isBcrypt(stored))
    return Number(stored.slice(4, 6)) > mostBcryptRounds ? undefined : { verify: (password) => verifyBcrypt(password, stored) };
  return readPbkdf2(stored) ?? readSalted(stored);
}

const base64 = '[A-Za-z0-9+/]+={0,2}';
const pbkdf2Form = new RegExp(`^\\$pbkdf2-(sha1|sha256|sha512)\\$i=(\\d{1,8})\\$(${base64})\\$(${base64})$`);
const saltedForm = new RegExp(`^\\$salted-(sha256|sm3)\\$o=(salt-password|password-salt)\\$(${base64})\\$(${base64})$`);

const derive = promisify(pbkdf2);

function readPbkdf2(stored: string): LegacyHash | undefined {
  const [, digest = '', iterations, salt = '', hash = ''] = pbkdf2Form.exec(stored) ?? [];
  const [count, expected] = [Number(iterations), Buffer.from(hash, 'base64')];
  if (!(count >= 1 && count <= mostIterations) || expected.length < 16 || expected.length > 64) return undefined;
  return {
    // On the threads of node:crypto.
    async verify(password) {
      const made = await derive(password, Buffer.from(salt, 'base64'), count, expected.length, digest);
      return timingSafeEqual(made, expected);
    },
  };
}

function readSalted(stored: string): LegacyHash | undefined {
  const [, digest = '', order, salt = '', hash = ''] = saltedForm.exec(stored) ?? [];
  const expected = Buffer.from(hash, 'base64');
  if (expected.length !== 32) return undefined;
  return {
    async verify(password) {
      const parts = [Buffer.from(salt, 'base64'), Buffer.from(password, 'utf8')];
      const made = createHash(digest);
      for (const part of order === 'salt-password' ? parts : parts.toReversed()) made.update(part);
      return timingSafeEqual(made.digest(), expected);
    },
  };
}
