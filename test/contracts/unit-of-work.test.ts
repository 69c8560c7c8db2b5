import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createEvidenceStore } from '../../adapters/database/evidence.ts';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { NewStateRow } from '../../src/domain/protocol-state.ts';
import { Conflict, type Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { newAccount, newEvidence, newPerson, proof, registration, happenedAt } from './registered.ts';

describe.each(databaseKinds)('a unit of work in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const accounts = () => createAccountStore(stores);
  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const count = async (table: 'account' | 'subject' | 'audit_event'): Promise<number> => {
    const rows = await stores.db.selectFrom(table).select('id').execute();
    return rows.length;
  };

  it('writes everything or nothing', async () => {
    const [taken, account] = [newAccount(), newAccount()];
    await commit(...registration(taken));
    const before = await count('subject');
    const failing = commit(...registration(account), ...registration(newAccount({ mobile: taken.mobile })));
    await expect(failing).rejects.toBeInstanceOf(Conflict);
    expect(await accounts().header(account.id)).toBeUndefined();
    expect(await count('subject')).toBe(before);
  });

  it.each([
    ['mobile', (taken: ReturnType<typeof newAccount>) => ({ mobile: taken.mobile })],
    ['username', (taken: ReturnType<typeof newAccount>) => ({ username: taken.username })],
    ['email', (taken: ReturnType<typeof newAccount>) => ({ email: taken.email })],
    ['subject', (taken: ReturnType<typeof newAccount>) => ({ subjectId: taken.subjectId })],
  ])('names the rule when the %s is taken', async (rule, about) => {
    const taken = newAccount({ email: `${randomUUID()}@example.cn` });
    await commit(...registration(taken));
    const account = newAccount(about(taken));
    const writes = registration(account).filter(({ write }) => rule !== 'subject' || write !== 'subject.insert');
    await expect(commit(...writes)).rejects.toMatchObject({ name: 'Conflict', write: 'account.insert', rule });
  });

  it('refuses a document that belongs to somebody', async () => {
    const [account, person] = [newAccount(), newPerson()];
    await commit(...registration(account), ...proof(account, { ...person, subjectId: account.subjectId }));
    const second = newAccount();
    await commit(...registration(second));
    const twin = newPerson({ document: person.document, subjectId: second.subjectId });
    await expect(commit(...proof(second, twin))).rejects.toMatchObject({ write: 'person.insert', rule: 'document' });
    expect((await accounts().header(second.id))?.personId).toBeUndefined();
  });

  it('links an account that is free to a person who is free, once', async () => {
    const [account, person] = [newAccount(), newPerson()];
    await commit(...registration(account), ...proof(account, { ...person, subjectId: account.subjectId }));
    const other = newAccount();
    await commit(...registration(other));
    const link = { write: 'account.link-person', personId: person.id, at: happenedAt } as const;
    await expect(commit({ ...link, accountId: account.id, subjectId: account.subjectId })).rejects.toMatchObject({
      write: 'account.link-person',
      rule: 'account',
    });
    await expect(commit({ ...link, accountId: other.id, subjectId: other.subjectId })).rejects.toMatchObject({
      write: 'account.link-person',
      rule: 'person',
    });
    await expect(commit({ ...link, accountId: randomUUID(), subjectId: other.subjectId })).rejects.toMatchObject({
      write: 'account.link-person',
      rule: 'account',
    });
  });

  it('changes the password that is there', async () => {
    const account = newAccount();
    await commit(...registration(account));
    await commit({ write: 'password.put', accountId: account.id, hash: 'renewed', at: happenedAt });
    expect((await accounts().password(account.id))?.hash).toBe('renewed');
  });

  it('changes what an owner changes, so that it is found by the new and not by the old', async () => {
    const account = newAccount({ email: `${randomUUID()}@example.cn` });
    await commit(...registration(account));
    const { mobile, username } = newAccount();
    const at = secondsAfter(happenedAt, 60);
    const set = { mobile, username: `${username}X`, ethnicity: '05', socialHistory: '2008 年参军' };
    await commit({ write: 'account.update', accountId: account.id, set, at });
    expect(await accounts().byId(account.id)).toMatchObject({ ...set, email: account.email });
    expect(await accounts().byIdentifier('mobile', mobile)).toMatchObject({ id: account.id });
    expect(await accounts().byIdentifier('username', `${username}x`)).toMatchObject({ id: account.id });
    expect(await accounts().byIdentifier('mobile', account.mobile)).toBeUndefined();
    await commit({ write: 'account.update', accountId: account.id, set: { email: null, ethnicity: null, socialHistory: null }, at });
    expect(await accounts().byId(account.id)).toMatchObject({ mobile, email: undefined, ethnicity: undefined, socialHistory: undefined });
    const other = newAccount();
    await commit(...registration(other));
    const taking = commit({ write: 'account.update', accountId: other.id, set: { mobile }, at });
    await expect(taking).rejects.toMatchObject({ write: 'account.update', rule: 'mobile' });
  });

  it('tells the hook each named write, before and after, in order', async () => {
    const points: string[] = [];
    const unit = createUnitOfWork({ ...stores, onWrite: (...point) => void points.push(point.join(' ')) });
    await unit.commit('register', registration(newAccount()));
    expect(points).toEqual([
      'register subject.insert before',
      'register subject.insert after',
      'register account.insert before',
      'register account.insert after',
      'register password.put before',
      'register password.put after',
    ]);
  });

  it.each(['before', 'after'] as const)('keeps nothing when it fails %s any of its writes', async (phase) => {
    for (const failing of ['subject.insert', 'account.insert', 'password.put']) {
      const account = newAccount();
      const unit = createUnitOfWork({
        ...stores,
        onWrite: (_, write, now) => {
          if (write === failing && now === phase) throw new Error('power cut');
        },
      });
      await expect(unit.commit('register', registration(account))).rejects.toThrow('power cut');
      expect(await accounts().header(account.id)).toBeUndefined();
      await commit(...registration(account));
    }
  });

  it('is tried again after a serialization failure or deadlock, and given up after three retries', async () => {
    let failures = 2;
    const retries: string[] = [];
    const unit = createUnitOfWork({
      ...stores,
      onRetry: (useCase) => void retries.push(useCase),
      onWrite: () => {
        failures -= 1;
        if (failures >= 0) throw Object.assign(new Error('passing'), { code: failures % 2 ? '40001' : '40P01' });
      },
    });
    const account = newAccount();
    await unit.commit('register', registration(account));
    expect(await accounts().header(account.id)).toBeDefined();
    expect(retries).toEqual(['register', 'register']);
    failures = 4;
    await expect(unit.commit('register', registration(newAccount()))).rejects.toThrow('passing');
    expect(retries).toHaveLength(5);
    failures = 0;
    await unit.commit('register', registration(newAccount()));
    expect(retries).toHaveLength(5);
  });

  it('appends an audit event and enqueues a message once, however often it is repeated', async () => {
    const before = await count('audit_event');
    const [event, message] = [randomUUID(), randomUUID()];
    const writes: Write[] = [
      {
        write: 'audit.append',
        event: {
          id: event,
          at: happenedAt,
          event: 'sign-in.succeeded',
          accountId: undefined,
          clientId: undefined,
          requestId: 'r-1',
          details: { method: 'password' },
        },
      },
      {
        write: 'outbox.enqueue',
        message: {
          id: message,
          payload: { kind: 'backchannel-logout', clientId: 'housing-fund', sub: 's', sid: undefined },
          suppressed: false,
          enqueuedAt: happenedAt,
          expiresAt: secondsAfter(happenedAt, 60),
        },
      },
    ];
    await commit(...writes);
    await commit(...writes);
    expect(await count('audit_event')).toBe(before + 1);
    expect(await stores.db.selectFrom('outbox').select('id').where('id', '=', message).execute()).toHaveLength(1);
  });

  it('writes more rows in one go than one statement may carry', async () => {
    const about = { accountId: undefined, clientId: undefined, requestId: undefined, details: {} };
    const before = await count('audit_event');
    const events = Array.from({ length: 7000 }, (): Write => {
      return { write: 'audit.append', event: { id: randomUUID(), at: happenedAt, event: 'sign-out.done', ...about } };
    });
    await commit(...events);
    expect(await count('audit_event')).toBe(before + 7000);
  });

  it('gives and revokes nothing to an operator twice', async () => {
    const account = newAccount();
    await commit(...registration(account));
    const role = { write: 'operator-role.put', accountId: account.id, role: 'reviewer', at: happenedAt } as const;
    await commit(role);
    await commit(role);
    const roles = stores.db.selectFrom('operator_role').select(['role', 'revoked_at']);
    expect(await roles.where('account_id', '=', account.id).execute()).toEqual([{ role: 'reviewer', revoked_at: null }]);
  });

  it('two proofs of one kind at once both succeed, and one is current', async () => {
    const [account, person] = [newAccount(), newPerson()];
    await commit(...registration(account), ...proof(account, { ...person, subjectId: account.subjectId }));
    const both = ['A', 'B', 'C', 'D'].map((reference) => newEvidence(person.id, { reference }));
    await Promise.all(both.map((evidence) => commit({ write: 'evidence.insert', evidence })));
    expect(await createEvidenceStore(stores).ofPerson(person.id)).toHaveLength(1);
    const all = await stores.db.selectFrom('evidence').select('id').where('person_id', '=', person.id).execute();
    expect(all).toHaveLength(5);
  });

  describe('ends', () => {
    const row = (accountId: string, about: Partial<NewStateRow>): NewStateRow => ({
      payload: Buffer.from('sealed'),
      expiresAt: secondsAfter(stores.clock.now(), 60),
      uid: undefined,
      userCode: undefined,
      grantId: undefined,
      clientId: undefined,
      accountId,
      ...about,
    });

    it('every session of an account but one, with its factors, and no request under way brings one back', async () => {
      const state = createDurableState(stores);
      const [accountId, other, now] = [randomUUID(), randomUUID(), stores.clock.now()];
      const [kept, ended, others] = [randomUUID(), randomUUID(), randomUUID()];
      for (const [uid, owner] of [
        [kept, accountId],
        [ended, accountId],
        [others, other],
      ] as const) {
        await state.put('Session', uid, row(owner, { uid }));
        const factors = [{ amr: 'pwd', at: happenedAt }];
        await commit({ write: 'session-factors.put', sessionUid: uid, accountId: owner, factors, expiresAt: secondsAfter(now, 60) });
      }
      await commit({ write: 'sessions.end', accountId, exceptUid: kept });
      await state.put('Session', ended, row(accountId, { uid: ended }));
      expect((await state.ofAccount(accountId, now)).map(({ uid }) => uid)).toEqual([kept]);
      expect(await state.find('Session', ended, now)).toBeUndefined();
      expect(await state.factors(ended, now)).toEqual([]);
      expect(await state.factors(kept, now)).toHaveLength(1);
      expect(await state.factors(others, now)).toHaveLength(1);
      await commit({ write: 'sessions.end', accountId, exceptUid: undefined });
      expect(await state.ofAccount(accountId, now)).toEqual([]);
      expect(await state.find('Session', others, now)).toBeDefined();
    });

    it('one session of an account with all that is known of it, and none of anybody else', async () => {
      const state = createDurableState(stores);
      const [accountId, other, now] = [randomUUID(), randomUUID(), stores.clock.now()];
      const [first, second, others] = [randomUUID(), randomUUID(), randomUUID()];
      for (const [uid, owner] of [
        [first, accountId],
        [second, accountId],
        [others, other],
      ] as const) {
        await state.put('Session', uid, row(owner, { uid }));
        const factors = [{ amr: 'pwd', at: happenedAt }];
        await commit({
          write: 'session-factors.put',
          sessionUid: uid,
          accountId: owner,
          factors,
          expiresAt: secondsAfter(now, 60),
          device: 'Firefox · Linux',
        });
      }
      await commit({ write: 'session.end', accountId, uid: first });
      await commit({ write: 'session.end', accountId, uid: others });
      await state.put('Session', first, row(accountId, { uid: first }));
      expect((await state.ofAccount(accountId, now)).map(({ uid, device }) => [uid, device])).toEqual([[second, 'Firefox · Linux']]);
      expect((await state.ofAccount(other, now)).map(({ uid }) => uid)).toEqual([others]);
      expect(await state.factors(first, now)).toEqual([]);
      const devices = await stores.db.selectFrom('session_device').select('session_uid').where('account_id', '=', accountId).execute();
      expect(devices).toEqual([{ session_uid: second }]);
    });

    it('every grant of an account and what was issued under it, and leaves sessions alone', async () => {
      const state = createDurableState(stores);
      const [accountId, other, now] = [randomUUID(), randomUUID(), stores.clock.now()];
      await state.put('Session', 'g-session', row(accountId, {}));
      await state.put('Grant', 'g-grant', row(accountId, {}));
      await state.put('RefreshToken', 'g-token', row(accountId, { grantId: 'grant' }));
      await state.put('Grant', 'g-other', row(other, {}));
      await commit({ write: 'grants.end', accountId });
      expect(await state.find('Grant', 'g-grant', now)).toBeUndefined();
      expect(await state.find('RefreshToken', 'g-token', now)).toBeUndefined();
      expect(await state.consume('RefreshToken', 'g-token', now)).toBe(false);
      expect(await state.find('Session', 'g-session', now)).toBeDefined();
      expect(await state.find('Grant', 'g-other', now)).toBeDefined();
    });
  });
});
