import type { Kysely } from 'kysely';
import type { SessionFactor } from '../../src/domain/presence/strength.ts';
import type { SessionStore, SessionSummary } from '../../src/domain/protocol-state.ts';
import type { Tables } from './tables.ts';

/** What is known about the sessions of an account, beside the provider's own payloads. */
export function createSessionStore({ db }: { readonly db: Kysely<Tables> }): SessionStore {
  const sessionsOf = (accountId: string, now: Date) =>
    db
      .selectFrom('oidc_state')
      .where('oidc_state.model', '=', 'Session')
      .where('oidc_state.account_id', '=', accountId)
      .where('oidc_state.ended_at', 'is', null)
      .where('oidc_state.expires_at', '>', now);

  return {
    async factors(sessionUid, now) {
      const rows = await db
        .selectFrom('session_factor')
        .select(['amr', 'at', 'counts_as', 'counts_until'])
        .where('session_uid', '=', sessionUid)
        .where('expires_at', '>', now)
        .orderBy('at')
        .execute();
      return rows.map(({ amr, at, counts_as: as, counts_until: until }) => ({
        amr,
        at,
        ...(as !== null && { counts: { as, until: until ?? undefined } }),
      }));
    },

    async ofAccount(accountId, now) {
      const rows = await sessionsOf(accountId, now)
        .leftJoin('session_factor', (join) =>
          join.onRef('session_factor.session_uid', '=', 'oidc_state.uid').on('session_factor.expires_at', '>', now),
        )
        .leftJoin('session_device', 'session_device.session_uid', 'oidc_state.uid')
        .select(['oidc_state.uid', 'oidc_state.created_at', 'updated_at', 'oidc_state.expires_at', 'amr', 'at', 'description'])
        .orderBy('updated_at', 'desc')
        .orderBy('at')
        .execute();
      const sessions = new Map<string, SessionSummary & { factors: SessionFactor[] }>();
      for (const { uid, created_at: createdAt, updated_at: lastSeenAt, expires_at: expiresAt, amr, at, description } of rows) {
        if (uid === null) continue; // the provider gives every session one
        const session = sessions.get(uid) ?? { uid, createdAt, lastSeenAt, expiresAt, factors: [], device: description ?? undefined };
        if (amr !== null && at !== null) session.factors.push({ amr, at });
        sessions.set(uid, session);
      }
      return [...sessions.values()];
    },

    async payloadsOfAccount(accountId, now) {
      const rows = await sessionsOf(accountId, now).select('payload').execute();
      return rows.map(({ payload }) => payload);
    },
  };
}
