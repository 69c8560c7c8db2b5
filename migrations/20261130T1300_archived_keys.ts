import { type Kysely, sql } from 'kysely';

/** Of signing keys that left the key set the public part is kept, for hints. */
const states = (names: string) => `alter table signing_key drop constraint signing_key_state_check,
  add constraint signing_key_state_check check (state in (${names}))`;

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql.raw(states(`'published', 'active', 'retired', 'archived', 'withdrawn'`)).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  // The version before knows no such state and would not be able to sign with them.
  await sql`delete from signing_key where state = 'archived'`.execute(db);
  await sql.raw(states(`'published', 'active', 'retired', 'withdrawn'`)).execute(db);
}
