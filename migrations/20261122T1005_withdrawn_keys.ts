import { type Kysely, sql } from 'kysely';

/** A signing key may be withdrawn: out of the published set for good, whatever it signed. */
const states = (names: string) => `alter table signing_key drop constraint signing_key_state_check,
  add constraint signing_key_state_check check (state in (${names}))`;

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql.raw(states(`'published', 'active', 'retired', 'withdrawn'`)).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  // The version before would publish them again.
  await sql`delete from signing_key where state = 'withdrawn'`.execute(db);
  await sql.raw(states(`'published', 'active', 'retired'`)).execute(db);
}
