import { type Kysely, type Selectable, sql } from 'kysely';
import type { Evidence, EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import { gathered } from './gathered.ts';
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
  // The level of every sign-in and of every refreshed token rests on it.
  const ofAccount = gathered(async (accountIds) => {
    const rows = await onFile
      .innerJoin('account', 'account.person_id', 'evidence.person_id')
      .select('account.id as account_id')
      .where('account.id', '=', (eb) => eb.fn.any(sql.val(accountIds)))
      .execute();
    return Map.groupBy(rows, (row) => row.account_id);
  });
  return {
    async ofPerson(personId) {
      const rows = await onFile.where('evidence.person_id', '=', personId).execute();
      return rows.map(toEvidence);
    },

    async ofAccount(accountId) {
      return ((await ofAccount(accountId)) ?? []).map(toEvidence);
    },

    async endingUntold({ after, until, limit }) {
      const rows = await db
        .selectFrom('evidence')
        .innerJoin('account', 'account.person_id', 'evidence.person_id')
        .select(['evidence.id', 'account.id as account_id', 'expires_at'])
        .where('end_told_at', 'is', null)
        .where('superseded_at', 'is', null)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', after)
        .where('expires_at', '<=', until)
        .where('account.status', '=', 'active')
        .orderBy('expires_at')
        .limit(limit)
        .execute();
      return rows.flatMap(({ id, account_id: accountId, expires_at: expiresAt }) =>
        expiresAt ? [{ evidenceId: id, accountId, expiresAt }] : [],
      );
    },
  };
}

type EvidenceRow = Omit<Selectable<Tables['evidence']>, 'superseded_at' | 'revoked_at' | 'end_told_at'>;

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
