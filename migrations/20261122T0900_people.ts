import { type Kysely, sql } from 'kysely';

/** Who signs in (account), who that is (person), what was proved (evidence), who services see (subject). */
const creates = [
  `create table subject (
    id uuid primary key,
    created_at timestamptz not null
  )`,

  `create table person (
    id uuid primary key,
    subject_id uuid not null constraint person_subject_unique unique references subject (id),
    data_key bytea not null,
    document_type text not null,
    document_index bytea not null constraint person_document_unique unique,
    identity_sealed bytea not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,

  // The unique subject is what keeps one sub from meaning two people.
  `create table account (
    id uuid primary key,
    subject_id uuid not null constraint account_subject_unique unique references subject (id),
    person_id uuid constraint account_person_unique unique references person (id),
    status text not null check (status in ('active', 'locked', 'disabled')),
    data_key bytea not null,
    username_sealed bytea,
    username_index bytea constraint account_username_unique unique,
    mobile_sealed bytea not null,
    mobile_index bytea not null constraint account_mobile_unique unique,
    email_sealed bytea,
    email_index bytea constraint account_email_unique unique,
    ethnicity_sealed bytea,
    agreement_version text not null,
    agreement_accepted_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,

  `create table credential (
    account_id uuid not null references account (id) on delete cascade,
    kind text not null check (kind in ('password')),
    hash text not null,
    updated_at timestamptz not null,
    primary key (account_id, kind)
  )`,

  `create table evidence (
    id uuid primary key,
    person_id uuid not null references person (id) on delete cascade,
    kind text not null,
    source text not null,
    reference text not null,
    verified_at timestamptz not null,
    expires_at timestamptz,
    superseded_at timestamptz,
    revoked_at timestamptz
  )`,
  `create unique index evidence_current_unique on evidence (person_id, kind)
    where superseded_at is null and revoked_at is null`,
  `create index evidence_superseded_at on evidence (superseded_at) where superseded_at is not null`,

  `create table organisation (
    id uuid primary key,
    subject_id uuid not null constraint organisation_subject_unique unique references subject (id),
    data_key bytea not null,
    credit_code_index bytea not null constraint organisation_credit_code_unique unique,
    credit_code_sealed bytea not null,
    name_sealed bytea not null,
    kind text not null,
    status text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,

  `create table operator_role (
    account_id uuid not null references account (id) on delete cascade,
    role text not null,
    granted_at timestamptz not null,
    revoked_at timestamptz,
    primary key (account_id, role)
  )`,
];

const tables = ['operator_role', 'organisation', 'evidence', 'credential', 'account', 'person', 'subject'];

/** A migration that cannot get its lock soon gives way to the traffic and is tried again. */
const lockTimeout = sql`set local lock_timeout = '2s'`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const create of creates) await sql.raw(create).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await lockTimeout.execute(db);
  for (const table of tables) await sql`drop table ${sql.table(table)}`.execute(db);
}
