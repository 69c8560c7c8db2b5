import { sql } from 'kysely';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Handler } from './handler.ts';

/**
 * The earlier item stays as history. Two callers at once: the unique index lets one through, the other's
 * transaction is run again and supersedes the first.
 */
export const insertEvidence: Handler<'evidence.insert'> = async (writes) => {
  const replacing = writes.map(({ evidence: { personId, kind, verifiedAt } }) => ({ personId, kind, at: verifiedAt }));
  const rows = writes.map(({ evidence }) => ({
    id: evidence.id,
    person_id: evidence.personId,
    kind: evidence.kind,
    source: evidence.source,
    reference: evidence.reference,
    verified_at: evidence.verifiedAt,
    expires_at: evidence.expiresAt ?? null,
    superseded_at: null,
    revoked_at: null,
  }));
  return [
    async (db) => {
      await sql`
        update evidence set superseded_at = replacing.at
        from jsonb_to_recordset(${JSON.stringify(replacing)}::jsonb)
          as replacing("personId" uuid, kind text, at timestamptz)
        where evidence.person_id = replacing."personId" and evidence.kind = replacing.kind
          and superseded_at is null and revoked_at is null
      `.execute(db);
    },
    async (db) => void (await db.insertInto('evidence').values(rows).execute()),
  ];
};

/** Of two processes that would tell, one does. */
export const tellEvidenceEnds: Handler<'evidence.end-told'> = async (writes) =>
  writes.map(({ evidenceId, at }) => async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('evidence')
      .set({ end_told_at: at })
      .where('id', '=', evidenceId)
      .where('end_told_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Conflict('evidence.end-told', 'once');
  });
