import { type Kysely, sql } from 'kysely';

/** What a frozen change had set, for as long as its owner may put it back in force, and that they did. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account_change add column kept_sealed bytea, add column confirmed_at timestamptz`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account_change drop column kept_sealed, drop column confirmed_at`.execute(db);
}
