import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenSecrets } from './environment.ts';
import { errorCode } from './error-code.ts';
import { isKey } from './formats.ts';
import { isObject, readJson } from './json.ts';

/** Every key is there. */
export type Secrets = { readonly [Name in keyof GivenSecrets]: NonNullable<GivenSecrets[Name]> };

/** The file in `DATA_DIR`: one key in base64url under each name. */
type Stored = Readonly<Record<Exclude<keyof GivenSecrets, 'earlierKeyEncryptionKeys'>, string>>;

/**
 * The secrets of the process. Those that the environment does not give are read from `secrets.json` in
 * `dataDir`, which is made on the first start; in production the environment gives all and no file is touched.
 *
 * @param given - from the environment
 * @throws the error of the file system when the folder cannot be written, and when the file is damaged
 */
export function completeSecrets(given: GivenSecrets, dataDir: string): Secrets {
  const { cookieKeys, keyEncryptionKey, earlierKeyEncryptionKeys, indexKey, pairwiseKey, pepper } = given;
  if (cookieKeys && keyEncryptionKey && indexKey && pairwiseKey && pepper) {
    return { cookieKeys, keyEncryptionKey, earlierKeyEncryptionKeys, indexKey, pairwiseKey, pepper };
  }
  const stored = storedSecrets(dataDir);
  const key = (name: keyof Stored): Buffer => Buffer.from(stored[name], 'base64url');
  return {
    cookieKeys: cookieKeys ?? [stored.cookieKeys],
    keyEncryptionKey: keyEncryptionKey ?? key('keyEncryptionKey'),
    earlierKeyEncryptionKeys,
    indexKey: indexKey ?? key('indexKey'),
    pairwiseKey: pairwiseKey ?? key('pairwiseKey'),
    pepper: pepper ?? key('pepper'),
  };
}

function storedSecrets(dataDir: string): Stored {
  const file = join(dataDir, 'secrets.json');
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new Error(`DATA_DIR names ${dataDir}, which is no folder and cannot become one (${errorCode(error)})`, { cause: error });
  }
  return read(file) ?? make(file);
}

function read(file: string): Stored | undefined {
  let stored: unknown;
  try {
    stored = readJson(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (isStored(stored)) return stored;
  throw new Error(`${file} is damaged: it must hold five keys of 32 bytes in base64url`);
}

function isStored(value: unknown): value is Stored {
  const names = ['cookieKeys', 'keyEncryptionKey', 'indexKey', 'pairwiseKey', 'pepper'];
  return isObject(value) && names.every((name) => isKey(String(value[name])));
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
    const winner = errorCode(error) === 'EEXIST' ? read(file) : undefined;
    if (winner) return winner;
    throw error;
  } finally {
    rmSync(draft);
  }
}
