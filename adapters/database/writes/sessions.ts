import { sql, type Insertable, type Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Handler } from './handler.ts';

/**
 * Factors already known keep their latest moment, so that a repeated resume changes nothing; all of them live as
 * long as the session.
 */
export const putSessionFactors: Handler<'session-factors.put'> = async (writes, { clock }) => {
  const withFactors = writes.filter(({ factors }) => factors.length > 0);
  return withFactors.map(({ sessionUid, accountId, factors, expiresAt, device }) => {
    const rows = factors.map(({ amr, at }) => ({
      session_uid: sessionUid,
      amr,
      account_id: accountId,
      at,
      expires_at: expiresAt,
    }));
    const of = { session_uid: sessionUid, account_id: accountId, expires_at: expiresAt };
    return async (db) => {
      await (device === undefined ? db : withDevice(db, { ...of, description: device, created_at: clock.now() }))
        .with('others', (query) =>
          query
            .updateTable('session_factor')
            .set({ expires_at: expiresAt })
            .where('session_uid', '=', sessionUid)
            .where('account_id', '=', accountId)
            .where(
              'amr',
              'not in',
              factors.map(({ amr }) => amr),
            )
            .returning('amr'),
        )
        .insertInto('session_factor')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['session_uid', 'amr']).doUpdateSet((eb) => ({
            account_id: eb.ref('excluded.account_id'),
            at: sql<Date>`greatest(session_factor.at, excluded.at)`,
            expires_at: eb.ref('excluded.expires_at'),
          })),
        )
        .execute();
    };
  });
};

/** In the same statement: a sign-in waits for one round trip. */
function withDevice(db: Kysely<Tables>, row: Insertable<Tables['session_device']>) {
  return db.with('device', (query) =>
    query
      .insertInto('session_device')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('session_uid').doUpdateSet((eb) => ({
          account_id: eb.ref('excluded.account_id'),
          description: eb.ref('excluded.description'),
          expires_at: eb.ref('excluded.expires_at'),
        })),
      )
      .returning('session_uid'),
  );
}

/** Rows are ended, not deleted: a request under way that saves its session afterwards must not bring it back. */
export const endSessions: Handler<'sessions.end'> = async (writes, { clock }) => {
  const now = clock.now();
  return writes.map(({ accountId, exceptUid = null }) => async (db) => {
    await sql`
      with ended as (
        update oidc_state set ended_at = ${now}, payload = ''
        where model = 'Session' and account_id = ${accountId} and ended_at is null
          and uid is distinct from ${exceptUid}
      ), forgotten as (
        delete from session_device where account_id = ${accountId} and session_uid is distinct from ${exceptUid}
      )
      delete from session_factor where account_id = ${accountId} and session_uid is distinct from ${exceptUid}
    `.execute(db);
  });
};

export const endSession: Handler<'session.end'> = async (writes, { clock }) => {
  const now = clock.now();
  return writes.map(({ accountId, uid }) => async (db) => {
    await sql`
      with ended as (
        update oidc_state set ended_at = ${now}, payload = ''
        where model = 'Session' and account_id = ${accountId} and ended_at is null and uid = ${uid}
      ), forgotten as (
        delete from session_device where account_id = ${accountId} and session_uid = ${uid}
      )
      delete from session_factor where account_id = ${accountId} and session_uid = ${uid}
    `.execute(db);
  });
};

export const endGrants: Handler<'grants.end'> = async (writes, { clock }) => {
  const now = clock.now();
  return writes.map(({ accountId }) => async (db) => {
    await db
      .updateTable('oidc_state')
      .set({ ended_at: now, payload: Buffer.alloc(0) })
      .where('account_id', '=', accountId)
      .where('ended_at', 'is', null)
      .where((eb) => eb.or([eb('model', '=', 'Grant'), eb('grant_id', 'is not', null)]))
      .execute();
  });
};
