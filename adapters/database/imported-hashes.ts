import { type Kysely, sql } from 'kysely';
import type { ImportedHashStore } from '../../src/domain/authenticator/imported-hashes.ts';
import type { Tables } from './tables.ts';

/** By an index that holds nothing else (migrations/20261130T1710_imported_hashes.ts), whose condition this repeats. */
export function createImportedHashStore({ db }: { readonly db: Kysely<Tables> }): ImportedHashStore {
  return {
    async open(limit) {
      const rows = await db
        .selectFrom('credential')
        .select(['account_id', 'hash'])
        .where(sql<boolean>`hash not like '$argon2id$%,keyid=%' and hash not like '$sealed$%'`)
        .limit(limit)
        .execute();
      return rows.map(({ account_id: accountId, hash }) => ({ accountId, hash }));
    },
  };
}
