import { sql } from 'kysely';
import type { Handler } from './handler.ts';

/**
 * The earlier consent stays as history. Two callers at once: the unique index lets one through, the other's
 * transaction is run again and supersedes the first.
 */
export const putConsents: Handler<'consent.put'> = async (writes) => {
  const replacing = writes.map(({ consent: { accountId, clientId, principal, givenAt } }) => {
    return { accountId, clientId, principal, at: givenAt };
  });
  const rows = writes.map(({ consent }) => ({
    account_id: consent.accountId,
    client_id: consent.clientId,
    principal: consent.principal,
    scopes: JSON.stringify(consent.scopes),
    claims: JSON.stringify(consent.claims),
    text_version: consent.textVersion,
    given_at: consent.givenAt,
    superseded_at: null,
  }));
  return [
    async (db) => {
      await sql`
        update consent set superseded_at = replacing.at
        from jsonb_to_recordset(${JSON.stringify(replacing)}::jsonb)
          as replacing("accountId" uuid, "clientId" text, principal text, at timestamptz)
        where consent.account_id = replacing."accountId" and consent.client_id = replacing."clientId"
          and consent.principal = replacing.principal and superseded_at is null
      `.execute(db);
    },
    async (db) => {
      await db
        .insertInto('consent')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['account_id', 'client_id', 'principal', 'given_at']).doUpdateSet((eb) => ({
            scopes: eb.ref('excluded.scopes'),
            claims: eb.ref('excluded.claims'),
            text_version: eb.ref('excluded.text_version'),
            superseded_at: null,
          })),
        )
        .execute();
    },
  ];
};
