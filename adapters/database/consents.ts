import type { Kysely } from 'kysely';
import type { ConsentStore } from '../../src/domain/consent/consent.ts';
import type { Tables } from './tables.ts';

/** Consents in the database; the one in force is found by its unique index. */
export function createConsentStore({ db }: { readonly db: Kysely<Tables> }): ConsentStore {
  return {
    async find(accountId, clientId, principal) {
      const row = await db
        .selectFrom('consent')
        .select(['scopes', 'claims', 'text_version', 'given_at'])
        .where('account_id', '=', accountId)
        .where('client_id', '=', clientId)
        .where('principal', '=', principal)
        .where('superseded_at', 'is', null)
        .executeTakeFirst();
      if (!row) return undefined;
      const { scopes, claims, text_version: textVersion, given_at: givenAt } = row;
      return { accountId, clientId, principal, scopes, claims, textVersion, givenAt };
    },
  };
}
