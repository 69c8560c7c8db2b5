import { type Kysely, sql } from 'kysely';

/** Durable state of the OpenID provider, its clients and its keys. */
const creates = [
  // Hot rows are rewritten at every visit: room on the page keeps the new version beside the old one.
  `create table oidc_state (
    model text not null,
    id_hash text not null,
    uid text,
    user_code text,
    grant_id text,
    account_id uuid,
    client_id text,
    payload bytea not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    consumed_at timestamptz,
    ended_at timestamptz,
    expires_at timestamptz not null,
    primary key (model, id_hash)
  ) with (fillfactor = 80)`,
  `create index oidc_state_uid on oidc_state (uid) where uid is not null`,
  `create index oidc_state_user_code on oidc_state (user_code) where user_code is not null`,
  `create index oidc_state_grant_id on oidc_state (grant_id) where grant_id is not null`,
  `create index oidc_state_account_id on oidc_state (account_id) where account_id is not null`,
  `create index oidc_state_expires_at on oidc_state (expires_at)`,

  `create table session_factor (
    session_uid text not null,
    amr text not null,
    account_id uuid not null,
    at timestamptz not null,
    expires_at timestamptz not null,
    primary key (session_uid, amr)
  )`,
  `create index session_factor_account_id on session_factor (account_id)`,
  `create index session_factor_expires_at on session_factor (expires_at)`,

  `create table grant_principal (
    grant_id text primary key,
    account_id uuid not null,
    client_id text not null,
    organisation_id uuid references organisation (id) on delete cascade,
    created_at timestamptz not null
  )`,
  `create index grant_principal_account_id on grant_principal (account_id, client_id)`,
  `create index grant_principal_created_at on grant_principal (created_at)`,

  `create table consent (
    account_id uuid not null references account (id) on delete cascade,
    client_id text not null,
    principal text not null,
    scopes jsonb not null,
    claims jsonb not null,
    text_version text not null,
    given_at timestamptz not null,
    superseded_at timestamptz,
    primary key (account_id, client_id, principal, given_at)
  )`,
  `create unique index consent_current_unique on consent (account_id, client_id, principal)
    where superseded_at is null`,
  `create index consent_superseded_at on consent (superseded_at) where superseded_at is not null`,

  `create table client (
    id text primary key,
    metadata jsonb not null,
    data_key bytea not null,
    secret_sealed bytea,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    disabled_at timestamptz
  )`,

  `create table signing_key (
    kid text primary key,
    alg text not null,
    state text not null check (state in ('published', 'active', 'retired')),
    data_key bytea not null,
    private_jwk_sealed bytea not null,
    created_at timestamptz not null,
    published_at timestamptz not null,
    used_from timestamptz,
    retired_at timestamptz
  )`,
  `create unique index signing_key_active_unique on signing_key (alg) where state = 'active'`,
];

const tables = ['signing_key', 'client', 'consent', 'grant_principal', 'session_factor', 'oidc_state'];

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
