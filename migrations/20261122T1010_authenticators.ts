import { type Kysely, sql } from 'kysely';

/** Passkeys, authenticator apps and recovery codes of accounts. */
const creates = [
  `create table passkey (
    id uuid primary key,
    account_id uuid not null references account (id) on delete cascade,
    credential_id bytea not null constraint passkey_credential_unique unique,
    public_key bytea not null,
    counter bigint not null,
    synced boolean not null,
    transports text not null,
    name_sealed bytea not null,
    created_at timestamptz not null,
    last_used_at timestamptz
  )`,
  'create index passkey_account on passkey (account_id)',

  `create table totp (
    account_id uuid primary key references account (id) on delete cascade,
    secret_sealed bytea not null,
    last_step bigint not null,
    confirmed_at timestamptz not null
  )`,

  `create table recovery_code (
    account_id uuid not null references account (id) on delete cascade,
    code_index bytea not null,
    created_at timestamptz not null,
    used_at timestamptz,
    primary key (account_id, code_index)
  )`,
];

const tables = ['recovery_code', 'totp', 'passkey'];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const create of creates) await sql.raw(create).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const table of tables) await sql`drop table ${sql.table(table)}`.execute(db);
}
