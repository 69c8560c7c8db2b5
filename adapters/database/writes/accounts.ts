import { randomInt } from 'node:crypto';
import type { Insertable, Kysely, Updateable } from 'kysely';
import type { AccountChanges, NewAccount } from '../../../src/domain/person/account.ts';
import { usernameKey } from '../../../src/domain/person/username.ts';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Vault } from '../../../src/domain/vault.ts';
import type { Tables } from '../tables.ts';
import type { Handler } from './handler.ts';

export const insertAccounts: Handler<'account.insert'> = async (writes, { vault }) => {
  const rows = await Promise.all(writes.map(({ account }) => accountRow(vault, account)));
  // Numbers are drawn with each run of the statement: of two accounts that drew one, the second draws again.
  return [
    async (db) =>
      void (await db
        .insertInto('account')
        .values(rows.map((row) => ({ ...row, number: accountNumber() })))
        .execute()),
  ];
};

/** 12 digits that say nothing about the account. */
function accountNumber(): number {
  return randomInt(100_000_000_000, 1_000_000_000_000);
}

async function accountRow(vault: Vault, account: NewAccount): Promise<Omit<Insertable<Tables['account']>, 'number'>> {
  const { id, username, mobile, mobileProvenAt, email, address, asserted, agreement, nationalPlatform, createdAt } = account;
  const key = await vault.newKey();
  const seal = sealer(vault, key, id);
  return {
    id,
    subject_id: account.subjectId,
    person_id: null,
    status: 'active',
    data_key: key,
    username_sealed: username === undefined ? null : await seal('username_sealed', username),
    username_index: username === undefined ? null : vault.index('username', usernameKey(username)),
    mobile_sealed: await seal('mobile_sealed', mobile),
    mobile_index: vault.index('mobile', mobile),
    mobile_proven_at: mobileProvenAt ?? null,
    email_sealed: email === undefined ? null : await seal('email_sealed', email),
    email_index: email === undefined ? null : vault.index('email', email),
    ethnicity_sealed: null,
    address_sealed: address === undefined ? null : await seal('address_sealed', address),
    asserted_identity_sealed: asserted === undefined ? null : await seal('asserted_identity_sealed', JSON.stringify(asserted)),
    social_history_sealed: null,
    agreement_version: agreement.version,
    agreement_accepted_at: agreement.acceptedAt,
    national_platform_version: nationalPlatform ?? null,
    national_platform_agreed_at: nationalPlatform === undefined ? null : createdAt,
    locale: null,
    sessions_ended_at: null,
    trust_ended_at: null,
    created_at: createdAt,
    updated_at: createdAt,
  };
}

function sealer(vault: Vault, key: Buffer, row: string) {
  return (column: string, text: string): Promise<Buffer> => vault.seal(key, { table: 'account', column, row }, text);
}

export const updateAccounts: Handler<'account.update'> = async (writes, { db: reader, vault }) =>
  Promise.all(
    writes.map(async ({ accountId, set, at }) => {
      const changed = await changedColumns(vault, await dataKeyOf(reader, accountId), accountId, set);
      const values = { ...changed, ...(set.mobile !== undefined && { mobile_proven_at: at }), updated_at: at };
      return async (db: Kysely<Tables>) => void (await db.updateTable('account').set(values).where('id', '=', accountId).execute());
    }),
  );

/** A mobile that is held by a frozen change is nobody's for as long. */
export const proveMobiles: Handler<'mobile.proven'> = async (writes) =>
  writes.map(({ accountId, at }) => async (db: Kysely<Tables>) => {
    await db
      .updateTable('account')
      .set({ mobile_proven_at: at, updated_at: at })
      .where('id', '=', accountId)
      .where('mobile_proven_at', 'is', null)
      .where('mobile_index', 'is not', null)
      .execute();
  });

/** What is sealed of an account is sealed under its key. @throws Conflict when there is no such account */
export async function dataKeyOf(reader: Kysely<Tables>, accountId: string): Promise<Buffer> {
  const row = await reader.selectFrom('account').select('data_key').where('id', '=', accountId).executeTakeFirst();
  if (!row) throw new Conflict('account.update', 'account');
  return row.data_key;
}

type Changed = Omit<AccountChanges, 'username'> & { readonly username?: string | null };

/** @param found - `held`: nobody is found by mobile, e-mail address and username */
export async function changedColumns(
  vault: Vault,
  key: Buffer,
  id: string,
  set: Changed,
  found: 'found' | 'held' = 'found',
): Promise<Updateable<Tables['account']>> {
  const index = (kind: 'username' | 'mobile' | 'email', value: string | null) =>
    value === null || found === 'held' ? null : vault.index(kind, kind === 'username' ? usernameKey(value) : value);
  const seal = sealer(vault, key, id);
  const sealed = async (column: string, text: string | null) => ({ [column]: text === null ? null : await seal(column, text) });
  const { username, mobile, email, ethnicity, address, socialHistory, locale } = set;
  return {
    ...(username !== undefined && {
      ...(await sealed('username_sealed', username)),
      username_index: index('username', username),
    }),
    ...(mobile !== undefined && { mobile_sealed: await seal('mobile_sealed', mobile), mobile_index: index('mobile', mobile) }),
    ...(email !== undefined && {
      ...(await sealed('email_sealed', email)),
      email_index: index('email', email),
    }),
    ...(ethnicity !== undefined && (await sealed('ethnicity_sealed', ethnicity))),
    ...(address !== undefined && (await sealed('address_sealed', address))),
    ...(socialHistory !== undefined && (await sealed('social_history_sealed', socialHistory))),
    ...(locale !== undefined && { locale }),
  };
}
