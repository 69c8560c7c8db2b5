import { type Insertable, sql } from 'kysely';
import type { Jwk, SigningKey } from '../../../src/domain/keys/signing-keys.ts';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Vault } from '../../../src/domain/vault.ts';
import { createSettings } from '../settings.ts';
import { jwkPlace, versionSetting } from '../signing-keys.ts';
import type { Tables } from '../tables.ts';
import type { Handler, Statement } from './handler.ts';

/** Comes first in each write: every process polls the version, and its row is the lock that lets one change after the other. */
const changed =
  (kid: string, at: Date): Statement =>
  async (db) =>
    void (await createSettings({ db }).put(versionSetting, kid, at));

export const insertSigningKeys: Handler<'signing-key.insert'> = async (writes, { vault }) => {
  const statements = writes.map(async ({ key }): Promise<readonly Statement[]> => {
    const row = await keyRow(vault, key);
    return [changed(key.kid, key.createdAt), async (db) => void (await db.insertInto('signing_key').values(row).execute())];
  });
  return (await Promise.all(statements)).flat();
};

export const activateSigningKeys: Handler<'signing-key.activate'> = async (writes) =>
  writes.flatMap(({ kid, at }): readonly Statement[] => [
    changed(kid, at),
    async (db) => {
      const key = await db.selectFrom('signing_key').select(['alg', 'state']).where('kid', '=', kid).executeTakeFirst();
      if (key?.state !== 'published') throw new Conflict('signing-key.activate', 'state');
      await db
        .updateTable('signing_key')
        .set({ state: 'retired', retired_at: at })
        .where('alg', '=', key.alg)
        .where('state', '=', 'active')
        .execute();
      await db.updateTable('signing_key').set({ state: 'active', used_from: at }).where('kid', '=', kid).execute();
    },
  ]);

export const withdrawSigningKeys: Handler<'signing-key.withdraw'> = async (writes) =>
  writes.flatMap(({ kid, at }): readonly Statement[] => [
    changed(kid, at),
    async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('signing_key')
        .set({ state: 'withdrawn', retired_at: sql<Date>`coalesce(retired_at, ${at})` })
        .where('kid', '=', kid)
        .where('state', 'in', ['published', 'retired', 'archived'])
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new Conflict('signing-key.withdraw', 'state');
    },
  ]);

/** What signs is overwritten, under a new data key: neither the row nor its old key opens it again. */
export const archiveSigningKeys: Handler<'signing-key.archive'> = async (writes, { vault }) => {
  const statements = writes.map(async ({ kid, publicJwk, at }): Promise<readonly Statement[]> => {
    const sealed = await sealedJwk(vault, publicJwk);
    return [
      changed(kid, at),
      async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('signing_key')
          .set({ state: 'archived', ...sealed })
          .where('kid', '=', kid)
          .where('state', '=', 'retired')
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) throw new Conflict('signing-key.archive', 'state');
      },
    ];
  });
  return (await Promise.all(statements)).flat();
};

async function sealedJwk(vault: Vault, jwk: Jwk): Promise<Pick<Insertable<Tables['signing_key']>, 'data_key' | 'private_jwk_sealed'>> {
  const dataKey = await vault.newKey();
  return { data_key: dataKey, private_jwk_sealed: await vault.seal(dataKey, jwkPlace(jwk.kid), JSON.stringify(jwk)) };
}

async function keyRow(vault: Vault, key: SigningKey): Promise<Insertable<Tables['signing_key']>> {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    ...(await sealedJwk(vault, key.jwk)),
    created_at: key.createdAt,
    published_at: key.publishedAt,
    used_from: key.usedFrom ?? null,
    retired_at: key.retiredAt ?? null,
  };
}
