import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createAuditLog } from '../../adapters/database/audit.ts';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { createOutbox } from '../../adapters/database/outbox.ts';
import { purge, retention } from '../../adapters/database/retention.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, newEvidence, newPerson, proof, registration } from './registered.ts';
import { stateRow } from './state-contract.ts';

const withTime = Object.entries(retention).flatMap(([table, rule]) => ('keep' in rule ? [] : [{ table, ...rule }]));

/** Tables by the length of their time, the shortest first: the test goes through the years once. */
const times = [...new Set(withTime.map(({ afterSeconds }) => afterSeconds))]
  .toSorted((a, b) => a - b)
  .map((seconds) => ({ seconds, tables: withTime.filter((rule) => rule.afterSeconds === seconds).map(({ table }) => table) }));

describe.each(databaseKinds)('retention in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
    await fill();
  });
  afterAll(() => stores.close());

  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);
  const purged = () => ({ db: stores.db, audit: createAuditLog(stores) });
  const count = async (table: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(stores.db);
    return rows[0]?.count ?? 0;
  };

  /** In every table with a rule one row whose time runs from `happenedAt`, and one that the rule must never take. */
  async function fill(): Promise<void> {
    const { db } = stores;
    const [account, person] = [newAccount(), newPerson()];
    const later = newEvidence(person.id, { verifiedAt: happenedAt });
    await commit(...registration(account), ...proof(account, { ...person, subjectId: account.subjectId }));
    await commit({ write: 'evidence.insert', evidence: later });
    const consent = { accountId: account.id, clientId: 'c', principal: 'person', scopes: [], claims: [], textVersion: '1' };
    await commit({ write: 'consent.put', consent: { ...consent, givenAt: secondsAfter(happenedAt, -60) } });
    await commit({ write: 'consent.put', consent: { ...consent, givenAt: happenedAt } });

    const state = createDurableState(stores);
    const far = secondsAfter(happenedAt, 10 * 365 * 86_400);
    await state.put('RefreshToken', randomUUID(), stateRow({ expiresAt: happenedAt }));
    await state.put('RefreshToken', randomUUID(), stateRow({ expiresAt: far, grantId: 'alive' }));
    for (const [sessionUid, expiresAt] of [
      ['short', happenedAt],
      ['long', far],
    ] as const) {
      const factors = [{ amr: 'pwd', at: happenedAt }];
      await commit({ write: 'session-factors.put', sessionUid, accountId: account.id, factors, expiresAt, device: 'Chrome · Windows' });
    }
    for (const grant of ['alive', 'forgotten']) {
      const row = { grant_id: grant, account_id: account.id, client_id: 'c', organisation_id: null, created_at: happenedAt };
      await db.insertInto('grant_principal').values(row).execute();
    }

    for (const expiresAt of [happenedAt, far]) {
      const change = {
        id: randomUUID(),
        accountId: account.id,
        act: 'mobile.change',
        by: 'password',
        old: {},
        addedId: undefined,
      } as const;
      await commit({ write: 'change.insert', change: { ...change, tokenIndex: randomBytes(32), madeAt: happenedAt, expiresAt } });
    }

    const payload = { kind: 'backchannel-logout', clientId: 'c', sub: 's', sid: undefined } as const;
    const [sent, waiting] = [randomUUID(), randomUUID()];
    for (const id of [sent, waiting]) {
      const message = { id, payload, suppressed: false, enqueuedAt: happenedAt, expiresAt: far };
      await commit({ write: 'outbox.enqueue', message });
    }
    await createOutbox(stores).done(sent, happenedAt);

    const counts = { imported: 0, 'activated-later': 0, duplicate: 0, invalid: 0 };
    for (const [file, at] of [
      ['old', happenedAt],
      ['new', far],
    ] as const) {
      const progress = { file, source: 's', line: 1, reportBytes: 0, counts, startedAt: at, finishedAt: undefined };
      await commit({ write: 'import-progress.put', progress, after: 0, at });
    }

    for (const [kid, keyState] of [
      ['old', 'active'],
      ['new', 'published'],
    ] as const) {
      const keyTimes = { createdAt: happenedAt, publishedAt: happenedAt, usedFrom: undefined, retiredAt: undefined };
      await commit({
        write: 'signing-key.insert',
        key: { kid, alg: 'ES256', state: keyState, jwk: { kid, kty: 'EC' }, ...keyTimes },
      });
    }
    await commit({ write: 'signing-key.activate', kid: 'new', at: happenedAt });

    for (let index = 0; index < 2; index += 1) {
      const about = { accountId: undefined, clientId: undefined, requestId: undefined, details: {} };
      await commit({
        write: 'audit.append',
        event: { id: randomUUID(), at: happenedAt, event: 'sign-out.done', ...about },
      });
    }
    await createAuditLog(stores).seal(10);
  }

  it.each(times)('takes a row of $tables after $seconds s and not a moment before', async ({ seconds, tables }) => {
    const counts = async (): Promise<number[]> => Promise.all(tables.map(count));
    const over = secondsAfter(happenedAt, seconds);
    await purge(purged(), over);
    expect(await counts()).toEqual(tables.map(() => 2));
    expect(await purge(purged(), new Date(over.getTime() + 1))).toMatchObject(Object.fromEntries(tables.map((table) => [table, 1])));
    expect(await counts()).toEqual(tables.map(() => 1));
  });

  it('leaves an audit log that is still whole', async () => {
    expect(await createAuditLog(stores).verify()).toEqual({
      checked: 1,
      brokenAt: undefined,
      unsealed: 0,
      anchored: undefined,
      expired: 1,
    });
  });

  it('takes any number of rows in batches', async () => {
    await overdueSessions(stores, 1201);
    expect((await purge(purged(), secondsAfter(happenedAt, 3601)))['oidc_state']).toBe(1201);
  });
});

(databaseKinds.includes('postgres') ? describe : describe.skip)('purging while others work', () => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores('postgres');
  });
  afterAll(() => stores.close());

  it('passes over the rows they hold and waits for nobody', async () => {
    await overdueSessions(stores, 10);
    const overdue = secondsAfter(happenedAt, 3601);
    await stores.db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('oidc_state').select('id_hash').where('id_hash', '=', 'many-7').forUpdate().execute();
      expect((await purge({ db: stores.db, audit: createAuditLog(stores) }, overdue))['oidc_state']).toBe(9);
    });
    expect((await purge({ db: stores.db, audit: createAuditLog(stores) }, overdue))['oidc_state']).toBe(1);
  });
});

async function overdueSessions({ db }: TestStores, count: number): Promise<void> {
  const row = { model: 'Session', payload: Buffer.alloc(0), created_at: happenedAt, updated_at: happenedAt };
  const empty = { uid: null, user_code: null, grant_id: null, account_id: null, client_id: null };
  const ended = { consumed_at: null, ended_at: null, expires_at: happenedAt };
  const rows = Array.from({ length: count }, (_, index) => ({ ...row, ...empty, ...ended, id_hash: `many-${index}` }));
  await db.insertInto('oidc_state').values(rows).execute();
}
