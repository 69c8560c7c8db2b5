import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccountChangeStore } from '../../adapters/database/account-changes.ts';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createAuditLog } from '../../adapters/database/audit.ts';
import { createPasskeyStore, createRecoveryCodeStore, createTotpStore } from '../../adapters/database/authenticators.ts';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { purge } from '../../adapters/database/retention.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { NewChange } from '../../src/domain/presence/change.ts';
import type { SessionFactor } from '../../src/domain/presence/strength.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, newPerson, proof, registration } from './registered.ts';

describe.each(databaseKinds)('changes of ways in, in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const accounts = () => createAccountStore(stores);
  const changes = () => createAccountChangeStore(stores);
  const refused = (write: string, rule: string) => expect.objectContaining({ name: 'Conflict', write, rule });
  const later = (seconds: number) => secondsAfter(happenedAt, seconds);

  async function owner() {
    const account = newAccount({ email: `${randomUUID()}@example.cn` });
    await commit(...registration(account));
    return account;
  }

  function newChange(accountId: string, about: Partial<NewChange> = {}): NewChange {
    return {
      id: randomUUID(),
      accountId,
      act: 'mobile.change',
      by: 'mobile-plus',
      old: { mobile: '13912341234' },
      addedId: undefined,
      tokenIndex: randomBytes(32),
      madeAt: happenedAt,
      expiresAt: later(3600),
      ...about,
    };
  }

  const insert = (change: NewChange): Write => ({ write: 'change.insert', change });
  const freeze = (change: NewChange, known = 1): Write => ({
    write: 'changes.freeze',
    accountId: change.accountId,
    changes: [{ id: change.id, kept: { mobile: '13912341234' } }],
    known,
    at: later(60),
  });
  const nothing = { old: {}, password: false, addedIds: [], totp: false, recoveryCodes: false };

  it('are found by the keyed hash of their token, and what was there before stands nowhere in clear', async () => {
    const { id: accountId } = await owner();
    const change = newChange(accountId);
    await commit(insert(change));
    const { tokenIndex, ...known } = change;
    const found = { ...known, frozenAt: undefined, kept: undefined, returnedAt: undefined, confirmedAt: undefined };
    expect(await changes().byToken(tokenIndex)).toEqual(found);
    expect(await changes().byToken(randomBytes(32))).toBeUndefined();
    expect(await changes().ofAccount(accountId, happenedAt)).toEqual([found]);
    expect(await changes().ofAccount(accountId, later(3600))).toEqual([]);
    const row = await stores.db.selectFrom('account_change').selectAll().where('id', '=', change.id).executeTakeFirstOrThrow();
    expect(row.old_sealed.includes('13912341234')).toBe(false);
  });

  it('freeze once, only as they were looked at, and nothing is added while one is frozen', async () => {
    const { id: accountId } = await owner();
    const [first, second] = [newChange(accountId), newChange(accountId, { madeAt: later(1) })];
    await commit(insert(first), insert(second));
    await expect(commit(freeze(first))).rejects.toEqual(refused('changes.freeze', 'moved'));
    expect((await accounts().byId(accountId))?.frozen).toBe(false);
    await commit(freeze(first, 2));
    await expect(commit(freeze(first, 1))).rejects.toEqual(refused('changes.freeze', 'moved'));
    expect((await accounts().byId(accountId))?.frozen).toBe(true);
    expect((await changes().ofAccount(accountId, later(9999))).map(({ id }) => id)).toEqual([first.id]);
    await expect(commit(insert(newChange(accountId)))).rejects.toEqual(refused('change.insert', 'frozen'));
    const giveBack: Write = { write: 'changes.return', accountId, ids: [first.id], at: later(90) };
    await expect(commit({ ...giveBack, ids: [second.id] })).rejects.toEqual(refused('changes.return', 'moved'));
    await commit(giveBack);
    await expect(commit(giveBack)).rejects.toEqual(refused('changes.return', 'moved'));
    expect((await accounts().byId(accountId))?.frozen).toBe(false);
    await commit(insert(newChange(accountId)));
  });

  it('are confirmed once, for good, with the earlier ones of the same thing, and keep nothing of what they had set', async () => {
    const { id: accountId } = await owner();
    const [earlier, change, other] = [newChange(accountId), newChange(accountId), newChange(accountId, { act: 'email.change' })];
    await commit(insert(earlier), insert(change), insert(other));
    const confirm: Write = { write: 'changes.confirm', accountId, ids: [change.id], supersedes: ['mobile.change'], at: later(90) };
    await expect(commit(confirm)).rejects.toEqual(refused('changes.confirm', 'moved'));
    await commit(freeze(change, 3));
    expect((await changes().byToken(change.tokenIndex))?.kept).toEqual({ mobile: '13912341234' });
    const row = () => stores.db.selectFrom('account_change').selectAll().where('id', '=', change.id).executeTakeFirstOrThrow();
    expect((await row()).kept_sealed?.includes('13912341234')).toBe(false);
    await commit(confirm);
    await expect(commit(confirm)).rejects.toEqual(refused('changes.confirm', 'moved'));
    await expect(commit({ write: 'changes.return', accountId, ids: [change.id], at: later(90) })).rejects.toEqual(
      refused('changes.return', 'moved'),
    );
    expect((await row()).kept_sealed).toBeNull();
    expect((await accounts().byId(accountId))?.frozen).toBe(false);
    for (const each of [earlier, change]) {
      expect((await changes().byToken(each.tokenIndex))?.confirmedAt).toEqual(later(90));
      await expect(commit(freeze(each))).rejects.toEqual(refused('changes.freeze', 'moved'));
    }
    expect((await changes().ofAccount(accountId, later(90))).map(({ id }) => id)).toEqual([other.id]);
  });

  it('old values that are held find nobody, and do again when they are released', async () => {
    const account = await owner();
    const { id: accountId, mobile, username = '' } = account;
    await commit({ write: 'account.update', accountId, set: { mobile: '13912341234', username: 'taken-over' }, at: happenedAt });
    await commit({ write: 'ways-in.hold', accountId, ...nothing, old: { mobile, username, email: null }, at: later(1) });
    expect(await accounts().byId(accountId)).toMatchObject({ mobile, username, email: undefined, mobileProven: false });
    // Nobody proves what nobody has.
    await commit({ write: 'mobile.proven', accountId, at: later(1) });
    expect((await accounts().byId(accountId))?.mobileProven).toBe(false);
    for (const [what, value] of [
      ['mobile', mobile],
      ['mobile', '13912341234'],
      ['username', username],
      ['username', 'taken-over'],
    ] as const)
      expect([value, await accounts().byIdentifier(what, value)]).toEqual([value, undefined]);
    const release: Write = {
      write: 'ways-in.release',
      accountId,
      set: { mobile, username, email: null },
      password: false,
      addedIds: [],
      totp: false,
      at: later(2),
    };
    await commit(release);
    expect(await accounts().byIdentifier('mobile', mobile)).toMatchObject({ id: accountId, mobileProven: true });
    expect((await accounts().byIdentifier('username', username))?.id).toBe(accountId);
    // Somebody else has the number by now.
    await commit({ write: 'ways-in.hold', accountId, ...nothing, old: { mobile }, at: later(2) });
    await commit(...registration(newAccount({ mobile })));
    await expect(commit({ ...release, set: { mobile } })).rejects.toEqual(refused('ways-in.release', 'mobile'));
  });

  it('passwords, passkeys and apps that are held are not there, and what was added is gone with the release', async () => {
    const { id: accountId } = await owner();
    const passkey = {
      id: randomUUID(),
      accountId,
      credentialId: randomBytes(20).toString('base64url'),
      publicKey: randomBytes(77),
      counter: 0,
      synced: true,
      transports: [],
      name: '手机',
      createdAt: happenedAt,
      lastUsedAt: undefined,
      setBy: 'mobile-plus',
    } as const;
    const hash = 'set-by-a-thief';
    await commit(
      { write: 'password.put', accountId, hash, at: happenedAt, by: 'mobile-plus' },
      { write: 'passkey.insert', passkey },
      { write: 'totp.put', accountId, secret: randomBytes(20), step: 1, at: happenedAt, by: 'mobile-plus' },
      { write: 'recovery-codes.put', accountId, hashes: [randomBytes(32)], at: happenedAt, by: 'mobile-plus' },
    );
    expect(await accounts().password(accountId)).toEqual({ hash, set: { by: 'mobile-plus', at: happenedAt }, held: false });
    const held = { password: true, addedIds: [passkey.id], totp: true, recoveryCodes: true };
    await commit({ write: 'ways-in.hold', accountId, old: { password: 'before' }, ...held, at: later(1) });
    expect(await accounts().password(accountId)).toEqual({ hash: 'before', set: undefined, held: true });
    expect(await createPasskeyStore(stores).byCredential(passkey.credentialId)).toBeUndefined();
    expect(await createPasskeyStore(stores).ofAccount(accountId)).toEqual([]);
    const totps = createTotpStore(stores);
    expect([await totps.standing(accountId), await totps.ofAccount(accountId)]).toEqual(['held', undefined]);
    expect(await createRecoveryCodeStore(stores).left(accountId)).toBe(0);
    // Some of it was the owner's own.
    await commit({ write: 'ways-in.restore', accountId, addedIds: [passkey.id], totp: true });
    expect((await createPasskeyStore(stores).ofAccount(accountId)).map(({ id }) => id)).toEqual([passkey.id]);
    expect(await totps.standing(accountId)).toBe('active');
    expect((await accounts().password(accountId))?.held).toBe(true);
    await commit({ write: 'ways-in.release', accountId, set: {}, password: true, addedIds: [passkey.id], totp: true, at: later(2) });
    expect(await accounts().password(accountId)).toEqual({ hash: 'before', set: undefined, held: false });
    expect(await stores.db.selectFrom('passkey').select('id').where('id', '=', passkey.id).execute()).toEqual([]);
    expect(await stores.db.selectFrom('totp').select('account_id').where('account_id', '=', accountId).execute()).toEqual([]);
  });

  it('are forgotten a day after their time, but not while one is frozen', async () => {
    const { id: accountId } = await owner();
    const [over, kept] = [newChange(accountId), newChange(accountId)];
    await commit(insert(over), insert(kept), freeze(kept, 2));
    await purge({ db: stores.db, audit: createAuditLog(stores) }, later(3600 + 86_400 + 1));
    const left = await stores.db.selectFrom('account_change').select('id').where('account_id', '=', accountId).execute();
    expect(left).toEqual([{ id: kept.id }]);
  });

  describe('an act', () => {
    const session = (accountId: string, factors: readonly SessionFactor[]): Write => ({
      write: 'session-factors.put',
      sessionUid: `session of ${accountId}`,
      accountId,
      factors,
      expiresAt: later(3600),
    });
    const hold = (accountId: string, verified = false): Write => ({
      write: 'presence.hold',
      accountId,
      sessionUid: `session of ${accountId}`,
      verified,
    });

    it('is done in a session that is there, of an account that is what it was', async () => {
      const account = await owner();
      await expect(commit(hold(account.id))).rejects.toEqual(refused('presence.hold', 'session'));
      await commit(session(account.id, [{ amr: 'sms', at: happenedAt }]));
      await commit(hold(account.id));
      await expect(commit(hold(account.id, true))).rejects.toEqual(refused('presence.hold', 'account'));
      await commit(...proof(account, newPerson({ subjectId: account.subjectId })));
      await expect(commit(hold(account.id))).rejects.toEqual(refused('presence.hold', 'account'));
      await commit(hold(account.id, true), { write: 'sessions.end', accountId: account.id, exceptUid: undefined });
      await expect(commit(hold(account.id, true))).rejects.toEqual(refused('presence.hold', 'session'));
    });

    it('remembers with the account when the trust in browsers ended, of one account alone', async () => {
      const [account, other] = [await owner(), await owner()];
      expect((await accounts().header(account.id))?.trustEndedAt).toBeUndefined();
      await commit({ write: 'trust.end', accountId: account.id });
      const ended = (await accounts().header(account.id))?.trustEndedAt;
      expect(ended).toBeInstanceOf(Date);
      expect((await accounts().byId(account.id))?.trustEndedAt).toEqual(ended);
      expect((await accounts().header(other.id))?.trustEndedAt).toBeUndefined();
    });

    it('finds the factors with what they count as; a newer one decides, but another SMS code makes no device known', async () => {
      const { id } = await owner();
      const read = async () => createDurableState({ ...stores, clock: stores.clock }).factors(`session of ${id}`, happenedAt);
      const weak = { as: 'mobile-plus', until: later(60) } as const;
      const unknown = { as: 'new-device', until: undefined } as const;
      await commit(
        session(id, [
          { amr: 'pwd', at: happenedAt, counts: weak },
          { amr: 'sms', at: happenedAt, counts: unknown },
        ]),
      );
      await commit(session(id, [{ amr: 'sms', at: later(1) }]));
      expect(await read()).toEqual([
        { amr: 'pwd', at: happenedAt, counts: weak },
        { amr: 'sms', at: later(1), counts: unknown },
      ]);
      await commit(session(id, [{ amr: 'pwd', at: later(2) }]));
      // A resume that comes again changes nothing.
      await commit(session(id, [{ amr: 'pwd', at: happenedAt, counts: weak }]));
      expect(await read()).toEqual([
        { amr: 'sms', at: later(1), counts: unknown },
        { amr: 'pwd', at: later(2) },
      ]);
    });
  });
});
