import { type Kysely, sql } from 'kysely';

/** Finds the hashes of other systems that lie in the open; empty once the job has sealed them (docs/adr/0032). */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`
    create index credential_open on credential (account_id)
    where hash not like '$argon2id$%,keyid=%' and hash not like '$sealed$%'
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`drop index credential_open`.execute(db);
}
