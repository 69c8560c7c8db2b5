import { createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { IndexKind, Place, Vault } from '../../src/domain/vault.ts';
import { type SuiteName, suiteOf, suites } from './suites.ts';

export interface VaultSecrets {
  /** 32 bytes; wraps data keys. */
  readonly keyEncryptionKey: Buffer;
  /** Older ones, newest first: they still open, nothing new is made with them. */
  readonly earlierKeyEncryptionKeys?: readonly Buffer[];
  /** 32 bytes; look-ups stop finding when it changes. */
  readonly indexKey: Buffer;
  /** 32 bytes; every `sub` changes when it changes. */
  readonly pairwiseKey: Buffer;
}

export interface VaultOptions {
  /** What new values are sealed with; whatever was sealed before opens by its version byte. */
  readonly suite?: SuiteName;
}

/** version byte | id of the key-encryption key | … */
const headerLength = 1 + 4;
const saltLength = 16;

interface RootKey {
  readonly id: Buffer;
  readonly wrapping: KeyObject;
  /** Key of one purpose; each value gets a key of its own from it and a salt, so that none is used too often. */
  purpose(name: string): KeyObject;
}

/**
 * The vault over keys that lie in files or variables of this process.
 *
 * Sealed under a data key: version | suite's bytes. Wrapped data key: version | key id | suite's bytes.
 * Sealed for a purpose: version | key id | salt | suite's bytes. Everything in front is authenticated too.
 *
 * @throws Error when a key is not 32 bytes long
 */
export function createFileVault(secrets: VaultSecrets, options: VaultOptions = {}): Vault {
  const suite = suites[options.suite ?? 'aes-256-gcm'];
  const keys = [secrets.keyEncryptionKey, ...(secrets.earlierKeyEncryptionKeys ?? []), secrets.indexKey, secrets.pairwiseKey];
  if (keys.some(({ length }) => length !== 32)) throw new Error('a key of the vault must be 32 bytes long');
  const current = rootKey(secrets.keyEncryptionKey);
  const roots = [current, ...(secrets.earlierKeyEncryptionKeys ?? []).map(rootKey)];
  const indexKeyOf = remembered((kind) => derive(secrets.indexKey, `index ${kind}`));
  const pairwiseKey = derive(secrets.pairwiseKey, 'pairwise');
  const header = Buffer.concat([Buffer.of(suite.version), current.id]);

  const rootOf = (sealed: Buffer): RootKey => {
    const id = sealed.subarray(1, headerLength);
    const root = roots.find((candidate) => candidate.id.equals(id));
    if (!root) throw new Error('a sealed value names a key-encryption key that is not here');
    return root;
  };
  const unwrap = (wrapped: Buffer): KeyObject => {
    const front = wrapped.subarray(0, headerLength);
    return createSecretKey(suiteOf(wrapped).open(rootOf(wrapped).wrapping, front, wrapped.subarray(headerLength)));
  };

  const wrap = (key: Buffer): Buffer => Buffer.concat([header, suite.seal(current.wrapping, header, key)]);

  return {
    mark: header,
    async newKey() {
      return wrap(randomBytes(32));
    },
    async rewrap(key) {
      return wrap(unwrap(key).export());
    },
    async seal(key, place, text) {
      const version = Buffer.of(suite.version);
      return Buffer.concat([version, suite.seal(unwrap(key), placeAad(version, place), Buffer.from(text, 'utf8'))]);
    },
    async open(key, place, sealed) {
      const aad = placeAad(sealed.subarray(0, 1), place);
      return suiteOf(sealed).open(unwrap(key), aad, sealed.subarray(1)).toString('utf8');
    },
    sealFor(purpose, text) {
      const front = Buffer.concat([header, randomBytes(saltLength)]);
      const key = once(current.purpose(purpose), front);
      return Buffer.concat([front, suite.seal(key, front, Buffer.from(text, 'utf8'))]);
    },
    openFor(purpose, sealed) {
      const front = sealed.subarray(0, headerLength + saltLength);
      const key = once(rootOf(sealed).purpose(purpose), front);
      return suiteOf(sealed)
        .open(key, front, sealed.subarray(headerLength + saltLength))
        .toString('utf8');
    },
    index(kind: IndexKind, value) {
      return createHmac('sha256', indexKeyOf(kind)).update(value, 'utf8').digest();
    },
    pairwise(sector, subjectId) {
      return createHmac('sha256', pairwiseKey)
        .update(JSON.stringify([sector, subjectId]))
        .digest('base64url');
    },
  };
}

function rootKey(key: Buffer): RootKey {
  return {
    id: derive(key, 'key id').export().subarray(0, 4),
    wrapping: derive(key, 'data key wrapping'),
    purpose: remembered((name) => derive(key, `purpose ${name}`)),
  };
}

function derive(key: Buffer, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `minxin ${use}`, 32)));
}

function once(purposeKey: KeyObject, front: Buffer): KeyObject {
  return createSecretKey(createHmac('sha256', purposeKey).update(front).digest());
}

function placeAad(version: Buffer, { table, column, row }: Place): Buffer {
  return Buffer.concat([version, Buffer.from(JSON.stringify([table, column, row]), 'utf8')]);
}

/** Few names, asked for often. */
function remembered(make: (name: string) => KeyObject): (name: string) => KeyObject {
  const made = new Map<string, KeyObject>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
