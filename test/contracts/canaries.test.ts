import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createOutbox } from '../../adapters/database/outbox.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { tables } from '../../adapters/database/tables.ts';
import { postgresBinaries } from '../support/postgres.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { happenedAt, newAccount, newPerson, proof, registration } from './registered.ts';

/** Personal data that exists nowhere else: wherever one of these turns up, it was written there in the clear. */
const canaries = {
  username: 'kanarienvogel2026',
  mobile: '13977665544',
  email: 'kanarie@voliere.example',
  name: '金丝雀欧阳',
  documentNumber: '11010519491231002X',
  documentKey: 'KEY11010519491231002X',
  birthDate: '1949-12-31',
  code: '730914',
} as const;

/** How a value may hide in a dump. */
function spellings(value: string): string[] {
  const forms = [value, Array.from(value).toReversed().join(''), value.slice(-8)];
  return forms.flatMap((form) => {
    const bytes = Buffer.from(form, 'utf8');
    const wide = Buffer.from(form, 'utf16le');
    return [form, bytes.toString('hex'), wide.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  });
}

function found(dump: string): string[] {
  const lower = dump.toLowerCase();
  return Object.entries(canaries).flatMap(([kind, value]) =>
    spellings(value)
      .filter((spelling) => lower.includes(spelling.toLowerCase()))
      .map((spelling) => `${kind} as ${spelling}`),
  );
}

describe.each(databaseKinds)('a dump of %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
    const account = newAccount({ username: canaries.username, mobile: canaries.mobile, email: canaries.email });
    const { birthDate, documentNumber: number, documentKey: key, name } = canaries;
    const document = { type: 'resident-id-card', number, key, validFrom: '2020-01-01', validUntil: 'long-term' } as const;
    const person = newPerson({ subjectId: account.subjectId, name, birthDate, document });
    const message = (id: string) => ({
      id,
      payload: { kind: 'sms', to: canaries.mobile, template: 'login', params: { code: canaries.code }, locale: 'zh-CN' } as const,
      suppressed: false,
      enqueuedAt: happenedAt,
      expiresAt: happenedAt,
    });
    const [waiting, parked] = [randomUUID(), randomUUID()];
    const unit = createUnitOfWork(stores);
    await unit.commit('prove', [
      ...registration(account),
      ...proof(account, person),
      { write: 'outbox.enqueue', message: message(waiting) },
      { write: 'outbox.enqueue', message: message(parked) },
    ]);
    await unit.commit('renew', [{ write: 'person.update', person, at: happenedAt }]);
    await createOutbox(stores).park(parked, happenedAt, 'rejected');
  });
  afterAll(() => stores.close());

  it('would show a canary in any spelling, if there were one', () => {
    expect(found(`… ${canaries.mobile} …`)).not.toEqual([]);
    expect(found(`… \\x${Buffer.from(canaries.name).toString('hex')} …`)).not.toEqual([]);
    expect(found(`… ${Buffer.from(canaries.documentNumber).toString('base64')} …`)).not.toEqual([]);
  });

  it('holds rows and no personal data', async () => {
    let dump = '';
    for (const table of Object.keys(tables)) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(stores.db);
      dump += rows.map(({ row }) => `${table} ${row}\n`).join('');
    }
    expect(dump).toContain('evidence (');
    expect(dump).toContain('outbox (');
    expect(found(dump)).toEqual([]);
  });

  it('made by pg_dump shows none either', () => {
    const [binaries, url] = [postgresBinaries(), stores.url];
    if (binaries === undefined || url === undefined) return;
    const dump = execFileSync(join(binaries, 'pg_dump'), [url], { encoding: 'utf8' });
    expect(dump).toContain('COPY public.person');
    expect(found(dump)).toEqual([]);
  });

  it('errors of the driver repeat no personal data', async () => {
    const again = newAccount({ username: canaries.username });
    const error: unknown = await createUnitOfWork(stores)
      .commit('test', registration(again))
      .catch((caught: unknown) => caught);
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    expect(found(JSON.stringify([error, cause, Object.entries(Object(cause))]))).toEqual([]);
    expect(Object.keys(Object(cause))).not.toContain('params');
  });
});
