import { type Kysely, sql } from 'kysely';

/** Imported people who have no account yet, and how far each import came. */
const creates = [
  // Without a mobile: the earlier programme knew none.
  `create table activation (
    person_id uuid primary key references person (id) on delete cascade,
    data_key bytea not null,
    mobile_sealed bytea,
    source text not null,
    imported_at timestamptz not null
  )`,

  `create table import_run (
    file_hash text not null,
    source text not null,
    line integer not null,
    report_bytes bigint not null,
    imported integer not null,
    activated_later integer not null,
    duplicate integer not null,
    invalid integer not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    primary key (file_hash, source)
  )`,
  `create index import_run_updated_at on import_run (updated_at)`,
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const create of creates) await sql.raw(create).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const table of ['import_run', 'activation']) await sql`drop table ${sql.table(table)}`.execute(db);
}
