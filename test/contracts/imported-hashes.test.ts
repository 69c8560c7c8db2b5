import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createImportedHashStore } from '../../adapters/database/imported-hashes.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { createArgon2idHasher } from '../../adapters/password-hash/argon2id.ts';
import { sealImportedHashes } from '../../src/domain/authenticator/imported-hashes.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, registration } from './registered.ts';

const hasher = createArgon2idHasher({ pepper: randomBytes(32) });
const imported = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
const foreign = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
const own = '$argon2id$v=19$m=19456,t=2,p=1,keyid=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

describe.each(databaseKinds)('imported hashes in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const withHash = async (hash: string, by?: 'mobile'): Promise<string> => {
    const account = newAccount();
    await commit(...registration(account));
    await commit({ write: 'password.put', accountId: account.id, hash, at: happenedAt, ...(by && { by }) });
    return account.id;
  };
  const stored = async (id: string) => createAccountStore(stores).password(id);
  const seals = () =>
    sealImportedHashes({
      importedHashes: createImportedHashStore(stores),
      hasher,
      unitOfWork: createUnitOfWork(stores),
      clock: stores.clock,
    });

  it('that lie open are sealed, stay set as they were, and none of ours is touched', async () => {
    const sealed = hasher.seal(imported);
    const [bcrypt, argon, ours, before] = await Promise.all([
      withHash(imported, 'mobile'),
      withHash(foreign),
      withHash(own),
      withHash(sealed),
    ]);
    while (await seals());
    expect(await stored(bcrypt)).toEqual({
      hash: expect.stringMatching(/^\$sealed\$keyid=1\$/),
      set: { by: 'mobile', at: happenedAt },
      held: false,
    });
    expect((await stored(argon))?.hash).toMatch(/^\$sealed\$/);
    expect([(await stored(ours))?.hash, (await stored(before))?.hash]).toEqual([own, sealed]);
    expect(await hasher.verify('password', (await stored(argon))?.hash)).toBe(true);
    expect(await createImportedHashStore(stores).open(10)).toEqual([]);
  });

  it('that somebody replaces at the same moment stay replaced', async () => {
    const [raced, other] = [await withHash(imported), await withHash(imported)];
    const found = await createImportedHashStore(stores).open(100);
    await commit({ write: 'password.put', accountId: raced, hash: own, at: happenedAt });
    const deps = { hasher, unitOfWork: createUnitOfWork(stores), clock: stores.clock };
    await sealImportedHashes({ ...deps, importedHashes: { open: async () => found } });
    expect((await stored(raced))?.hash).toBe(own);
    expect((await stored(other))?.hash).toMatch(/^\$sealed\$/);
  });
});
