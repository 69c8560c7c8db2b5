import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPasskeyStore, createRecoveryCodeStore, createTotpStore } from '../../adapters/database/authenticators.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import type { Passkey } from '../../src/domain/authenticator/passkey-store.ts';
import { Conflict, type Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, registration } from './registered.ts';

describe.each(databaseKinds)('authenticators in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const passkeys = () => createPasskeyStore(stores);
  const totps = () => createTotpStore(stores);
  const codes = () => createRecoveryCodeStore(stores);
  const refused = (rule: string) => expect.objectContaining({ name: 'Conflict', rule });

  async function owner(): Promise<string> {
    const account = newAccount();
    await commit(...registration(account));
    return account.id;
  }

  function newPasskey(accountId: string, known: Partial<Passkey> = {}): Passkey {
    return {
      id: randomUUID(),
      accountId,
      credentialId: randomBytes(20).toString('base64url'),
      publicKey: randomBytes(77),
      counter: 0,
      synced: true,
      transports: ['internal', 'hybrid'],
      name: '张伟的手机',
      createdAt: happenedAt,
      lastUsedAt: undefined,
      setBy: undefined,
      ...known,
    };
  }

  it('a passkey is found by account and by credential as it was added, and its name stands nowhere in clear', async () => {
    const accountId = await owner();
    const passkey = newPasskey(accountId, { setBy: 'mobile-plus' });
    await commit({ write: 'passkey.insert', passkey });
    expect(await passkeys().ofAccount(accountId)).toEqual([passkey]);
    expect(await passkeys().byCredential(passkey.credentialId)).toEqual(passkey);
    expect(await passkeys().byCredential('unknown')).toBeUndefined();
    const row = await stores.db.selectFrom('passkey').select('name_sealed').where('id', '=', passkey.id).executeTakeFirst();
    expect(row?.name_sealed.includes('张伟')).toBe(false);
  });

  it('a credential belongs to one account for ever', async () => {
    const passkey = newPasskey(await owner());
    await commit({ write: 'passkey.insert', passkey });
    const stolen = newPasskey(await owner(), { credentialId: passkey.credentialId });
    await expect(commit({ write: 'passkey.insert', passkey: stolen })).rejects.toEqual(refused('passkey'));
  });

  it.each([
    ['grows', 5, 6, true],
    ['stands still', 5, 5, false],
    ['goes back', 5, 4, false],
    ['was never kept', 0, 0, true],
    ['begins to be kept', 0, 1, true],
    ['falls to nothing', 5, 0, false],
  ])('a counter that %s: %i, then %i', async (_, counter, next, works) => {
    const accountId = await owner();
    const passkey = newPasskey(accountId, { counter });
    await commit({ write: 'passkey.insert', passkey });
    const use = await commit({ write: 'passkey.use', id: passkey.id, counter: next, at: happenedAt }).catch((error: unknown) => error);
    expect(use).toEqual(works ? undefined : refused('counter'));
    expect(await passkeys().ofAccount(accountId)).toEqual([{ ...passkey, ...(works ? { counter: next, lastUsedAt: happenedAt } : {}) }]);
  });

  it('a passkey is renamed and removed by its owner, and by nobody else', async () => {
    const [accountId, stranger] = [await owner(), await owner()];
    const passkey = newPasskey(accountId);
    await commit({ write: 'passkey.insert', passkey });
    await commit({ write: 'passkey.rename', id: passkey.id, accountId: stranger, name: '我的' });
    await commit({ write: 'passkey.remove', id: passkey.id, accountId: stranger });
    expect(await passkeys().ofAccount(accountId)).toEqual([passkey]);
    await commit({ write: 'passkey.rename', id: passkey.id, accountId, name: '平板' });
    expect(await passkeys().ofAccount(accountId)).toEqual([{ ...passkey, name: '平板' }]);
    await commit({ write: 'passkey.remove', id: passkey.id, accountId });
    expect(await passkeys().ofAccount(accountId)).toEqual([]);
  });

  it('an app is kept sealed, one for each account; a step is used once, and an older one never', async () => {
    const accountId = await owner();
    const secret = randomBytes(20);
    expect([await totps().standing(accountId), await totps().ofAccount(accountId)]).toEqual(['none', undefined]);
    await commit({ write: 'totp.put', accountId, secret, step: 100, at: happenedAt, by: 'password' });
    expect(await totps().standing(accountId)).toBe('active');
    expect(await totps().ofAccount(accountId)).toEqual({
      secret,
      lastStep: 100,
      confirmedAt: happenedAt,
      set: { by: 'password', at: happenedAt },
    });
    await commit({ write: 'totp.use', accountId, step: 101 });
    for (const step of [99, 100, 101]) await expect(commit({ write: 'totp.use', accountId, step })).rejects.toEqual(refused('step'));
    const next = randomBytes(20);
    await commit({ write: 'totp.put', accountId, secret: next, step: 7, at: happenedAt, by: 'mobile' });
    expect(await totps().ofAccount(accountId)).toEqual({
      secret: next,
      lastStep: 7,
      confirmedAt: happenedAt,
      set: { by: 'mobile', at: happenedAt },
    });
    await commit({ write: 'totp.remove', accountId });
    expect(await totps().standing(accountId)).toBe('none');
  });

  it('a recovery code is used once; a new set ends the old one', async () => {
    const accountId = await owner();
    const hashes = [1, 2, 3].map((fill) => Buffer.alloc(32, fill));
    const use = (hash: Buffer) => commit({ write: 'recovery-code.use', accountId, hash, at: happenedAt });
    await commit({ write: 'recovery-codes.put', accountId, hashes, at: happenedAt, by: 'mobile-plus' });
    expect(await codes().left(accountId)).toBe(3);
    expect(await codes().setting(accountId)).toEqual({ by: 'mobile-plus', at: happenedAt });
    await use(Buffer.alloc(32, 1));
    expect(await codes().left(accountId)).toBe(2);
    await expect(use(Buffer.alloc(32, 1))).rejects.toThrow(Conflict);
    await commit({ write: 'recovery-codes.put', accountId, hashes: [Buffer.alloc(32, 9)], at: happenedAt, by: 'password' });
    await expect(use(Buffer.alloc(32, 2))).rejects.toThrow(Conflict);
    expect(await codes().left(accountId)).toBe(1);
    await commit({ write: 'recovery-codes.remove', accountId });
    expect(await codes().left(accountId)).toBe(0);
  });
});
