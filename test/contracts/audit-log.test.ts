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
    expect(await log().verify()).toEqual({ checked: 0, brokenAt: undefined, unsealed: 0 });
  });

  it('chains what was appended, in the order of time, over many seals', async () => {
    await append(5, 10);
    await append(5, 0);
    expect(await log().seal(7)).toBe(7);
    expect(await log().verify()).toEqual({ checked: 7, brokenAt: undefined, unsealed: 3 });
    await append(3, 100);
    expect(await log().seal(100)).toBe(6);
    expect(await log().seal(100)).toBe(0);
    expect(await log().verify()).toEqual({ checked: 13, brokenAt: undefined, unsealed: 0 });
    const rows = await stores.db.selectFrom('audit_event').select(['seq', 'at']).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect(rows[0]?.at).toEqual(start);
  });

  it('walks a chain longer than one batch', async () => {
    await append(2100);
    while ((await log().seal(500)) > 0);
    expect(await log().verify()).toEqual({ checked: 2100, brokenAt: undefined, unsealed: 0 });
  });

  it.each([
    ['a detail was changed', sql`update audit_event set details = '{"reason":"otp.wrong"}' where seq = 3`, 3],
    ['the time was changed', sql`update audit_event set at = at + interval '1 ms' where seq = 3`, 3],
    ['the account was changed', sql`update audit_event set account_id = null where seq = 3`, 3],
    ['the hash before it was changed', sql`update audit_event set prev_hash = hash where seq = 3`, 3],
    ['numbers were left out', sql`update audit_event set seq = seq + 10 where seq >= 3`, 13],
    ['an event was taken out', sql`delete from audit_event where seq = 3`, 4],
    [
      'two events were exchanged',
      sql`update audit_event set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)`,
      undefined,
    ],
  ])('shows the first place that does not fit when %s', async (_, tamper, brokenAt) => {
    await append(5);
    await log().seal(100);
    await tamper.execute(stores.db);
    await sql`update audit_event set seq = -seq where seq < 0`.execute(stores.db);
    expect((await log().verify()).brokenAt).toBe(brokenAt ?? 2);
  });

  it('goes on after its oldest events had their time', async () => {
    await append(5);
    await log().seal(100);
    await stores.db.deleteFrom('audit_event').where('seq', '<', 4).execute();
    await append(1, 50);
    await log().seal(100);
    expect(await log().verify()).toEqual({ checked: 3, brokenAt: undefined, unsealed: 0 });
  });

  it('has one sealer at a time', async () => {
    await append(40);
    const sealed = await Promise.all(Array.from({ length: 8 }, () => log().seal(10)));
    while ((await log().seal(10)) > 0);
    expect(sealed.every((count) => count === 0 || count === 10)).toBe(true);
    expect(await log().verify()).toEqual({ checked: 40, brokenAt: undefined, unsealed: 0 });
  });
});
