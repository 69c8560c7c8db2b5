import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { SessionFactor } from '../../src/domain/presence/strength.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { stateRow, stateStoreContract } from './state-contract.ts';
import { at, now } from './short-lived-backends.ts';

describe.each(databaseKinds)('durable state in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());
  const state = () => createDurableState(stores);

  stateStoreContract(state, 'RefreshToken');

  it('does not come back when it was destroyed or revoked while a request still held it', async () => {
    const [destroyed, revoked, grantId] = [randomUUID(), randomUUID(), randomUUID()];
    await state().put('Grant', destroyed, stateRow());
    await state().put('RefreshToken', revoked, stateRow({ grantId }));
    await state().destroy('Grant', destroyed);
    await state().revokeByGrantId(grantId);
    expect(await state().put('Grant', destroyed, stateRow())).toBe(false);
    expect(await state().put('RefreshToken', revoked, stateRow({ grantId }))).toBe(false);
    expect(await state().find('Grant', destroyed, now)).toBeUndefined();
    expect(await state().find('RefreshToken', revoked, now)).toBeUndefined();
  });

  it('keeps nothing of what was in a row that ended', async () => {
    const id = randomUUID();
    await state().put('Session', id, stateRow({ payload: Buffer.from('sealed session') }));
    await state().destroy('Session', id);
    const row = await stores.db.selectFrom('oidc_state').select('payload').where('id_hash', '=', id).executeTakeFirst();
    expect(row?.payload).toHaveLength(0);
  });

  describe('sessions', () => {
    const put = async (accountId: string, uid: string, payload = uid) =>
      state().put('Session', randomUUID(), stateRow({ accountId, uid, payload: Buffer.from(payload) }));
    const authenticate = (accountId: string, sessionUid: string, factors: SessionFactor[], expiresAt = at(60)) =>
      createUnitOfWork(stores).commit('sign-in', [{ write: 'session-factors.put', sessionUid, accountId, factors, expiresAt }]);

    it('know when and how the person authenticated, however often it is told', async () => {
      const [accountId, uid] = [randomUUID(), randomUUID()];
      await authenticate(accountId, uid, [{ amr: 'pwd', at: at(1) }]);
      await authenticate(accountId, uid, [
        { amr: 'sms', at: at(5) },
        { amr: 'otp', at: at(5) },
      ]);
      await authenticate(accountId, uid, [{ amr: 'pwd', at: at(1) }]);
      const factors = await state().factors(uid, now);
      expect(factors).toHaveLength(3);
      expect(factors[0]).toEqual({ amr: 'pwd', at: at(1) });
      expect(factors).toContainEqual({ amr: 'sms', at: at(5) });
    });

    it('keep the latest moment of a factor, also when an earlier one is told again', async () => {
      const [accountId, uid] = [randomUUID(), randomUUID()];
      await authenticate(accountId, uid, [{ amr: 'pwd', at: at(10) }]);
      await authenticate(accountId, uid, [{ amr: 'pwd', at: at(1) }]);
      expect(await state().factors(uid, now)).toEqual([{ amr: 'pwd', at: at(10) }]);
      await authenticate(accountId, uid, [{ amr: 'pwd', at: at(20) }]);
      expect(await state().factors(uid, now)).toEqual([{ amr: 'pwd', at: at(20) }]);
    });

    it('keep every factor as long as the latest one says the session lives', async () => {
      const [accountId, uid] = [randomUUID(), randomUUID()];
      await authenticate(accountId, uid, [{ amr: 'pwd', at: now }], at(60));
      await authenticate(accountId, uid, [{ amr: 'sms', at: now }], at(120));
      expect(await state().factors(uid, at(119))).toHaveLength(2);
      expect(await state().factors(uid, at(120))).toEqual([]);
    });

    it('say what they run on, as it was told last', async () => {
      const [accountId, uid] = [randomUUID(), randomUUID()];
      await put(accountId, uid);
      const tell = (device?: string) =>
        createUnitOfWork(stores).commit('sign-in', [
          { write: 'session-factors.put', sessionUid: uid, accountId, factors: [{ amr: 'pwd', at: now }], expiresAt: at(60), device },
        ]);
      const told = async () => (await state().ofAccount(accountId, now)).map(({ device }) => device);
      await tell('Chrome · Windows');
      expect(await told()).toEqual(['Chrome · Windows']);
      await tell('Safari · iOS');
      await tell();
      expect(await told()).toEqual(['Safari · iOS']);
    });

    it('write nothing where nothing was proved', async () => {
      const uid = randomUUID();
      await authenticate(randomUUID(), uid, []);
      expect(await state().factors(uid, now)).toEqual([]);
    });

    it('of an account are listed with their factors, the latest first, while they live', async () => {
      const [accountId, early, late] = [randomUUID(), randomUUID(), randomUUID()];
      await put(accountId, early);
      stores.clock.advance(1000);
      await put(accountId, late);
      await put(randomUUID(), randomUUID());
      await authenticate(accountId, early, [
        { amr: 'pwd', at: at(1) },
        { amr: 'sms', at: at(2) },
      ]);
      const sessions = await state().ofAccount(accountId, now);
      expect(sessions.map(({ uid }) => uid)).toEqual([late, early]);
      expect(sessions[0]).toEqual({
        uid: late,
        createdAt: stores.clock.now(),
        lastSeenAt: stores.clock.now(),
        expiresAt: at(60),
        factors: [],
        device: undefined,
      });
      expect(sessions[1]?.factors).toEqual([
        { amr: 'pwd', at: at(1) },
        { amr: 'sms', at: at(2) },
      ]);
      const payloads = await state().payloadsOfAccount(accountId, now);
      expect(payloads.map(String).toSorted()).toEqual([early, late].toSorted());
      expect(await state().ofAccount(accountId, at(60))).toEqual([]);
      expect(await state().payloadsOfAccount(accountId, at(60))).toEqual([]);
    });

    it('remember when they were first and last seen', async () => {
      const [accountId, id, uid] = [randomUUID(), randomUUID(), randomUUID()];
      const createdAt = stores.clock.now();
      await state().put('Session', id, stateRow({ accountId, uid }));
      stores.clock.advance(5000);
      await state().put('Session', id, stateRow({ accountId, uid }));
      const lastSeenAt = secondsAfter(createdAt, 5);
      expect(await state().ofAccount(accountId, now)).toMatchObject([{ createdAt, lastSeenAt }]);
    });
  });
});
