import { type Kysely, sql } from 'kysely';

/** When the trust in the browsers of an account ended last: what was proved in one of them before that counts no more. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account add column trust_ended_at timestamptz`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account drop column trust_ended_at`.execute(db);
}
