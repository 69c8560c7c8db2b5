import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GivenSecrets } from '../../src/config/environment.ts';
import { completeSecrets } from '../../src/config/secrets.ts';

const none: GivenSecrets = {
  cookieKeys: undefined,
  keyEncryptionKey: undefined,
  earlierKeyEncryptionKeys: [],
  indexKey: undefined,
  pairwiseKey: undefined,
  pepper: undefined,
};

let dataDir: string;
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'minxin-secrets-')), 'data');
});
afterEach(() => rmSync(join(dataDir, '..'), { recursive: true }));

describe('secrets that the environment does not give', () => {
  it('say which variable names what is no folder', () => {
    writeFileSync(dataDir, 'a file');
    expect(() => completeSecrets(none, dataDir)).toThrow(`DATA_DIR names ${dataDir}, which is no folder and cannot become one (EEXIST)`);
  });

  it('are made once, for the owner’s eyes, and are the same at the next start', () => {
    const made = completeSecrets(none, dataDir);
    expect(made.pepper).toHaveLength(32);
    expect(
      new Set([
        ...made.cookieKeys,
        ...[made.keyEncryptionKey, made.indexKey, made.pairwiseKey, made.pepper].map((key) => key.toString('base64url')),
      ]).size,
    ).toBe(5);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
    expect(completeSecrets(none, dataDir)).toEqual(made);
  });

  it('stand beside those that it gives', () => {
    const pepper = Buffer.alloc(32, 1);
    const secrets = completeSecrets({ ...none, pepper }, dataDir);
    expect(secrets.pepper).toEqual(pepper);
    expect(secrets.indexKey).toEqual(completeSecrets(none, dataDir).indexKey);
  });

  it('are never silently replaced when their file is damaged', () => {
    completeSecrets(none, dataDir);
    writeFileSync(join(dataDir, 'secrets.json'), '{"pepper":"abc"}');
    expect(() => completeSecrets(none, dataDir)).toThrow('is damaged');
  });
});

it('a complete environment touches no file', () => {
  const key = Buffer.alloc(32, 1);
  const given = { cookieKeys: ['k'], keyEncryptionKey: key, earlierKeyEncryptionKeys: [key], indexKey: key, pairwiseKey: key, pepper: key };
  expect(completeSecrets(given, dataDir)).toEqual(given);
  expect(existsSync(dataDir)).toBe(false);
});
