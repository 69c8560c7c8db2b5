import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { type SuiteName, suites } from '../../adapters/keys/suites.ts';
import { testSecrets } from '../support/stores.ts';

const place = { table: 'person', column: 'identity_sealed', row: 'a' };
const suiteNames = Object.values(suites).map(({ name }) => name);
const secrets = testSecrets();
/** Every way a vault says that it does not open. */
const shut = /authentic|too short|unknown version|not here/;

describe.each(suiteNames)('the vault with %s', (suite: SuiteName) => {
  const vault = createFileVault(secrets, { suite });

  it.each(['', '张伟', '𠮷'.repeat(1000)])('opens what it sealed, of every length', async (text) => {
    const key = await vault.newKey();
    expect(await vault.open(key, place, await vault.seal(key, place, text))).toBe(text);
    expect(vault.openFor('draft', vault.sealFor('draft', text))).toBe(text);
  });

  it('seals the same text differently each time, and shows none of it', async () => {
    const key = await vault.newKey();
    const [first, second] = [await vault.seal(key, place, 'zhangwei'), await vault.seal(key, place, 'zhangwei')];
    expect(first.equals(second)).toBe(false);
    expect(first.includes('zhangwei')).toBe(false);
    expect(vault.sealFor('draft', 'zhangwei').equals(vault.sealFor('draft', 'zhangwei'))).toBe(false);
  });

  it.each([
    ['table', { ...place, table: 'account' }],
    ['column', { ...place, column: 'mobile_sealed' }],
    ['row', { ...place, row: 'b' }],
    ['border between column and row', { table: 'person', column: 'identity', row: '_sealeda' }],
  ])('does not open a value that was moved to another %s', async (_, elsewhere) => {
    const key = await vault.newKey();
    const sealed = await vault.seal(key, place, '张伟');
    await expect(vault.open(key, elsewhere, sealed)).rejects.toThrow(shut);
  });

  it('does not open under the key of somebody else, nor for another purpose', async () => {
    const [key, other] = [await vault.newKey(), await vault.newKey()];
    await expect(vault.open(other, place, await vault.seal(key, place, '张伟'))).rejects.toThrow(shut);
    expect(() => vault.openFor('session', vault.sealFor('draft', '张伟'))).toThrow(shut);
  });

  it('does not open a value, a key or a purpose with any byte changed or missing', async () => {
    const key = await vault.newKey();
    const sealed = await vault.seal(key, place, '张伟');
    const sealedFor = vault.sealFor('draft', '张伟');
    for (let index = 0; index < sealed.length; index += 1) {
      await expect(vault.open(key, place, flipped(sealed, index))).rejects.toThrow(shut);
      await expect(vault.open(key, place, sealed.subarray(0, index))).rejects.toThrow(shut);
    }
    for (let index = 0; index < key.length; index += 1) {
      await expect(vault.open(flipped(key, index), place, sealed)).rejects.toThrow(shut);
    }
    for (let index = 0; index < sealedFor.length; index += 1) {
      expect(() => vault.openFor('draft', flipped(sealedFor, index))).toThrow(shut);
    }
  });

  it('opens after the key-encryption key was replaced, as long as the earlier one is there', async () => {
    const key = await vault.newKey();
    const [sealed, draft] = [await vault.seal(key, place, '张伟'), vault.sealFor('draft', '张伟')];
    const renewed = { ...secrets, keyEncryptionKey: randomBytes(32) };
    const both = createFileVault({ ...renewed, earlierKeyEncryptionKeys: [secrets.keyEncryptionKey] });
    expect(await both.open(key, place, sealed)).toBe('张伟');
    expect(both.openFor('draft', draft)).toBe('张伟');
    const onlyNew = createFileVault(renewed);
    await expect(onlyNew.open(key, place, sealed)).rejects.toThrow('not here');
    expect(await onlyNew.open(await both.newKey(), place, sealed).catch(() => 'shut')).toBe('shut');
  });

  it('lets no byte wander between what is sealed and what it is bound to', () => {
    const [key, bound] = [createSecretKey(randomBytes(32)), Buffer.from('place')];
    const sealed = suites[suite].seal(key, bound, Buffer.from('张伟'));
    const moved = Buffer.concat([bound.subarray(-1), sealed]);
    expect(() => suites[suite].open(key, bound.subarray(0, -1), moved)).toThrow(shut);
  });

  it('opens what every other suite sealed', async () => {
    for (const other of suiteNames) {
      const earlier = createFileVault(secrets, { suite: other });
      const key = await earlier.newKey();
      expect(await vault.open(key, place, await earlier.seal(key, place, '张伟'))).toBe('张伟');
      expect(vault.openFor('draft', earlier.sealFor('draft', '张伟'))).toBe('张伟');
    }
  });
});

describe('look-ups by keyed hash', () => {
  const vault = createFileVault(secrets);

  it('are the same for the same value and differ by kind, value and key', () => {
    const index = vault.index('mobile', '13812345678');
    expect(index).toHaveLength(32);
    expect(vault.index('mobile', '13812345678')).toEqual(index);
    expect(vault.index('username', '13812345678')).not.toEqual(index);
    expect(vault.index('mobile', '13812345679')).not.toEqual(index);
    expect(createFileVault(testSecrets()).index('mobile', '13812345678')).not.toEqual(index);
  });

  it('cannot be computed with the key as it lies in its file', () => {
    const naive = createHmac('sha256', secrets.indexKey).update('13812345678').digest();
    expect(vault.index('mobile', '13812345678')).not.toEqual(naive);
  });

  it('do not change when the key-encryption key is replaced', () => {
    const renewed = createFileVault({ ...secrets, keyEncryptionKey: randomBytes(32) });
    expect(renewed.index('mobile', '13812345678')).toEqual(vault.index('mobile', '13812345678'));
    expect(renewed.pairwise('housing', 's')).toBe(vault.pairwise('housing', 's'));
  });
});

describe('pairwise subjects', () => {
  const vault = createFileVault(secrets);

  it('are URL-safe, stable, and shared by no two sectors and no two subjects', () => {
    const all = new Set<string>();
    for (const sector of ['housing', 'insurance', 'a', 'ab']) {
      for (const subject of ['1', '2', 'b1', '1b']) all.add(vault.pairwise(sector, subject));
    }
    expect(all.size).toBe(16);
    expect(vault.pairwise('housing', '1')).toMatch(/^[\w-]{43}$/);
    expect(createFileVault(secrets).pairwise('housing', '1')).toBe(vault.pairwise('housing', '1'));
  });
});

it('a vault refuses keys that are not 32 bytes long', () => {
  expect(() => createFileVault({ ...secrets, keyEncryptionKey: randomBytes(16) })).toThrow('32 bytes');
  expect(() => createFileVault({ ...secrets, pairwiseKey: randomBytes(0) })).toThrow('32 bytes');
  expect(() => createFileVault({ ...secrets, indexKey: randomBytes(31) })).toThrow('32 bytes');
});

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
