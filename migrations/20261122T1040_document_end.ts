import { type Kysely, sql } from 'kysely';

/** When the owner was told that a document, and the evidence with it, is about to end. */
const statements = [
  `alter table evidence add column end_told_at timestamptz`,
  `create index evidence_end_untold on evidence (expires_at)
    where end_told_at is null and superseded_at is null and revoked_at is null and expires_at is not null`,
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`drop index evidence_end_untold`.execute(db);
  await sql`alter table evidence drop column end_told_at`.execute(db);
}
