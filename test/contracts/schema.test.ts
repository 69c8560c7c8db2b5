import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Migrator, NO_MIGRATIONS } from 'kysely/migration';
import { migrate, migrationProvider, pending } from '../../adapters/database/migrate.ts';
import { retention } from '../../adapters/database/retention.ts';
import { tables } from '../../adapters/database/tables.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';

const bookkeeping = new Set(['kysely_migration', 'kysely_migration_lock']);

describe.each(databaseKinds)('the schema of %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const columns = async (): Promise<Record<string, Record<string, string>>> => {
    const { rows } = await sql<{ table_name: string; column_name: string; type: string }>`
      select table_name, column_name,
        data_type || case is_nullable when 'YES' then '?' else '' end || coalesce(' default ' || column_default, '') as type
      from information_schema.columns where table_schema = 'public'
      order by table_name, column_name
    `.execute(stores.db);
    const result: Record<string, Record<string, string>> = {};
    for (const { table_name: table, column_name: column, type } of rows) {
      if (!bookkeeping.has(table)) (result[table] ??= {})[column] = type;
    }
    return result;
  };

  it('is what tables.ts says, column by column, without defaults that would know a time of their own', async () => {
    const said = Object.entries(tables).map(([table, about]) => [
      table,
      Object.fromEntries(Object.entries(about).map(([name, { type, nullable }]) => [name, type + (nullable ? '?' : '')])),
    ]);
    expect(await columns()).toEqual(Object.fromEntries(said));
  });

  it('has a retention rule for every table and no rule for any other', async () => {
    expect(Object.keys(retention).toSorted()).toEqual(Object.keys(await columns()).toSorted());
  });

  it('has an index for what every retention rule looks for', async () => {
    const { rows } = await sql<{ definition: string }>`select indexdef as definition from pg_indexes`.execute(stores.db);
    const definitions = rows.map(({ definition }) => definition);
    const missing = Object.entries(retention).filter(([table, rule]) => {
      const small = table === 'signing_key';
      if ('keep' in rule || small) return false;
      return !definitions.some((text) => text.includes(` public.${table} `) && text.includes(rule.column));
    });
    expect(missing).toEqual([]);
  });

  it('stores no personal column in the clear', async () => {
    const personal = /name|mobile|email|birth|document|number|address|ethnicity|credit_code/;
    const harmless = new Set(['document_type', 'username_index', 'setting.name', 'account.number', 'account.mobile_proven_at']);
    const clear = Object.entries(await columns()).flatMap(([table, about]) =>
      Object.keys(about)
        .filter((column) => personal.test(column) && !/_(sealed|index)$/.test(column))
        .filter((column) => !harmless.has(column) && !harmless.has(`${table}.${column}`))
        .map((column) => `${table}.${column}`),
    );
    expect(clear).toEqual([]);
  });

  it('is the same after going down and up again', async () => {
    const before = await columns();
    const migrator = new Migrator({ db: stores.db, provider: migrationProvider });
    const { error } = await migrator.migrateTo(NO_MIGRATIONS);
    expect(error).toBeUndefined();
    expect(await columns()).toEqual({});
    const names = await pending(stores.db);
    expect(names.length).toBeGreaterThan(0);
    expect(await migrate(stores.db)).toEqual(names);
    expect(await columns()).toEqual(before);
    expect(await migrate(stores.db)).toEqual([]);
  });

  it('of a newer version is refused by name, and nothing is changed', async () => {
    const newer = '20991231T0000_future';
    await sql`insert into kysely_migration (name, timestamp) values (${newer}, '2099-12-31T00:00:00.000Z')`.execute(stores.db);
    for (const use of [pending, migrate]) {
      await expect(use(stores.db)).rejects.toThrow(`newer than this version of the product: it has ${newer}`);
    }
    await sql`delete from kysely_migration where name = ${newer}`.execute(stores.db);
    expect(await pending(stores.db)).toEqual([]);
  });

  it('gives both drivers the same JavaScript types', async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select 9007199254740991::int8 as int8, '\\x00ff'::bytea as bytea, '2026-03-01T16:00:00.123+08'::timestamptz as moment,
        '{"a":[1]}'::jsonb as json, true as flag, 7::int4 as int4, '6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid as uuid
    `.execute(stores.db);
    expect(rows[0]).toStrictEqual({
      int8: 9_007_199_254_740_991,
      bytea: Buffer.from([0, 255]),
      moment: new Date('2026-03-01T08:00:00.123Z'),
      json: { a: [1] },
      flag: true,
      int4: 7,
      uuid: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    });
    await expect(sql`select 9007199254740992::int8`.execute(stores.db)).rejects.toThrow('too large');
  });

  it('keeps moments to the millisecond and bytes as they are', async () => {
    const [at, bytes] = [new Date('1969-12-31T23:59:59.999Z'), Buffer.from([0, 1, 92, 255])];
    const { rows } = await sql<Record<string, unknown>>`select ${at}::timestamptz as at, ${bytes}::bytea as bytes`.execute(stores.db);
    expect(rows[0]).toStrictEqual({ at, bytes });
  });
});
