import { sql, type Insertable, type Kysely } from 'kysely';
import type { Strength } from '../../../src/domain/presence/strength.ts';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Tables } from '../tables.ts';
import type { Handler } from './handler.ts';

/**
 * Factors already known keep their latest moment, so that a repeated resume changes nothing; all of them live as
 * long as the session.
 */
export const putSessionFactors: Handler<'session-factors.put'> = async (writes, { clock }) => {
  const withFactors = writes.filter(({ factors }) => factors.length > 0);
  return withFactors.map(({ sessionUid, accountId, factors, expiresAt, device }) => {
    const rows = factors.map(({ amr, at, counts }) => ({
      session_uid: sessionUid,
      amr,
      account_id: accountId,
      at,
      expires_at: expiresAt,
      counts_as: counts?.as ?? null,
      counts_until: counts?.until ?? null,
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
            ...latestWorth,
            expires_at: eb.ref('excluded.expires_at'),
          })),
        )
        .execute();
    };
  });
};

/**
 * The newer proof says what it is worth, a resume that is repeated changes nothing. Where an SMS code came to is no
 * better known by a second one: it stays what it is for as long as the session lasts.
 */
const latestWorth = {
  counts_as: sql<Strength | null>`case
    when session_factor.at > excluded.at then session_factor.counts_as
    when excluded.amr = 'sms' then coalesce(excluded.counts_as, session_factor.counts_as)
    else excluded.counts_as end`,
  counts_until: sql<Date | null>`case when session_factor.at > excluded.at then session_factor.counts_until else excluded.counts_until end`,
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

/**
 * Rows are ended, not deleted: a request under way that saves its session afterwards must not bring it back. A sign-in that
 * has no session yet goes by the moment that is kept with the account.
 */
export const endSessions: Handler<'sessions.end'> = async (writes, { clock }) => {
  const now = clock.now();
  return writes.map(({ accountId, exceptUid = null }) => async (db) => {
    await sql`
      with ended as (
        update oidc_state set ended_at = ${now}, payload = ''
        where model = 'Session' and account_id = ${accountId} and ended_at is null
          and uid is distinct from ${exceptUid}
      ), dated as (
        update account set sessions_ended_at = ${now} where id = ${accountId}
      ), forgotten as (
        delete from session_device where account_id = ${accountId} and session_uid is distinct from ${exceptUid}
      )
      delete from session_factor where account_id = ${accountId} and session_uid is distinct from ${exceptUid}
    `.execute(db);
  });
};

/** Two acts of one account take turns by its row; whoever ended the session in between has the last word. */
export const holdPresence: Handler<'presence.hold'> = async (writes) =>
  writes.flatMap(({ accountId, sessionUid, verified }) => [
    async (db: Kysely<Tables>) => {
      const account = await db
        .selectFrom('account')
        .select('person_id')
        .where('id', '=', accountId)
        .where('status', '=', 'active')
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!account || (account.person_id !== null) !== verified) throw new Conflict('presence.hold', 'account');
    },
    async (db: Kysely<Tables>) => {
      if (sessionUid === undefined) return;
      const factors = await db
        .selectFrom('session_factor')
        .select('amr')
        .where('session_uid', '=', sessionUid)
        .where('account_id', '=', accountId)
        .forShare()
        .execute();
      if (factors.length === 0) throw new Conflict('presence.hold', 'session');
    },
  ]);

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

export const endTrust: Handler<'trust.end'> = async (writes, { clock }) => {
  const now = clock.now();
  return writes.map(
    ({ accountId }) =>
      async (db) =>
        void (await db.updateTable('account').set({ trust_ended_at: now }).where('id', '=', accountId).execute()),
  );
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
