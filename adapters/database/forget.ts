import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Removes accounts and people with everything that hangs on them, in one transaction; the audit log keeps its
 * pseudonymous rows. For the sandbox, which sets its people back: nobody is told, and nothing can be undone.
 */
export async function forget(
  db: Kysely<Tables>,
  { accountIds, personIds }: { readonly accountIds: readonly string[]; readonly personIds: readonly string[] },
): Promise<void> {
  if (accountIds.length + personIds.length === 0) return;
  await db.transaction().execute(async (trx) => {
    for (const table of ['oidc_state', 'session_device', 'session_factor', 'grant_principal', 'consent'] as const) {
      if (accountIds.length > 0) await trx.deleteFrom(table).where('account_id', 'in', accountIds).execute();
    }
    const accounts = await (accountIds.length > 0
      ? trx.deleteFrom('account').where('id', 'in', accountIds).returning('subject_id').execute()
      : []);
    const persons = await (personIds.length > 0
      ? trx.deleteFrom('person').where('id', 'in', personIds).returning('subject_id').execute()
      : []);
    const subjects = new Set([...accounts, ...persons].map(({ subject_id: id }) => id));
    if (subjects.size > 0)
      await trx
        .deleteFrom('subject')
        .where('id', 'in', [...subjects])
        .execute();
  });
}
