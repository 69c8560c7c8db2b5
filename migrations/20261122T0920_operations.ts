import { type Kysely, sql } from 'kysely';

/** What the product does later (outbox), what it did (audit) and what all its processes agree on (setting). */
const creates = [
  `create table outbox (
    id uuid primary key,
    kind text not null,
    state text not null check (state in ('waiting', 'done', 'parked')),
    suppressed boolean not null,
    data_key bytea,
    payload_sealed bytea,
    attempts integer not null,
    due_at timestamptz not null,
    enqueued_at timestamptz not null,
    expires_at timestamptz not null,
    finished_at timestamptz,
    last_error text
  )`,
  `create index outbox_due on outbox (due_at) where state = 'waiting'`,
  `create index outbox_finished on outbox (state, finished_at) where state <> 'waiting'`,

  // The key begins with what is unique and holds what the log is partitioned by.
  `create table audit_event (
    id uuid not null,
    at timestamptz not null,
    event text not null,
    account_id uuid,
    client_id text,
    request_id text,
    details jsonb not null,
    seq bigint,
    prev_hash bytea,
    hash bytea,
    primary key (id, at)
  )`,
  `create unique index audit_event_seq_unique on audit_event (seq) where seq is not null`,
  `create index audit_event_unsealed on audit_event (at, id) where seq is null`,
  `create index audit_event_account_id on audit_event (account_id, at) where account_id is not null`,
  `create index audit_event_at on audit_event (at)`,

  `create table setting (
    name text primary key,
    value text not null,
    version bigint not null,
    updated_at timestamptz not null
  )`,
];

const tables = ['setting', 'audit_event', 'outbox'];

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
