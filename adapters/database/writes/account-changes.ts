import { sql, type Kysely, type Updateable } from 'kysely';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Tables } from '../tables.ts';
import { changedColumns, dataKeyOf } from './accounts.ts';
import type { Handler } from './handler.ts';

/** The condition stands in the insert itself: of a change and a freezing at once, the second one sees the first. */
export const insertChanges: Handler<'change.insert'> = async (writes, { db: reader, vault }) =>
  Promise.all(
    writes.map(async ({ change }) => {
      const { id, accountId, act, by, tokenIndex, old, addedId, madeAt, expiresAt } = change;
      const key = await dataKeyOf(reader, accountId);
      const sealed = await vault.seal(key, { table: 'account_change', column: 'old_sealed', row: id }, JSON.stringify(old));
      return async (db: Kysely<Tables>) => {
        const { numAffectedRows } = await sql`
          insert into account_change
            (id, account_id, act, set_by, token_index, old_sealed, passkey_id, made_at, expires_at)
          select ${id}::uuid, ${accountId}::uuid, ${act}, ${by}, ${tokenIndex}::bytea, ${sealed}::bytea, ${addedId ?? null}::uuid,
            ${madeAt}::timestamptz, ${expiresAt}::timestamptz
          where not exists (
            select from account_change
            where account_id = ${accountId} and frozen_at is not null and returned_at is null
          )
        `.execute(db);
        if (Number(numAffectedRows ?? 0n) !== 1) throw new Conflict('change.insert', 'frozen');
      };
    }),
  );

