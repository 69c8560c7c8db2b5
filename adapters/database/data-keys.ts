import { type Kysely, sql } from 'kysely';
import type { DataKey, DataKeyStore } from '../../src/domain/keys/data-keys.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { type TableName, type Tables, tables } from './tables.ts';

type Keyed = { [T in TableName]: 'data_key' extends keyof Tables[T] ? T : never }[TableName];

/** What a row is found by, in every table with data keys; one that is missing here does not compile. */
const rowColumns: { readonly [T in Keyed]: keyof Tables[T] & string } = {
  account: 'id',
  person: 'id',
  organisation: 'id',
  client: 'id',
  activation: 'person_id',
  guardian_consent: 'person_id',
  outbox: 'id',
  signing_key: 'kid',
};

/** The column that finds a row of the table, and its SQL type. */
export function rowColumn(table: string): { readonly name: string; readonly type: string } {
  const name = Object.entries(rowColumns).find(([keyed]) => keyed === table)?.[1];
  const column = Object.entries<Readonly<Record<string, { readonly type: string }>>>(tables).find(([each]) => each === table)?.[1][
    name ?? ''
  ];
  if (name === undefined || !column) throw new Error(`no data keys in ${table}`);
  return { name, type: column.type };
}

/** Data keys in the database. Each begins with the mark of what wrapped it. */
export function createDataKeyStore({
  db,
  vault: { mark },
}: {
  readonly db: Kysely<Tables>;
  readonly vault: Pick<Vault, 'mark'>;
}): DataKeyStore {
  const isEarlier = (column: string) => sql<boolean>`substring(${sql.ref(column)} from 1 for ${sql.lit(mark.length)}) <> ${mark}`;
  return {
    tables: Object.keys(rowColumns),

    async count(table) {
      rowColumn(table);
      const { rows } = await sql<{ all: number; earlier: number }>`
        select count(data_key)::int as all, (count(*) filter (where ${isEarlier('data_key')}))::int as earlier from ${sql.table(table)}
      `.execute(db);
      return rows[0] ?? { all: 0, earlier: 0 };
    },

    async earlier(table, after, limit) {
      const { name, type } = rowColumn(table);
      const behind = after === undefined ? sql`true` : sql`${sql.ref(name)} > ${after}::${sql.raw(type)}`;
      const { rows } = await sql<DataKey>`
        select ${sql.ref(name)}::text as row, data_key as key from ${sql.table(table)}
        where ${behind} and ${isEarlier('data_key')} order by ${sql.ref(name)} limit ${limit}
      `.execute(db);
      return rows;
    },

    async state(now) {
      const { rows, until } = await db
        .selectFrom('oidc_state')
        .select((eb) => [eb.fn.countAll<number>().as('rows'), eb.fn.max('expires_at').as('until')])
        .where('expires_at', '>', now)
        .where('ended_at', 'is', null)
        .where(isEarlier('payload'))
        .executeTakeFirstOrThrow();
      return { rows, until: until ?? undefined };
    },
  };
}
