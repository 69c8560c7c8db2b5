import { type Kysely, sql } from 'kysely';

/**
 * Whether whoever has an account ever redeemed a code sent to its mobile. Accounts that were opened here did when they
 * were; of those that an earlier programme handed over only whoever moved to another mobile since.
 */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account add column mobile_proven_at timestamptz`.execute(db);
  await sql`
    update account set mobile_proven_at = created_at
    where agreement_version <> 'imported' or exists (
      select from account_change
      where account_id = account.id and act = 'mobile.change' and frozen_at is null and returned_at is null
    )
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`alter table account drop column mobile_proven_at`.execute(db);
}
