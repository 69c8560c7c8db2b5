import type { Kysely, Selectable } from 'kysely';
import type { Jwk, SigningKey, SigningKeyStore } from '../../src/domain/keys/signing-keys.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { createSettings } from './settings.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

/** The setting whose version is the version of all keys: every change bumps it in its own transaction. */
export const versionSetting = 'signing-keys';

/** What a sealed key is bound to; of an archived one it is the public part. */
export const jwkPlace = (kid: string) => ({ table: 'signing_key', column: 'private_jwk_sealed', row: kid });

/** Signing keys in the database, sealed. */
export function createSigningKeyStore({ db, vault }: Deps): SigningKeyStore {
  const open = async (row: Selectable<Tables['signing_key']>): Promise<SigningKey> => {
    // Authenticated by the vault: it is what `signing-key.insert` wrote, so its shape needs no second check.
    const jwk: Jwk = JSON.parse(await vault.open(row.data_key, jwkPlace(row.kid), row.private_jwk_sealed));
    return {
      kid: row.kid,
      alg: row.alg,
      state: row.state,
      jwk,
      createdAt: row.created_at,
      publishedAt: row.published_at,
      usedFrom: row.used_from ?? undefined,
      retiredAt: row.retired_at ?? undefined,
    };
  };

  return {
    async list() {
      const rows = await db.selectFrom('signing_key').selectAll().orderBy('created_at').orderBy('kid').execute();
      return Promise.all(rows.map(open));
    },

    async version() {
      return (await createSettings({ db }).get(versionSetting))?.version ?? 0;
    },
  };
}
