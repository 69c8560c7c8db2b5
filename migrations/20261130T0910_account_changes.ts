import { type Kysely, sql } from 'kysely';

/** Changes of ways into an account, for as long as their owner may take them back, and what is held meanwhile. */
const statements = [
  `create table account_change (
    id uuid primary key,
    account_id uuid not null references account (id) on delete cascade,
    act text not null,
    set_by text not null,
    token_index bytea not null constraint account_change_token_unique unique,
    old_sealed bytea not null,
    passkey_id uuid,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    frozen_at timestamptz,
    returned_at timestamptz
  )`,
  'create index account_change_account on account_change (account_id)',
  'create index account_change_expires_at on account_change (expires_at)',
  // Null while the mobile is held: nobody is found by it.
  'alter table account alter column mobile_index drop not null',
  'alter table credential add column held_at timestamptz',
  'alter table passkey add column held_at timestamptz',
  'alter table totp add column held_at timestamptz',
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const table of ['totp', 'passkey', 'credential']) await sql`alter table ${sql.table(table)} drop column held_at`.execute(db);
  await sql`alter table account alter column mobile_index set not null`.execute(db);
  await sql`drop table account_change`.execute(db);
}
