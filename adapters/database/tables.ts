import type { AuditDetails, AuditEventName } from '../../src/domain/audit/events.ts';
import type { SigningKeyState } from '../../src/domain/keys/signing-keys.ts';
import type { DocumentType } from '../../src/domain/person/document-number.ts';
import type { AccountStatus } from '../../src/domain/person/account.ts';
import type { UndoableAct } from '../../src/domain/presence/change.ts';
import type { Strength } from '../../src/domain/presence/strength.ts';
import { bigint, bytes, flag, integer, json, moment, nullable, text, uuid, type Column } from './columns.ts';

export type OutboxState = 'waiting' | 'done' | 'parked';

/**
 * The schema, said once: SQL type and nullability for the schema test, JavaScript type for the stores.
 * Suffixes mean the same everywhere: `_sealed` is encrypted under the row's `data_key`, `_index` is the keyed
 * hash a sealed value is looked up by, `_at` is a moment that came in as a parameter (never `now()` of SQL).
 */
export const tables = {
  subject: { id: uuid, created_at: moment },

  person: {
    id: uuid,
    subject_id: uuid,
    data_key: bytes,
    document_type: text<DocumentType>(),
    document_index: bytes,
    /** JSON of name, document, sex and birth date: always written as a whole. */
    identity_sealed: bytes,
    created_at: moment,
    updated_at: moment,
  },

  account: {
    id: uuid,
    subject_id: uuid,
    person_id: nullable(uuid),
    status: text<AccountStatus>(),
    data_key: bytes,
    username_sealed: nullable(bytes),
    username_index: nullable(bytes),
    mobile_sealed: bytes,
    /** Null while the mobile is held: a change of it is frozen. */
    mobile_index: nullable(bytes),
    /** When whoever has the account redeemed a code sent to it; null: not yet. */
    mobile_proven_at: nullable(moment),
    email_sealed: nullable(bytes),
    email_index: nullable(bytes),
    ethnicity_sealed: nullable(bytes),
    /** Released to nobody. */
    social_history_sealed: nullable(bytes),
    /** The platform's own, 12 digits; null: opened before there were numbers. */
    number: nullable(bigint),
    address_sealed: nullable(bytes),
    /** JSON of name and document as typed, verified by nobody; never looked up. */
    asserted_identity_sealed: nullable(bytes),
    agreement_version: text(),
    agreement_accepted_at: moment,
    /** Null: did not agree to become a user of the national platform. */
    national_platform_version: nullable(text()),
    national_platform_agreed_at: nullable(moment),
    /** Null: the platform's own. */
    locale: nullable(text()),
    /** When all sessions ended last, one perhaps excepted; null: never. Likewise the trust in browsers. */
    sessions_ended_at: nullable(moment),
    trust_ended_at: nullable(moment),
    created_at: moment,
    updated_at: moment,
  },

  credential: {
    account_id: uuid,
    kind: text<'password'>(),
    hash: text(),
    updated_at: moment,
    /** By which proof it was set, and when; null: with the account itself. Likewise below. */
    set_by: nullable(text<Strength>()),
    set_at: nullable(moment),
    /** Its change is frozen: nobody signs in with it. Likewise below. */
    held_at: nullable(moment),
  },

  /** Changes of ways in, for as long as their owner may take them back. */
  account_change: {
    id: uuid,
    account_id: uuid,
    act: text<UndoableAct>(),
    set_by: text<Strength>(),
    token_index: bytes,
    /** JSON of what was there before; `kept_sealed` is that of what it had set, while it is frozen. */
    old_sealed: bytes,
    passkey_id: nullable(uuid),
    made_at: moment,
    expires_at: moment,
    frozen_at: nullable(moment),
    kept_sealed: nullable(bytes),
    returned_at: nullable(moment),
    confirmed_at: nullable(moment),
  },

  evidence: {
    id: uuid,
    person_id: uuid,
    kind: text(),
    source: text(),
    reference: text(),
    verified_at: moment,
    expires_at: nullable(moment),
    superseded_at: nullable(moment),
    revoked_at: nullable(moment),
    end_told_at: nullable(moment),
  },

  /** Who agreed that a minor is verified: JSON of name, document and mobile. */
  guardian_consent: {
    person_id: uuid,
    data_key: bytes,
    guardian_sealed: bytes,
    version: text(),
    source: text(),
    reference: text(),
    consented_at: moment,
  },

  /** Imported people who have no account yet. */
  activation: {
    person_id: uuid,
    data_key: bytes,
    /** Null: none is known. */
    mobile_sealed: nullable(bytes),
    source: text(),
    imported_at: moment,
  },

  import_run: {
    /** SHA-256 of the file, hex. */
    file_hash: text(),
    source: text(),
    /** The last line that was dealt with. */
    line: integer,
    report_bytes: bigint,
    imported: integer,
    activated_later: integer,
    duplicate: integer,
    invalid: integer,
    started_at: moment,
    updated_at: moment,
    finished_at: nullable(moment),
  },

  organisation: {
    id: uuid,
    subject_id: uuid,
    data_key: bytes,
    credit_code_index: bytes,
    credit_code_sealed: bytes,
    name_sealed: bytes,
    kind: text(),
    status: text(),
    created_at: moment,
    updated_at: moment,
  },

  passkey: {
    id: uuid,
    account_id: uuid,
    credential_id: bytes,
    public_key: bytes,
    counter: bigint,
    synced: flag,
    /** Separated by spaces. */
    transports: text(),
    name_sealed: bytes,
    created_at: moment,
    last_used_at: nullable(moment),
    set_by: nullable(text<Strength>()),
    held_at: nullable(moment),
  },

  /** Accounts of third parties that sign in. */
  binding: {
    id: uuid,
    account_id: uuid,
    provider: text(),
    subject_index: bytes,
    subject_sealed: bytes,
    set_by: text<Strength>(),
    created_at: moment,
    last_used_at: nullable(moment),
    held_at: nullable(moment),
  },

  totp: {
    account_id: uuid,
    secret_sealed: bytes,
    last_step: bigint,
    confirmed_at: moment,
    set_by: nullable(text<Strength>()),
    held_at: nullable(moment),
  },

  recovery_code: {
    account_id: uuid,
    code_index: bytes,
    created_at: moment,
    used_at: nullable(moment),
    set_by: nullable(text<Strength>()),
  },

  operator_role: { account_id: uuid, role: text(), granted_at: moment, revoked_at: nullable(moment) },

  oidc_state: {
    model: text(),
    id_hash: text(),
    uid: nullable(text()),
    user_code: nullable(text()),
    grant_id: nullable(text()),
    account_id: nullable(uuid),
    client_id: nullable(text()),
    payload: bytes,
    created_at: moment,
    updated_at: moment,
    consumed_at: nullable(moment),
    ended_at: nullable(moment),
    expires_at: moment,
  },

  /** What a session runs on, in words. */
  session_device: { session_uid: text(), account_id: uuid, description: text(), created_at: moment, expires_at: moment },

  session_factor: {
    session_uid: text(),
    amr: text(),
    account_id: uuid,
    at: moment,
    expires_at: moment,
    /** Null: what its kind is worth. */
    counts_as: nullable(text<Strength>()),
    /** Null: as long as the session lasts. */
    counts_until: nullable(moment),
  },

  grant_principal: {
    grant_id: text(),
    account_id: uuid,
    client_id: text(),
    /** Null: the person acts for themselves. */
    organisation_id: nullable(uuid),
    created_at: moment,
  },

  consent: {
    account_id: uuid,
    client_id: text(),
    /** `person`, or the id of an organisation. */
    principal: text(),
    scopes: json<readonly string[]>(),
    claims: json<readonly string[]>(),
    text_version: text(),
    given_at: moment,
    superseded_at: nullable(moment),
  },

  client: {
    id: text(),
    metadata: json<Record<string, unknown>>(),
    data_key: bytes,
    secret_sealed: nullable(bytes),
    created_by: nullable(uuid),
    created_at: moment,
    updated_at: moment,
    disabled_at: nullable(moment),
  },

  outbox: {
    id: uuid,
    kind: text(),
    state: text<OutboxState>(),
    suppressed: flag,
    /** Both null once the message is done: what was said is forgotten, that something was sent is kept. */
    data_key: nullable(bytes),
    payload_sealed: nullable(bytes),
    attempts: integer,
    /** When a worker may take it; a claim moves it to the end of the lease. */
    due_at: moment,
    enqueued_at: moment,
    expires_at: moment,
    finished_at: nullable(moment),
    last_error: nullable(text()),
  },

  audit_event: {
    id: uuid,
    at: moment,
    event: text<AuditEventName>(),
    account_id: nullable(uuid),
    client_id: nullable(text()),
    request_id: nullable(text()),
    details: json<AuditDetails>(),
    /** Place in the chain; the three are null until the sealer came by. */
    seq: nullable(bigint),
    prev_hash: nullable(bytes),
    hash: nullable(bytes),
  },

  signing_key: {
    kid: text(),
    alg: text(),
    state: text<SigningKeyState>(),
    data_key: bytes,
    private_jwk_sealed: bytes,
    created_at: moment,
    published_at: moment,
    used_from: nullable(moment),
    retired_at: nullable(moment),
  },

  setting: { name: text(), value: text(), version: bigint, updated_at: moment },
} satisfies Record<string, Record<string, Column<unknown>>>;

type JsOf<C> = C extends Column<infer Js> ? Js : never;

/** The typed schema for kysely. */
export type Tables = { [T in keyof typeof tables]: { [C in keyof (typeof tables)[T]]: JsOf<(typeof tables)[T][C]> } };

export type TableName = keyof Tables;
