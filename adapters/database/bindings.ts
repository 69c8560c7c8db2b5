import type { Kysely, Selectable } from 'kysely';
import type { Binding, BindingStore } from '../../src/domain/upstream/binding.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { Tables } from './tables.ts';

/** Whom a third party knows is looked up by keyed hash; two of them may name two people alike. */
export function bindingIndex(vault: Pick<Vault, 'index'>, provider: string, subject: string): Buffer {
  return vault.index('upstream-subject', JSON.stringify([provider, subject]));
}

/** Bindings, with who it is there opened under the data key of the account. */
export function createBindingStore({ db, vault }: { readonly db: Kysely<Tables>; readonly vault: Vault }): BindingStore {
  const rows = db
    .selectFrom('binding')
    .innerJoin('account', 'account.id', 'binding.account_id')
    .selectAll('binding')
    .select('account.data_key')
    .where('binding.held_at', 'is', null);
  return {
    async ofAccount(accountId) {
      const found = await rows.where('binding.account_id', '=', accountId).orderBy('binding.created_at').execute();
      return Promise.all(found.map((row) => openBinding(vault, row)));
    },

    async bySubject(provider, subject) {
      const row = await rows
        .where('binding.provider', '=', provider)
        .where('binding.subject_index', '=', bindingIndex(vault, provider, subject))
        .executeTakeFirst();
      return row && openBinding(vault, row);
    },
  };
}

type BindingRow = Selectable<Tables['binding']> & Pick<Selectable<Tables['account']>, 'data_key'>;

async function openBinding(vault: Vault, row: BindingRow): Promise<Binding> {
  return {
    id: row.id,
    accountId: row.account_id,
    provider: row.provider,
    subject: await vault.open(row.data_key, { table: 'binding', column: 'subject_sealed', row: row.id }, row.subject_sealed),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    setBy: row.set_by,
  };
}
