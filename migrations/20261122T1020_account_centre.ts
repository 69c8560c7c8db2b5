import { type Kysely, sql } from 'kysely';

/** What the account centre shows and changes: the platform's own number, social history, devices of sessions. */
const statements = [
  // Null: opened by a version of the product that knew no numbers yet.
  'alter table account add column number bigint, add column social_history_sealed bytea',
  // One number out of each of as many equal parts as there are accounts: at random, and none twice.
  `update account set number = numbered.number from (
    select id, (100000000000 + (row_number() over () - 1) * width + floor(random() * width))::bigint as number
    from account, (select floor(900000000000.0 / greatest(count(*), 1)) as width from account) as parts
  ) as numbered where account.id = numbered.id`,
  'alter table account add constraint account_number_unique unique (number)',

  `create table session_device (
    session_uid text primary key,
    account_id uuid not null,
    description text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index session_device_account on session_device (account_id)',
  'create index session_device_expires_at on session_device (expires_at)',
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`drop table session_device`.execute(db);
  await sql`alter table account drop column number, drop column social_history_sealed`.execute(db);
}
