import { describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../../adapters/keys/file-vault.ts';
import { newRecoveryCodes, recoveryCodeHash } from '../../../src/domain/authenticator/recovery-codes.ts';

const vault = createFileVault({ keyEncryptionKey: Buffer.alloc(32, 1), indexKey: Buffer.alloc(32, 2), pairwiseKey: Buffer.alloc(32, 3) });
const hash = (code: string, account = 'a') => recoveryCodeHash(vault, account, code).toString('hex');

describe('recovery codes', () => {
  it('are ten, all different, in four groups without letters that look like digits', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
  });

  it.each(['0a1b-2c3d-4e5f-6g7h', '0A1B 2C3D 4E5F 6G7H', 'oalb2c3d4e5f6g7h', 'OAIB–2C3D—4E5F-6G7H', '０Ａ１Ｂ-2c3d-4e5f-6g7h'])(
    'are recognised as people type them: %s',
    (typed) => {
      expect(hash(typed)).toBe(hash('0a1b-2c3d-4e5f-6g7h'));
    },
  );

  it('are of one account, and nothing else is taken for them', () => {
    expect(hash('0a1b-2c3d-4e5f-6g7h', 'b')).not.toBe(hash('0a1b-2c3d-4e5f-6g7h'));
    expect(hash('0a1b-2c3d-4e5f-6g7j')).not.toBe(hash('0a1b-2c3d-4e5f-6g7h'));
  });
});
