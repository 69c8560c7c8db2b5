import type { Kysely } from 'kysely';
import type { ActivationStore } from '../../src/domain/person/activation-store.ts';
import type { Place, Vault } from '../../src/domain/vault.ts';
import { openIdentity } from './identity.ts';
import type { Tables } from './tables.ts';

/** Where the bound mobile of an imported person stands. */
export function placeOfMobile(personId: string): Place {
  return { table: 'activation', column: 'mobile_sealed', row: personId };
}

/** Imported people in the database, until an account holds them. */
export function createActivationStore({ db, vault }: { readonly db: Kysely<Tables>; readonly vault: Vault }): ActivationStore {
  return {
    async byDocument(type, key) {
      const row = await db
        .selectFrom('person')
        .innerJoin('activation', 'activation.person_id', 'person.id')
        .select(['person.id', 'person.subject_id', 'person.data_key', 'person.identity_sealed'])
        .select(['activation.data_key as mobile_key', 'activation.mobile_sealed', 'activation.source'])
        .where('document_index', '=', vault.index('document', `${type}:${key}`))
        .executeTakeFirst();
      if (!row) return undefined;
      const { id, mobile_key: mobileKey, mobile_sealed: mobile, source } = row;
      return {
        person: { id, subjectId: row.subject_id, ...(await openIdentity(vault, row.data_key, id, row.identity_sealed)) },
        mobile: mobile === null ? undefined : await vault.open(mobileKey, placeOfMobile(id), mobile),
        source,
      };
    },
  };
}
