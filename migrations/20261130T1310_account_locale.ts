import { type Kysely, sql } from 'kysely';

/** In which language somebody signs in: services are told, and notices that no request caused are written in it. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account add column locale text`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account drop column locale`.execute(db);
}
