import { type Kysely, sql } from 'kysely';

/** By which proof a way into an account was set, and what the factors of a session count as. */
const statements = [
  // Null: with the account itself, or before anybody asked.
  'alter table credential add column set_by text, add column set_at timestamptz',
  'alter table passkey add column set_by text',
  'alter table totp add column set_by text',
  'alter table recovery_code add column set_by text',
  // Null: what their kind is worth; for as long as the session lasts.
  'alter table session_factor add column counts_as text, add column counts_until timestamptz',
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table session_factor drop column counts_as, drop column counts_until`.execute(db);
  for (const table of ['recovery_code', 'totp', 'passkey']) await sql`alter table ${sql.table(table)} drop column set_by`.execute(db);
  await sql`alter table credential drop column set_by, drop column set_at`.execute(db);
}
