import type { Kysely, Selectable } from 'kysely';
import type { AccountChange, AccountChangeStore, Old } from '../../src/domain/presence/change.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { Tables } from './tables.ts';

/** Changes that their owner may take back, with what was there before opened under the data key of the account. */
export function createAccountChangeStore({ db, vault }: { readonly db: Kysely<Tables>; readonly vault: Vault }): AccountChangeStore {
  const rows = db
    .selectFrom('account_change')
    .innerJoin('account', 'account.id', 'account_change.account_id')
    .selectAll('account_change')
    .select('account.data_key');
  return {
    async byToken(tokenIndex) {
      const row = await rows.where('token_index', '=', tokenIndex).executeTakeFirst();
      return row && openChange(vault, row);
    },

    async ofAccount(accountId, now) {
      const found = await rows
        .where('account_change.account_id', '=', accountId)
        .where('returned_at', 'is', null)
        .where((eb) => eb.or([eb('frozen_at', 'is not', null), eb('expires_at', '>', now)]))
        .orderBy('made_at')
        .execute();
      return Promise.all(found.map((row) => openChange(vault, row)));
    },
  };
}

type ChangeRow = Selectable<Tables['account_change']> & Pick<Selectable<Tables['account']>, 'data_key'>;

async function openChange(vault: Vault, row: ChangeRow): Promise<AccountChange> {
  // Authenticated by the vault: it is what was written, so its shape needs no second check.
  const open = async (column: string, sealed: Buffer) =>
    JSON.parse(await vault.open(row.data_key, { table: 'account_change', column, row: row.id }, sealed)) as Old;
  return {
    id: row.id,
    accountId: row.account_id,
    act: row.act,
    by: row.set_by,
    old: await open('old_sealed', row.old_sealed),
    addedId: row.passkey_id ?? undefined,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    frozenAt: row.frozen_at ?? undefined,
    kept: row.kept_sealed ? await open('kept_sealed', row.kept_sealed) : undefined,
    returnedAt: row.returned_at ?? undefined,
    confirmedAt: row.confirmed_at ?? undefined,
  };
}
