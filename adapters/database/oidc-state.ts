import type { ExpressionBuilder, Insertable, Kysely, OnConflictDatabase, OnConflictTables, Selectable } from 'kysely';
import type { Clock } from '../../src/domain/clock.ts';
import type { NewStateRow, SessionStore, StateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { createSessionStore } from './sessions.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly clock: Clock;
}

/**
 * Durable state of the provider. What was destroyed or revoked stays as an ended row without a payload until its
 * time has come: a request under way that saves it once more must not bring it back.
 */
export function createDurableState({ db, clock }: Deps): StateStore & SessionStore {
  const end = () =>
    db
      .updateTable('oidc_state')
      .set({ ended_at: clock.now(), payload: Buffer.alloc(0) })
      .where('ended_at', 'is', null);

  return {
    ...createSessionStore({ db }),
    ...finders(db),

    async put(model, id, row) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('oidc_state')
        .values(toColumns(model, id, row, clock.now()))
        .onConflict((conflict) => conflict.columns(['model', 'id_hash']).doUpdateSet(replacement).where('oidc_state.ended_at', 'is', null))
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    async insert(model, id, row, now) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('oidc_state')
        .values(toColumns(model, id, row, now))
        .onConflict((conflict) =>
          conflict
            .columns(['model', 'id_hash'])
            .doUpdateSet((eb) => ({ ...replacement(eb), created_at: now, consumed_at: null, ended_at: null }))
            .where('oidc_state.expires_at', '<=', now),
        )
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    async consume(model, id, now) {
      const { numUpdatedRows } = await db
        .updateTable('oidc_state')
        .set({ consumed_at: now })
        .where('model', '=', model)
        .where('id_hash', '=', id)
        .where('consumed_at', 'is', null)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async destroy(model, id) {
      await end().where('model', '=', model).where('id_hash', '=', id).execute();
    },

    async revokeByGrantId(grantId) {
      await end().where('grant_id', '=', grantId).execute();
    },
  };
}

function finders(db: Kysely<Tables>): Pick<StateStore, 'find' | 'findByUid' | 'findByUserCode'> {
  const alive = (model: string, now: Date) =>
    db
      .selectFrom('oidc_state')
      .select(['payload', 'expires_at', 'consumed_at', 'uid', 'user_code', 'grant_id', 'account_id', 'client_id'])
      .where('model', '=', model)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now);
  return {
    async find(model, id, now) {
      return toRow(await alive(model, now).where('id_hash', '=', id).executeTakeFirst());
    },
    async findByUid(model, uid, now) {
      return toRow(await alive(model, now).where('uid', '=', uid).executeTakeFirst());
    },
    async findByUserCode(model, userCode, now) {
      return toRow(await alive(model, now).where('user_code', '=', userCode).executeTakeFirst());
    },
  };
}

function toColumns(model: string, id: string, row: NewStateRow, now: Date): Insertable<Tables['oidc_state']> {
  return {
    model,
    id_hash: id,
    uid: row.uid ?? null,
    user_code: row.userCode ?? null,
    grant_id: row.grantId ?? null,
    account_id: row.accountId ?? null,
    client_id: row.clientId ?? null,
    payload: row.payload,
    created_at: now,
    updated_at: now,
    consumed_at: null,
    ended_at: null,
    expires_at: row.expiresAt,
  };
}

type Excluded = ExpressionBuilder<OnConflictDatabase<Tables, 'oidc_state'>, OnConflictTables<'oidc_state'>>;

/** Everything of the new row but when it was first made and whether it was used. */
function replacement(eb: Excluded) {
  return {
    uid: eb.ref('excluded.uid'),
    user_code: eb.ref('excluded.user_code'),
    grant_id: eb.ref('excluded.grant_id'),
    account_id: eb.ref('excluded.account_id'),
    client_id: eb.ref('excluded.client_id'),
    payload: eb.ref('excluded.payload'),
    updated_at: eb.ref('excluded.updated_at'),
    expires_at: eb.ref('excluded.expires_at'),
  };
}

type Columns = 'payload' | 'expires_at' | 'consumed_at' | 'uid' | 'user_code' | 'grant_id' | 'account_id' | 'client_id';

function toRow(row: Pick<Selectable<Tables['oidc_state']>, Columns> | undefined): StateRow | undefined {
  return (
    row && {
      payload: row.payload,
      expiresAt: row.expires_at,
      consumedAt: row.consumed_at ?? undefined,
      uid: row.uid ?? undefined,
      userCode: row.user_code ?? undefined,
      grantId: row.grant_id ?? undefined,
      accountId: row.account_id ?? undefined,
      clientId: row.client_id ?? undefined,
    }
  );
}
