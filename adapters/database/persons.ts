import type { Kysely, Selectable } from 'kysely';
import type { Person, PersonStore } from '../../src/domain/person/account.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { openIdentity } from './identity.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

const personColumns = ['person.id', 'person.subject_id', 'person.data_key', 'person.identity_sealed'] as const;

type PersonRow = Pick<Selectable<Tables['person']>, 'id' | 'subject_id' | 'data_key' | 'identity_sealed'>;

/** Verified people in the database; every look-up is one statement by a unique key. */
export function createPersonStore({ db, vault }: Deps): PersonStore {
  const open = async (row: PersonRow): Promise<Person> => ({
    id: row.id,
    subjectId: row.subject_id,
    ...(await openIdentity(vault, row.data_key, row.id, row.identity_sealed)),
  });
  return {
    async byId(id) {
      const row = await db.selectFrom('person').select(personColumns).where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async byDocument(type, key) {
      const row = await db
        .selectFrom('person')
        .leftJoin('account', 'account.person_id', 'person.id')
        .leftJoin('activation', 'activation.person_id', 'person.id')
        .select(personColumns)
        .select(['account.id as account_id', 'activation.person_id as waiting'])
        .where('document_index', '=', vault.index('document', `${type}:${key}`))
        .executeTakeFirst();
      return row && { person: await open(row), accountId: row.account_id ?? undefined, waits: row.waiting !== null };
    },
  };
}
