import { type Kysely, sql } from 'kysely';

/** When every session of an account ended last: a sign-in of before that is not picked up afterwards. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account add column sessions_ended_at timestamptz`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account drop column sessions_ended_at`.execute(db);
}
