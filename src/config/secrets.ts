import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenSecrets } from './environment.ts';
import { isKey } from './formats.ts';

/** Every key is there. */
export type Secrets = { readonly [Name in keyof GivenSecrets]: NonNullable<GivenSecrets[Name]> };

/** The file in `DATA_DIR`: one key in base64url under each name. */
type Stored = Readonly<Record<keyof GivenSecrets, string>>;

/**
 * The secrets of the process. Those that the environment does not give are read from `secrets.json` in
 * `dataDir`, which is made on the first start; in production the environment gives all and no file is touched.
 *
 * @param given - from the environment
 * @throws the error of the file system when the folder cannot be written, and when the file is damaged
 */
export function completeSecrets(given: GivenSecrets, dataDir: string): Secrets {
  const { cookieKeys, keyEncryptionKey, indexKey, pairwiseKey, pepper } = given;
  if (cookieKeys && keyEncryptionKey && indexKey && pairwiseKey && pepper) {
    return { cookieKeys, keyEncryptionKey, indexKey, pairwiseKey, pepper };
  }
  const stored = storedSecrets(dataDir);
  const key = (name: keyof GivenSecrets): Buffer => Buffer.from(stored[name], 'base64url');
  return {
    cookieKeys: cookieKeys ?? [stored.cookieKeys],
    keyEncryptionKey: keyEncryptionKey ?? key('keyEncryptionKey'),
    indexKey: indexKey ?? key('indexKey'),
    pairwiseKey: pairwiseKey ?? key('pairwiseKey'),
    pepper: pepper ?? key('pepper'),
  };
}

function storedSecrets(dataDir: string): Stored {
  const file = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true });
  return read(file) ?? make(file);
}

function read(file: string): Stored | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const stored: Stored = JSON.parse(text);
  const keys = [stored.cookieKeys, stored.keyEncryptionKey, stored.indexKey, stored.pairwiseKey, stored.pepper];
  if (!keys.every(isKey)) throw new Error(`${file} is damaged: it must hold five keys of 32 bytes in base64url`);
  return stored;
}

/** Whole or not at all, and the first of several processes wins: all of them read the winner's file. */
function make(file: string): Stored {
  const fresh = (): string => randomBytes(32).toString('base64url');
  const secrets: Stored = {
    cookieKeys: fresh(),
    keyEncryptionKey: fresh(),
    indexKey: fresh(),
    pairwiseKey: fresh(),
    pepper: fresh(),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    const winner = isCode(error, 'EEXIST') ? read(file) : undefined;
    if (winner) return winner;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
