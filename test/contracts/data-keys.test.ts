import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createDataKeyStore } from '../../adapters/database/data-keys.ts';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { createSigningKeyStore } from '../../adapters/database/signing-keys.ts';
import { tables } from '../../adapters/database/tables.ts';
import { createUnitOfWork, type UnitOfWorkDeps } from '../../adapters/database/unit-of-work.ts';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import { rewrapDataKeys } from '../../src/domain/keys/data-keys.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { databaseKinds, openStores, testSecrets, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, registration } from './registered.ts';

const old = testSecrets();
const renewed = { ...old, keyEncryptionKey: randomBytes(32) };
const before = createFileVault(old);
const both = createFileVault({ ...renewed, earlierKeyEncryptionKeys: [old.keyEncryptionKey] });
const after = createFileVault(renewed);

describe.each(databaseKinds)('data keys in %s, when the key-encryption key is replaced', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  beforeEach(async () => {
    for (const table of ['account', 'signing_key', 'oidc_state', 'audit_event'] as const) await stores.db.deleteFrom(table).execute();
  });
  afterAll(() => stores.close());

  const unit = (vault: Vault, about: Partial<UnitOfWorkDeps> = {}) => createUnitOfWork({ ...stores, vault, ...about });
  const keys = (vault: Vault) => createDataKeyStore({ db: stores.db, vault });
  const deps = (vault: Vault, about: Partial<UnitOfWorkDeps> = {}) => ({
    store: keys(vault),
    unitOfWork: unit(vault, about),
    clock: stores.clock,
  });
  const registered = async (count: number) => {
    const accounts = Array.from({ length: count }, () => newAccount());
    await unit(before).commit('register', accounts.flatMap(registration));
    return accounts;
  };
  const runs = async (about: Partial<UnitOfWorkDeps> = {}, batch = 2) => {
    const steps: unknown[] = [];
    for await (const step of rewrapDataKeys(deps(both, about), batch)) steps.push(step);
    return steps;
  };

  it('are wrapped anew in batches, and then everything opens without the earlier key', async () => {
    const accounts = await registered(5);
    const times = { createdAt: happenedAt, publishedAt: happenedAt, usedFrom: undefined, retiredAt: undefined };
    const key = { kid: 'k', alg: 'ES256', state: 'published', jwk: { kid: 'k', kty: 'EC' }, ...times } as const;
    await unit(before).commit('publish-key', [{ write: 'signing-key.insert', key }]);
    expect(await keys(both).count('account')).toEqual({ all: 5, earlier: 5 });

    expect(await runs()).toEqual([
      { table: 'account', done: 2 },
      { table: 'account', done: 4 },
      { table: 'account', done: 5 },
      { table: 'signing_key', done: 1 },
    ]);
    expect(await keys(both).count('account')).toEqual({ all: 5, earlier: 0 });
    for (const { id, mobile } of accounts) {
      expect(await createAccountStore({ db: stores.db, vault: after }).byId(id)).toMatchObject({ mobile });
    }
    expect(await createSigningKeyStore({ db: stores.db, vault: after }).list()).toEqual([key]);
    const records = await stores.db.selectFrom('audit_event').select('details').where('event', '=', 'data-keys.rewrapped').execute();
    expect(records.map(({ details }) => `${details.kind} ${details.count}`).toSorted()).toEqual([
      'account 1',
      'account 2',
      'account 2',
      'signing_key 1',
    ]);
    expect(await runs()).toEqual([]);
  });

  it('go on where a run was cut off, and no batch is half done or done without its record', async () => {
    await registered(5);
    let batches = 0;
    const cut = (_: string, write: string) => {
      if (write === 'audit.append' && (batches += 1) > 2) throw new Error('power cut');
    };
    await expect(runs({ onWrite: (useCase, write, phase) => (phase === 'after' ? cut(useCase, write) : undefined) })).rejects.toThrow(
      'power cut',
    );
    expect(await keys(both).count('account')).toEqual({ all: 5, earlier: 1 });
    expect(await stores.db.selectFrom('audit_event').select('id').execute()).toHaveLength(2);
    expect(await runs()).toEqual([{ table: 'account', done: 1 }]);
  });

  it('that somebody replaced meanwhile are left as they are', async () => {
    const [account] = await registered(1);
    const [stale] = await keys(both).earlier('account', undefined, 1);
    if (!account || !stale) throw new Error('nothing was registered');
    const fresh = await after.newKey();
    await stores.db.updateTable('account').set({ data_key: fresh }).where('id', '=', account.id).execute();
    await unit(both).commit('rewrap-keys', [{ write: 'data-key.rewrap', table: 'account', ...stale }]);
    expect(await stores.db.selectFrom('account').select('data_key').execute()).toEqual([{ data_key: fresh }]);
  });

  it('say what cannot be opened when the earlier key is not there', async () => {
    await registered(1);
    await expect(rewrapDataKeys(deps(after), 2).next()).rejects.toThrow('not here');
  });

  it('are of every table that has them', () => {
    const having = Object.entries(tables).filter(([, columns]) => 'data_key' in columns);
    expect(keys(both).tables.toSorted()).toEqual(having.map(([table]) => table).toSorted());
  });

  it('are not all: protocol state sealed under the earlier key is told, with the time it ends', async () => {
    const now = stores.clock.now();
    const state = createDurableState(stores);
    const row = { uid: undefined, userCode: undefined, grantId: undefined, clientId: undefined, accountId: randomUUID() };
    const put = (id: string, vault: Vault, seconds: number) =>
      state.put('RefreshToken', id, { ...row, payload: vault.sealFor('oidc:RefreshToken', '{}'), expiresAt: secondsAfter(now, seconds) });
    expect(await keys(both).state(now)).toEqual({ rows: 0, until: undefined });
    await put('a', before, 60);
    await put('b', before, 90);
    await put('c', both, 120);
    await put('d', before, -1);
    expect(await keys(both).state(now)).toEqual({ rows: 2, until: secondsAfter(now, 90) });
  });
});
