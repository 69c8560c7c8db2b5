import type { Insertable, Kysely, Selectable } from 'kysely';
import type { PrivateJwk, SigningKey, SigningKeyStore } from '../../src/domain/keys/signing-keys.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { createSettings } from './settings.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

/** The setting whose version is the version of all keys: every change bumps it in its own transaction. */
const versionSetting = 'signing-keys';

const placeOf = (kid: string) => ({ table: 'signing_key', column: 'private_jwk_sealed', row: kid });

/** Signing keys in the database, private parts sealed. */
export function createSigningKeyStore({ db, vault }: Deps): SigningKeyStore {
  const open = async (row: Selectable<Tables['signing_key']>): Promise<SigningKey> => {
    // Authenticated by the vault: it is what `insert` wrote, so its shape needs no second check.
    const privateJwk: PrivateJwk = JSON.parse(await vault.open(row.data_key, placeOf(row.kid), row.private_jwk_sealed));
    return {
      kid: row.kid,
      alg: row.alg,
      state: row.state,
      privateJwk,
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

    async insert(key) {
      const row = await toColumns(vault, key);
      return db.transaction().execute(async (transaction) => {
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('signing_key')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        await createSettings({ db: transaction }).put(versionSetting, key.kid, key.createdAt);
        return true;
      });
    },

    async setState(kid, state, at) {
      return db.transaction().execute(async (transaction) => {
        // First the version: its row is the lock that lets one change after the other.
        await createSettings({ db: transaction }).put(versionSetting, kid, at);
        return state === 'active' ? activate(transaction, kid, at) : retire(transaction, kid, at);
      });
    },

    async version() {
      return (await createSettings({ db }).get(versionSetting))?.version ?? 0;
    },
  };
}

async function activate(db: Kysely<Tables>, kid: string, at: Date): Promise<boolean> {
  const key = await db.selectFrom('signing_key').select(['alg', 'state']).where('kid', '=', kid).executeTakeFirst();
  if (key?.state !== 'published') return false;
  await db
    .updateTable('signing_key')
    .set({ state: 'retired', retired_at: at })
    .where('alg', '=', key.alg)
    .where('state', '=', 'active')
    .execute();
  await db.updateTable('signing_key').set({ state: 'active', used_from: at }).where('kid', '=', kid).execute();
  return true;
}

async function retire(db: Kysely<Tables>, kid: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('signing_key')
    .set({ state: 'retired', retired_at: at })
    .where('kid', '=', kid)
    .where('state', '=', 'active')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function toColumns(vault: Vault, key: SigningKey): Promise<Insertable<Tables['signing_key']>> {
  const dataKey = await vault.newKey();
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    data_key: dataKey,
    private_jwk_sealed: await vault.seal(dataKey, placeOf(key.kid), JSON.stringify(key.privateJwk)),
    created_at: key.createdAt,
    published_at: key.publishedAt,
    used_from: key.usedFrom ?? null,
    retired_at: key.retiredAt ?? null,
  };
}
