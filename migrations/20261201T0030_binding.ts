import { type Kysely, sql } from 'kysely';

/** Accounts of third parties that sign in: one of them for one account, and one of each third party for an account. */
const creates = [
  `create table binding (
    id uuid primary key,
    account_id uuid not null references account (id) on delete cascade,
    provider text not null,
    subject_index bytea not null,
    subject_sealed bytea not null,
    set_by text not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    held_at timestamptz,
    constraint binding_subject_unique unique (provider, subject_index),
    constraint binding_provider_unique unique (account_id, provider)
  )`,
];

const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const create of creates) await sql.raw(create).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`drop table binding`.execute(db);
}
