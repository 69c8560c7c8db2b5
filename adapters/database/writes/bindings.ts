import type { Kysely } from 'kysely';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import { bindingIndex } from '../bindings.ts';
import type { Tables } from '../tables.ts';
import { dataKeyOf } from './accounts.ts';
import type { Handler } from './handler.ts';

/** That a subject is bound once is the database's to say: of two at once, one is told. */
export const insertBindings: Handler<'binding.insert'> = async (writes, { vault }) =>
  writes.map(({ binding: { id, accountId, provider, subject, createdAt, lastUsedAt, setBy } }) => {
    const place = { table: 'binding', column: 'subject_sealed', row: id };
    return async (db: Kysely<Tables>) => {
      // An account that is opened in the same transaction has its key only there.
      const key = await dataKeyOf(db, accountId);
      const row = {
        id,
        account_id: accountId,
        provider,
        subject_index: bindingIndex(vault, provider, subject),
        subject_sealed: await vault.seal(key, place, subject),
        set_by: setBy,
        created_at: createdAt,
        last_used_at: lastUsedAt ?? null,
        held_at: null,
      };
      await db.insertInto('binding').values(row).execute();
    };
  });

export const useBindings: Handler<'binding.use'> = async (writes) =>
  writes.map(({ id, accountId, at }) => async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('binding')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .where('held_at', 'is', null)
      .executeTakeFirst();
    if (Number(numUpdatedRows) !== 1) throw new Conflict('binding.use', 'gone');
  });

export const removeBindings: Handler<'binding.remove'> = async (writes) =>
  writes.map(({ id, accountId }) => async (db) => {
    const { numDeletedRows } = await db.deleteFrom('binding').where('id', '=', id).where('account_id', '=', accountId).executeTakeFirst();
    if (Number(numDeletedRows) !== 1) throw new Conflict('binding.remove', 'gone');
  });
