import type { Kysely, Selectable } from 'kysely';
import type { Evidence, EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import type { Tables } from './tables.ts';

/** Evidence in the database: neither superseded nor revoked; expired items included, the ladder judges them. */
export function createEvidenceStore({ db }: { readonly db: Kysely<Tables> }): EvidenceStore {
  const onFile = db
    .selectFrom('evidence')
    .select(['evidence.id', 'evidence.person_id', 'kind', 'source', 'reference', 'verified_at', 'expires_at'])
    .where('superseded_at', 'is', null)
    .where('revoked_at', 'is', null)
    .orderBy('verified_at')
    .orderBy('kind');
  return {
    async ofPerson(personId) {
      const rows = await onFile.where('evidence.person_id', '=', personId).execute();
      return rows.map(toEvidence);
    },

    async ofAccount(accountId) {
      const rows = await onFile
        .innerJoin('account', 'account.person_id', 'evidence.person_id')
        .where('account.id', '=', accountId)
        .execute();
      return rows.map(toEvidence);
    },
  };
}

type EvidenceRow = Omit<Selectable<Tables['evidence']>, 'superseded_at' | 'revoked_at'>;

function toEvidence(row: EvidenceRow): Evidence {
  return {
    id: row.id,
    personId: row.person_id,
    kind: row.kind,
    verifiedAt: row.verified_at,
    expiresAt: row.expires_at ?? undefined,
    source: row.source,
    reference: row.reference,
  };
}
