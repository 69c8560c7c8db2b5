import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createAuditLog } from '../../adapters/database/audit.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import type { AuditEvent } from '../../src/domain/audit/events.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';

const start = new Date('2026-03-01T08:00:00.001Z');

function newEvent(seconds: number): AuditEvent {
  return {
    id: randomUUID(),
    at: secondsAfter(start, seconds),
    event: 'sign-in.refused',
    accountId: randomUUID(),
    clientId: 'housing-fund',
    requestId: undefined,
    details: { reason: 'credentials.wrong', method: 'password', address: '192.0.2.1' },
  };
}

describe.each(databaseKinds)('the audit log in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  beforeEach(async () => {
    await stores.db.deleteFrom('audit_event').execute();
    await stores.db.deleteFrom('setting').execute();
  });
  afterAll(() => stores.close());

  const log = () => createAuditLog(stores);
  const append = async (count: number, from = 0): Promise<void> =>
    createUnitOfWork(stores).commit(
      'test',
      Array.from({ length: count }, (_, index) => ({ write: 'audit.append', event: newEvent(from + index) })),
    );

  it('is whole when it is empty', async () => {
    expect(await log().seal(100)).toBe(0);
    expect(await log().verify()).toEqual({ checked: 0, brokenAt: undefined, unsealed: 0, anchored: undefined, expired: 0 });
  });

  it('chains what was appended, in the order of time, over many seals', async () => {
    await append(5, 10);
    await append(5, 0);
    expect(await log().seal(7)).toBe(7);
    expect(await log().verify()).toEqual({ checked: 7, brokenAt: undefined, unsealed: 3, anchored: undefined, expired: 0 });
    await append(3, 100);
    expect(await log().seal(100)).toBe(6);
    expect(await log().seal(100)).toBe(0);
    expect(await log().verify()).toEqual({ checked: 13, brokenAt: undefined, unsealed: 0, anchored: undefined, expired: 0 });
    const rows = await stores.db.selectFrom('audit_event').select(['seq', 'at']).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect(rows[0]?.at).toEqual(start);
  });

  it('walks a chain longer than one batch', async () => {
    await append(2100);
    while ((await log().seal(500)) > 0);
    expect(await log().verify()).toEqual({ checked: 2100, brokenAt: undefined, unsealed: 0, anchored: undefined, expired: 0 });
  });

  it.each([
    ['a detail was changed', sql`update audit_event set details = '{"reason":"otp.wrong"}' where seq = 3`, 3],
    ['the time was changed', sql`update audit_event set at = at + interval '1 ms' where seq = 3`, 3],
    ['the account was changed', sql`update audit_event set account_id = null where seq = 3`, 3],
    ['the hash before it was changed', sql`update audit_event set prev_hash = hash where seq = 3`, 3],
    ['numbers were left out', sql`update audit_event set seq = seq + 10 where seq >= 3`, 13],
    ['an event was taken out', sql`delete from audit_event where seq = 3`, 4],
    ['two events were exchanged', sql`update audit_event set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)`, undefined],
  ])('shows the first place that does not fit when %s', async (_, tamper, brokenAt) => {
    await append(5);
    await log().seal(100);
    await tamper.execute(stores.db);
    await sql`update audit_event set seq = -seq where seq < 0`.execute(stores.db);
    expect((await log().verify()).brokenAt).toBe(brokenAt ?? 2);
  });

  describe('whose oldest events have had their time', () => {
    const later = secondsAfter(start, 1000);
    const seal = async (count: number, from = 0): Promise<void> => {
      await append(count, from);
      await log().seal(100);
    };
    const left = async (): Promise<readonly (number | null)[]> =>
      (await stores.db.selectFrom('audit_event').select('seq').orderBy('seq').execute()).map(({ seq }) => seq);

    it('goes on, and says how many went', async () => {
      await seal(5);
      expect(await log().expire(secondsAfter(start, 3), later, 100)).toBe(3);
      expect(await left()).toEqual([4, 5]);
      await seal(1, 50);
      expect(await log().verify()).toEqual({ checked: 3, brokenAt: undefined, unsealed: 0, anchored: undefined, expired: 3 });
      expect(await log().expire(secondsAfter(start, 3), later, 100)).toBe(0);
      expect(await log().expire(secondsAfter(start, 5), later, 1)).toBe(1);
      expect(await log().verify()).toMatchObject({ checked: 2, brokenAt: undefined, expired: 4 });
    });

    it('keeps its last event, and what is not sealed', async () => {
      await seal(3);
      await append(1, 1);
      expect(await log().expire(secondsAfter(start, 500), later, 100)).toBe(2);
      expect(await left()).toEqual([3, null]);
    });

    it('loses no event that still has time, though one behind it has none', async () => {
      await seal(1, 100);
      await seal(2, 0);
      expect(await log().expire(secondsAfter(start, 50), later, 100)).toBe(0);
    });

    it.each<[string, (db: TestStores['db']) => Promise<unknown>]>([
      ['a few of them were deleted by somebody else', (db) => db.deleteFrom('audit_event').where('seq', '<', 5).execute()],
      ['all of them were', (db) => db.deleteFrom('audit_event').execute()],
      ['one in between was', (db) => db.deleteFrom('audit_event').where('seq', '=', 6).execute()],
      ['the mark was deleted', (db) => db.deleteFrom('setting').where('name', '=', 'audit-low-water').execute()],
      [
        'the mark was set forward without the key',
        (db) => sql`update setting set value = regexp_replace(value, '^3', '4') where name = 'audit-low-water'`.execute(db),
      ],
      [
        'an anchor was put in the place of the mark',
        (db) =>
          sql`update setting set value = (select value from setting where name = 'audit-anchor') where name = 'audit-low-water'`.execute(
            db,
          ),
      ],
    ])('is found broken when %s', async (_, tamper) => {
      await seal(8);
      await log().expire(secondsAfter(start, 3), later, 100);
      await log().anchor(later);
      expect((await log().verify()).brokenAt).toBeUndefined();
      await tamper(stores.db);
      expect((await log().verify()).brokenAt).toBeDefined();
      // Nor does it heal by what happens next.
      await seal(2, 200);
      await log()
        .anchor(later)
        .catch(() => undefined);
      await log().expire(secondsAfter(start, 4), later, 100);
      expect((await log().verify()).brokenAt).toBeDefined();
    });

    it('is found broken when its oldest were deleted before any had its time', async () => {
      await seal(5);
      await stores.db.deleteFrom('audit_event').where('seq', '<', 4).execute();
      expect(await log().verify()).toMatchObject({ checked: 0, brokenAt: 4 });
    });

    it('is not shortened where somebody made its events look older than they are', async () => {
      await seal(5, 500);
      await sql`update audit_event set at = at - interval '10 years'`.execute(stores.db);
      expect(await log().expire(secondsAfter(start, 100), later, 100)).toBe(0);
      expect(await left()).toHaveLength(5);
    });
  });

  describe('with its head vouched for', () => {
    const now = secondsAfter(start, 60);
    const anchored = async (count: number): Promise<string> => {
      await append(count);
      await log().seal(100);
      return (await log().anchor(now)) ?? 'none';
    };

    it('names the last entry that a keyed hash stands for, and anchors it once', async () => {
      expect(await log().anchor(now)).toBeUndefined();
      expect(await anchored(5)).toMatch(/^5\.[\w-]{43}\.[\w-]{43}$/);
      expect(await log().anchor(now)).toBeUndefined();
      await append(2, 100);
      await log().seal(100);
      expect(await log().verify()).toEqual({ checked: 7, brokenAt: undefined, unsealed: 0, anchored: 5, expired: 0 });
      expect(await log().anchor(now)).toMatch(/^7\./);
    });

    it('shows that its end was cut off', async () => {
      await anchored(5);
      await stores.db.deleteFrom('audit_event').where('seq', '>=', 4).execute();
      expect(await log().verify()).toMatchObject({ checked: 3, brokenAt: 4 });
      await append(2, 100);
      await log().seal(100);
      expect((await log().verify()).brokenAt).toBe(5);
      // What is appended afterwards does not make it whole again.
      await expect(log().anchor(now)).rejects.toThrow('lost the entry');
      await append(20, 200);
      await log().seal(100);
      await expect(log().anchor(now)).rejects.toThrow('lost the entry');
      expect((await log().verify()).brokenAt).toBe(5);
      await stores.db.deleteFrom('audit_event').execute();
      expect(await log().verify()).toMatchObject({ checked: 0, brokenAt: 1 });
    });

    it('shows that it was chained anew by somebody without the key', async () => {
      await anchored(5);
      await sql`update audit_event set account_id = null, seq = null, prev_hash = null, hash = null`.execute(stores.db);
      await log().seal(100);
      expect((await log().verify()).brokenAt).toBe(5);
    });

    it('does not believe an anchor that was moved, nor one that is gone', async () => {
      const anchor = await anchored(5);
      const forge = (value: string) => stores.db.updateTable('setting').set({ value }).where('name', '=', 'audit-anchor').execute();
      await forge(anchor.replace(/^5/, '3'));
      expect((await log().verify()).anchored).toBeUndefined();
      await forge('');
      expect((await log().verify()).anchored).toBeUndefined();
      await stores.db.deleteFrom('setting').execute();
      expect(await log().verify()).toMatchObject({ brokenAt: undefined, anchored: undefined });
    });

    it('is held against an anchor that was kept elsewhere, when the one beside it went back with the log', async () => {
      const early = await anchored(3);
      await append(3, 100);
      await log().seal(100);
      const late = (await log().anchor(now)) ?? '';
      await stores.db.deleteFrom('audit_event').where('seq', '>', 3).execute();
      await stores.db.updateTable('setting').set({ value: early }).where('name', '=', 'audit-anchor').execute();
      expect(await log().verify()).toMatchObject({ brokenAt: undefined, anchored: 3 });
      expect(await log().verify(late)).toMatchObject({ brokenAt: 4, anchored: 6 });
    });
  });

  it('has one sealer at a time', async () => {
    await append(40);
    const sealed = await Promise.all(Array.from({ length: 8 }, () => log().seal(10)));
    while ((await log().seal(10)) > 0);
    expect(sealed.every((count) => count === 0 || count === 10)).toBe(true);
    expect(await log().verify()).toEqual({ checked: 40, brokenAt: undefined, unsealed: 0, anchored: undefined, expired: 0 });
  });
});
