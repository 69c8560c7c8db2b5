import { type Kysely, sql } from 'kysely';
import type { AuditLog } from '../../src/domain/audit/events.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { TableName, Tables } from './tables.ts';

/** When rows of a table have had their time, or why they never have. */
export type Rule =
  | {
      /** The moment the time runs from; a row without one stays. */
      readonly column: string;
      readonly afterSeconds: number;
      /** Further condition in SQL. */
      readonly where?: string;
      /** Who removes the rows, where that takes more than a statement. */
      readonly by?: 'audit-log';
    }
  | { readonly keep: string };

const hour = 3600;
const day = 24 * hour;
const year = 365 * day;

/** One rule per table; a table without one does not compile. */
export const retention: Readonly<Record<TableName, Rule>> = {
  subject: { keep: 'a `sub` must never come to mean somebody else, so subjects outlive everything' },
  person: { keep: 'until the person deletes the account' },
  account: { keep: 'until the person deletes it' },
  credential: { keep: 'goes with its account' },
  guardian_consent: { keep: 'goes with its person: it is why a minor could be verified' },
  // What was there before is personal; what is frozen stays until its owner has it back.
  account_change: { column: 'expires_at', afterSeconds: day, where: '(frozen_at is null or returned_at is not null)' },
  activation: { keep: 'until the person activates the account' },
  organisation: { keep: 'until it is deleted' },
  passkey: { keep: 'until the person removes it or the account' },
  binding: { keep: 'until the person removes it or the account' },
  totp: { keep: 'until the person removes it or the account' },
  recovery_code: { keep: 'until the person makes new ones or removes the account; few rows' },
  operator_role: { keep: 'who could do what is part of the record; few rows' },
  client: { keep: 'few rows; disabled clients still appear in consents and audit' },
  setting: { keep: 'few rows' },
  evidence: { column: 'superseded_at', afterSeconds: 3 * year },
  consent: { column: 'superseded_at', afterSeconds: 3 * year },
  oidc_state: { column: 'expires_at', afterSeconds: hour },
  session_device: { column: 'expires_at', afterSeconds: hour },
  session_factor: { column: 'expires_at', afterSeconds: hour },
  // A grant lives as long as its refresh token is used; its principal must outlive it.
  grant_principal: {
    column: 'created_at',
    afterSeconds: year,
    where: 'not exists (select from oidc_state where oidc_state.grant_id = grant_principal.grant_id)',
  },
  import_run: { column: 'updated_at', afterSeconds: year },
  // Payloads are erased at once; what stays says that something was sent.
  outbox: { column: 'finished_at', afterSeconds: 30 * day },
  // What is kept of a retired key is no secret; a service may hold an ID token as long as somebody stays signed in there.
  signing_key: { column: 'retired_at', afterSeconds: 2 * year },
  // The log removes its own: it vouches for where it begins, and its last event stays.
  audit_event: { column: 'at', afterSeconds: 3 * year, by: 'audit-log' },
};

const batch = 500;

/**
 * Removes what has had its time, in small batches that skip rows somebody is working on, so that several processes
 * may purge at once and nobody waits for them.
 *
 * @returns how many rows went, by table
 */
export async function purge(
  { db, audit }: { readonly db: Kysely<Tables>; readonly audit: Pick<AuditLog, 'expire'> },
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  const removed: Record<string, number> = {};
  for (const [table, rule] of Object.entries(retention)) {
    if ('keep' in rule) continue;
    const before = secondsAfter(now, -rule.afterSeconds);
    const next = () => (rule.by === 'audit-log' ? audit.expire(before, now, batch) : purgeBatch(db, table, rule, before));
    let count = 0;
    for (let last = batch; last === batch; count += last) last = await next();
    removed[table] = count;
  }
  return removed;
}

async function purgeBatch(
  db: Kysely<Tables>,
  table: string,
  { column, where = 'true' }: Extract<Rule, { column: string }>,
  before: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    with overdue as materialized (
      select ctid from ${sql.table(table)}
      where ${sql.ref(column)} < ${before} and ${sql.raw(where)}
      limit ${sql.lit(batch)} for update skip locked
    )
    delete from ${sql.table(table)} where ctid in (select ctid from overdue)
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}
