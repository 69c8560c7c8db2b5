import { type Kysely, sql } from 'kysely';

/** What forms of registration ask besides, what people agreed to there, and who agreed for minors. */
const statements = [
  `alter table account
    add column address_sealed bytea,
    add column asserted_identity_sealed bytea,
    add column national_platform_version text,
    add column national_platform_agreed_at timestamptz`,

  `create table guardian_consent (
    person_id uuid primary key references person (id) on delete cascade,
    data_key bytea not null,
    guardian_sealed bytea not null,
    version text not null,
    source text not null,
    reference text not null,
    consented_at timestamptz not null
  )`,
];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  await sql`drop table guardian_consent`.execute(db);
  await sql`
    alter table account drop column address_sealed, drop column asserted_identity_sealed,
      drop column national_platform_version, drop column national_platform_agreed_at
  `.execute(db);
}
