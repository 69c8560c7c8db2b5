import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBindingStore } from '../../adapters/database/bindings.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import type { Binding } from '../../src/domain/upstream/binding.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, registration } from './registered.ts';

describe.each(databaseKinds)('bindings in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const bindings = () => createBindingStore(stores);
  const refused = (rule: string) => expect.objectContaining({ name: 'Conflict', rule });
  const insert = (binding: Binding): Write => ({ write: 'binding.insert', binding });

  async function owner(): Promise<string> {
    const account = newAccount();
    await commit(...registration(account));
    return account.id;
  }

  const newBinding = (accountId: string, known: Partial<Binding> = {}): Binding => ({
    id: randomUUID(),
    accountId,
    provider: 'national-platform',
    subject: randomUUID(),
    createdAt: happenedAt,
    lastUsedAt: undefined,
    setBy: 'password',
    ...known,
  });

  it('a binding is found by account and by subject as it was made, and the subject stands nowhere in clear', async () => {
    const binding = newBinding(await owner());
    await commit(insert(binding));
    expect(await bindings().ofAccount(binding.accountId)).toEqual([binding]);
    expect(await bindings().bySubject(binding.provider, binding.subject)).toEqual(binding);
    expect(await bindings().bySubject('another', binding.subject)).toBeUndefined();
    const row = await stores.db.selectFrom('binding').selectAll().where('id', '=', binding.id).executeTakeFirstOrThrow();
    expect(Buffer.concat([row.subject_index, row.subject_sealed]).includes(binding.subject)).toBe(false);
  });

  it('an account may be opened and bound in one transaction', async () => {
    const account = newAccount();
    const binding = newBinding(account.id);
    await commit(...registration(account), insert(binding));
    expect(await bindings().ofAccount(account.id)).toEqual([binding]);
  });

  it('a subject of a third party belongs to one account, and an account has one of each third party', async () => {
    const binding = newBinding(await owner());
    await commit(insert(binding));
    await expect(commit(insert(newBinding(await owner(), { subject: binding.subject })))).rejects.toEqual(refused('subject'));
    await expect(commit(insert(newBinding(binding.accountId)))).rejects.toEqual(refused('provider'));
    await commit(insert(newBinding(binding.accountId, { provider: 'another', subject: binding.subject })));
    expect(await bindings().ofAccount(binding.accountId)).toHaveLength(2);
  });

  it('of two accounts that bind one subject at once, one does', async () => {
    const subject = randomUUID();
    const owners = [await owner(), await owner()];
    const results = await Promise.allSettled(owners.map((accountId) => commit(insert(newBinding(accountId, { subject })))));
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('what was removed, or belongs to somebody else, is neither used nor removed again', async () => {
    const binding = newBinding(await owner());
    const { id, accountId } = binding;
    await commit(insert(binding));
    await commit({ write: 'binding.use', id, accountId, at: happenedAt });
    expect((await bindings().ofAccount(accountId))[0]?.lastUsedAt).toEqual(happenedAt);
    const stranger = await owner();
    await expect(commit({ write: 'binding.use', id, accountId: stranger, at: happenedAt })).rejects.toEqual(refused('gone'));
    await expect(commit({ write: 'binding.remove', id, accountId: stranger })).rejects.toEqual(refused('gone'));
    await commit({ write: 'binding.remove', id, accountId });
    await expect(commit({ write: 'binding.use', id, accountId, at: happenedAt })).rejects.toEqual(refused('gone'));
    await expect(commit({ write: 'binding.remove', id, accountId })).rejects.toEqual(refused('gone'));
    expect(await bindings().bySubject(binding.provider, binding.subject)).toBeUndefined();
  });

  it('what is held signs nobody in, is still the one there is, and comes back or goes', async () => {
    const binding = newBinding(await owner());
    const { id, accountId } = binding;
    await commit(insert(binding));
    const hold: Write = {
      write: 'ways-in.hold',
      accountId,
      at: happenedAt,
      old: {},
      password: false,
      addedIds: [id],
      totp: false,
      recoveryCodes: false,
    };
    await commit(hold);
    expect(await bindings().bySubject(binding.provider, binding.subject)).toBeUndefined();
    await expect(commit({ write: 'binding.use', id, accountId, at: happenedAt })).rejects.toEqual(refused('gone'));
    await expect(commit(insert(newBinding(await owner(), { subject: binding.subject })))).rejects.toEqual(refused('subject'));
    await commit({ write: 'ways-in.restore', accountId, addedIds: [id], totp: false });
    expect(await bindings().ofAccount(accountId)).toEqual([binding]);
    await commit(hold, { write: 'ways-in.release', accountId, set: {}, password: false, addedIds: [id], totp: false, at: happenedAt });
    await commit(insert(newBinding(await owner(), { subject: binding.subject })));
  });
});