/** Acts of one account take turns by its row (`presence.hold`), so that none of them slips in between. */
export const freezeChanges: Handler<'changes.freeze'> = async (writes, { db: reader, vault }) =>
  (
    await Promise.all(
      writes.map(async ({ accountId, changes, known, at }) => {
        const key = await dataKeyOf(reader, accountId);
        const rows = await Promise.all(
          changes.map(async ({ id, kept }) => {
            const place = { table: 'account_change', column: 'kept_sealed', row: id };
            return { id, kept_sealed: await vault.seal(key, place, JSON.stringify(kept)) };
          }),
        );
        return [
          async (db: Kysely<Tables>) =>
            void (await db.selectFrom('account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute()),
          async (db: Kysely<Tables>) => {
            const { open } = await db
              .selectFrom('account_change')
              .select((eb) => eb.fn.countAll<number | string>().as('open'))
              .where('account_id', '=', accountId)
              .where('frozen_at', 'is', null)
              .where('returned_at', 'is', null)
              .where('expires_at', '>', at)
              .executeTakeFirstOrThrow();
            if (Number(open) !== known) throw new Conflict('changes.freeze', 'moved');
          },
          ...rows.map(({ id, kept_sealed }) => async (db: Kysely<Tables>) => {
            const { numUpdatedRows } = await db
              .updateTable('account_change')
              .set({ frozen_at: at, kept_sealed })
              .where('id', '=', id)
              .where('account_id', '=', accountId)
              .where('frozen_at', 'is', null)
              .where('returned_at', 'is', null)
              .executeTakeFirst();
            if (Number(numUpdatedRows) !== 1) throw new Conflict('changes.freeze', 'moved');
          }),
        ];
      }),
    )
  ).flat();

/** Nothing of what was set is kept any longer. */
const ended = (at: Date) => ({ returned_at: at, kept_sealed: null });

async function endFrozen(
  db: Kysely<Tables>,
  write: 'changes.return' | 'changes.confirm',
  { accountId, ids }: { readonly accountId: string; readonly ids: readonly string[] },
  set: Updateable<Tables['account_change']>,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('account_change')
    .set(set)
    .where('id', 'in', [...ids])
    .where('account_id', '=', accountId)
    .where('frozen_at', 'is not', null)
    .where('returned_at', 'is', null)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== ids.length) throw new Conflict(write, 'moved');
}

export const returnChanges: Handler<'changes.return'> = async (writes) =>
  writes.map(
    ({ at, ...which }) =>
      (db: Kysely<Tables>) =>
        endFrozen(db, 'changes.return', which, ended(at)),
  );

export const confirmChanges: Handler<'changes.confirm'> = async (writes) =>
  writes.flatMap(({ supersedes, at, ...which }) => {
    const confirmed = { ...ended(at), confirmed_at: at };
    return [
      (db: Kysely<Tables>) => endFrozen(db, 'changes.confirm', which, confirmed),
      async (db: Kysely<Tables>) => {
        if (supersedes.length === 0) return;
        await db
          .updateTable('account_change')
          .set(confirmed)
          .where('account_id', '=', which.accountId)
          .where('act', 'in', [...supersedes])
          .where('frozen_at', 'is', null)
          .where('returned_at', 'is', null)
          .execute();
      },
    ];
  });

/** Where what an act adds may stand; ids are never those of two. */
const addable = ['passkey', 'binding'] as const;

async function holdAdded(db: Kysely<Tables>, accountId: string, ids: readonly string[], heldAt: Date | null): Promise<void> {
  if (ids.length === 0) return;
  for (const table of addable) {
    await db
      .updateTable(table)
      .set({ held_at: heldAt })
      .where('id', 'in', [...ids])
      .where('account_id', '=', accountId)
      .execute();
  }
}

export const restoreWaysIn: Handler<'ways-in.restore'> = async (writes) =>
  writes.flatMap(({ accountId, addedIds, totp }) => [
    (db: Kysely<Tables>) => holdAdded(db, accountId, addedIds, null),
    async (db: Kysely<Tables>) => {
      if (totp) await db.updateTable('totp').set({ held_at: null }).where('account_id', '=', accountId).execute();
    },
  ]);

/** Old values are put back without the hashes that people are found by. */
export const holdWaysIn: Handler<'ways-in.hold'> = async (writes, { db: reader, vault }) =>
  (
    await Promise.all(
      writes.map(async ({ accountId, old, password, addedIds, totp, recoveryCodes, at }) => {
        const { password: hash, ...values } = old;
        const columns = await changedColumns(vault, await dataKeyOf(reader, accountId), accountId, values, 'held');
        return [
          async (db: Kysely<Tables>) =>
            void (await db
              .updateTable('account')
              .set({ ...columns, ...(values.mobile !== undefined && { mobile_proven_at: null }), updated_at: at })
              .where('id', '=', accountId)
              .execute()),
          async (db: Kysely<Tables>) => {
            if (!password) return;
            const before = hash === undefined ? {} : { hash, set_by: null, set_at: null };
            await db
              .updateTable('credential')
              .set({ ...before, held_at: at, updated_at: at })
              .where('account_id', '=', accountId)
              .execute();
          },
          (db: Kysely<Tables>) => holdAdded(db, accountId, addedIds, at),
          async (db: Kysely<Tables>) => {
            if (totp) await db.updateTable('totp').set({ held_at: at }).where('account_id', '=', accountId).execute();
          },
          async (db: Kysely<Tables>) => {
            if (recoveryCodes) await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
          },
        ];
      }),
    )
  ).flat();

export const releaseWaysIn: Handler<'ways-in.release'> = async (writes, { db: reader, vault }) =>
  (
    await Promise.all(
      writes.map(async ({ accountId, set, password, addedIds, totp, at }) => {
        const changed = await changedColumns(vault, await dataKeyOf(reader, accountId), accountId, set);
        const columns = { ...changed, ...(set.mobile !== undefined && { mobile_proven_at: at }) };
        return [
          async (db: Kysely<Tables>) => {
            if (Object.keys(columns).length > 0) await db.updateTable('account').set(columns).where('id', '=', accountId).execute();
          },
          async (db: Kysely<Tables>) => {
            if (password) await db.updateTable('credential').set({ held_at: null }).where('account_id', '=', accountId).execute();
          },
          async (db: Kysely<Tables>) => {
            if (addedIds.length === 0) return;
            for (const table of addable) {
              await db
                .deleteFrom(table)
                .where('id', 'in', [...addedIds])
                .where('account_id', '=', accountId)
                .execute();
            }
          },
          async (db: Kysely<Tables>) => {
            if (totp) await db.deleteFrom('totp').where('account_id', '=', accountId).execute();
          },
        ];
      }),
    )
  ).flat();
