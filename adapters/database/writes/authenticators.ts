import type { Kysely } from 'kysely';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Tables } from '../tables.ts';
import type { Handler } from './handler.ts';

/** Names and secrets are sealed under the data key of their account. */
async function dataKeyOf(db: Kysely<Tables>, accountId: string): Promise<Buffer> {
  const row = await db.selectFrom('account').select('data_key').where('id', '=', accountId).executeTakeFirst();
  if (!row) throw new Error('an authenticator belongs to an account');
  return row.data_key;
}

export const insertPasskeys: Handler<'passkey.insert'> = async (writes, { db: reader, vault }) => {
  const rows = await Promise.all(
    writes.map(async ({ passkey: { id, accountId, credentialId, publicKey, counter, synced, transports, name, createdAt, setBy } }) => ({
      id,
      account_id: accountId,
      credential_id: Buffer.from(credentialId, 'base64url'),
      public_key: publicKey,
      counter,
      synced,
      transports: transports.join(' '),
      name_sealed: await vault.seal(await dataKeyOf(reader, accountId), { table: 'passkey', column: 'name_sealed', row: id }, name),
      created_at: createdAt,
      last_used_at: null,
      set_by: setBy ?? null,
      held_at: null,
    })),
  );
  return [async (db) => void (await db.insertInto('passkey').values(rows).execute())];
};

/** The condition is that of `counterMoves`, in the update itself: of a passkey and its copy, one signs in. */
export const usePasskeys: Handler<'passkey.use'> = async (writes) =>
  writes.map(({ id, counter, at }) => async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('passkey')
      .set({ counter, last_used_at: at })
      .where('id', '=', id)
      .where((eb) => (counter === 0 ? eb('counter', '=', 0) : eb('counter', '<', counter)))
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Conflict('passkey.use', 'counter');
  });

export const renamePasskeys: Handler<'passkey.rename'> = async (writes, { db: reader, vault }) =>
  Promise.all(
    writes.map(async ({ id, accountId, name }) => {
      const place = { table: 'passkey', column: 'name_sealed', row: id };
      const sealed = await vault.seal(await dataKeyOf(reader, accountId), place, name);
      return async (db: Kysely<Tables>) =>
        void (await db
          .updateTable('passkey')
          .set({ name_sealed: sealed })
          .where('id', '=', id)
          .where('account_id', '=', accountId)
          .execute());
    }),
  );

export const removePasskeys: Handler<'passkey.remove'> = async (writes) =>
  writes.map(
    ({ id, accountId }) =>
      async (db) =>
        void (await db.deleteFrom('passkey').where('id', '=', id).where('account_id', '=', accountId).execute()),
  );

export const putTotps: Handler<'totp.put'> = async (writes, { db: reader, vault }) => {
  const rows = await Promise.all(
    writes.map(async ({ accountId, secret, step, at, by }) => {
      const place = { table: 'totp', column: 'secret_sealed', row: accountId };
      const sealed = await vault.seal(await dataKeyOf(reader, accountId), place, secret.toString('base64'));
      return { account_id: accountId, secret_sealed: sealed, last_step: step, confirmed_at: at, set_by: by ?? null, held_at: null };
    }),
  );
  return [
    async (db) =>
      void (await db
        .insertInto('totp')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('account_id').doUpdateSet((eb) => ({
            secret_sealed: eb.ref('excluded.secret_sealed'),
            last_step: eb.ref('excluded.last_step'),
            confirmed_at: eb.ref('excluded.confirmed_at'),
            set_by: eb.ref('excluded.set_by'),
            held_at: null,
          })),
        )
        .execute()),
  ];
};

export const useTotps: Handler<'totp.use'> = async (writes) =>
  writes.map(({ accountId, step }) => async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('totp')
      .set({ last_step: step })
      .where('account_id', '=', accountId)
      .where('last_step', '<', step)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Conflict('totp.use', 'step');
  });

export const removeTotps: Handler<'totp.remove'> = async (writes) =>
  writes.map(
    ({ accountId }) =>
      async (db) =>
        void (await db.deleteFrom('totp').where('account_id', '=', accountId).execute()),
  );

/** Two statements: rows that a statement deletes are still there for the rest of it. */
export const putRecoveryCodes: Handler<'recovery-codes.put'> = async (writes) =>
  writes.flatMap(({ accountId, hashes, at, by }) => [
    async (db: Kysely<Tables>) => void (await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute()),
    async (db: Kysely<Tables>) => {
      const rows = hashes.map((hash) => ({ account_id: accountId, code_index: hash, created_at: at, used_at: null, set_by: by ?? null }));
      await db.insertInto('recovery_code').values(rows).execute();
    },
  ]);

export const useRecoveryCodes: Handler<'recovery-code.use'> = async (writes) =>
  writes.map(({ accountId, hash, at }) => async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('recovery_code')
      .set({ used_at: at })
      .where('account_id', '=', accountId)
      .where('code_index', '=', hash)
      .where('used_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Conflict('recovery-code.use', 'code');
  });

export const removeRecoveryCodes: Handler<'recovery-codes.remove'> = async (writes) =>
  writes.map(
    ({ accountId }) =>
      async (db) =>
        void (await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute()),
  );
