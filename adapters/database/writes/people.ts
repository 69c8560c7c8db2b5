import { type Insertable, sql } from 'kysely';
import type { Person } from '../../../src/domain/person/account.ts';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { Vault } from '../../../src/domain/vault.ts';
import { sealIdentity } from '../identity.ts';
import type { Strength } from '../../../src/domain/presence/strength.ts';
import type { Tables } from '../tables.ts';
import type { Handler, Statement, WriteOf } from './handler.ts';

export const insertSubjects: Handler<'subject.insert'> = async (writes) => {
  const rows = writes.map(({ id, createdAt }) => ({ id, created_at: createdAt }));
  return [async (db) => void (await db.insertInto('subject').values(rows).execute())];
};

export const putPasswords: Handler<'password.put'> = async (writes) => {
  const put = writes.filter(({ replaces }) => replaces === undefined);
  const replacing = writes.flatMap((write) => (write.replaces === undefined ? [] : [replacePassword(write, write.replaces)]));
  return put.length === 0 ? replacing : [putAll(put), ...replacing];
};

function putAll(writes: readonly WriteOf<'password.put'>[]): Statement {
  const rows = writes.map(({ accountId, hash, at, by }) => ({
    account_id: accountId,
    kind: 'password' as const,
    hash,
    updated_at: at,
    ...settingColumns(by, at),
  }));
  return async (db) => {
    await db
      .insertInto('credential')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'kind']).doUpdateSet((eb) => ({
          hash: eb.ref('excluded.hash'),
          updated_at: eb.ref('excluded.updated_at'),
          set_by: eb.ref('excluded.set_by'),
          set_at: eb.ref('excluded.set_at'),
          held_at: null,
        })),
      )
      .execute();
  };
}

const settingColumns = (by: Strength | undefined, at: Date) => ({
  set_by: by ?? null,
  set_at: by === undefined ? null : at,
  held_at: null,
});

/** A hash that is only renewed stays set as it was. */
function replacePassword({ accountId, hash, at, by }: WriteOf<'password.put'>, replaces: string): Statement {
  return async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('credential')
      .set({ hash, updated_at: at, ...(by !== undefined && settingColumns(by, at)) })
      .where('account_id', '=', accountId)
      .where('kind', '=', 'password')
      .where('hash', '=', replaces)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Conflict('password.put', 'replaced');
  };
}

export const insertPersons: Handler<'person.insert'> = async (writes, { vault }) => {
  const rows = await Promise.all(writes.map(({ person, at }) => personRow(vault, person, at)));
  return [async (db) => void (await db.insertInto('person').values(rows).execute())];
};

async function personRow(vault: Vault, person: Person, at: Date): Promise<Insertable<Tables['person']>> {
  const key = await vault.newKey();
  return {
    id: person.id,
    subject_id: person.subjectId,
    data_key: key,
    ...documentColumns(vault, person),
    identity_sealed: await sealIdentity(vault, key, person),
    created_at: at,
    updated_at: at,
  };
}

export const updatePersons: Handler<'person.update'> = async (writes, { db: reader, vault }) => {
  const statements = writes.map(async ({ person, at }) => {
    const row = await reader.selectFrom('person').select('data_key').where('id', '=', person.id).executeTakeFirst();
    if (!row) throw new Conflict('person.update', 'person');
    const identity = await sealIdentity(vault, row.data_key, person);
    const values = { ...documentColumns(vault, person), identity_sealed: identity, updated_at: at };
    return async (db: typeof reader) => void (await db.updateTable('person').set(values).where('id', '=', person.id).execute());
  });
  return Promise.all(statements);
};

function documentColumns(vault: Vault, { document: { type, key } }: Person) {
  return { document_type: type, document_index: vault.index('document', `${type}:${key}`) };
}

/** The conditions stand in the update itself: of two callers that saw a free account, one links; whoever waits is linked by nobody. */
export const linkPersons: Handler<'account.link-person'> = async (writes) => {
  const links = writes.map(({ accountId, personId, subjectId, at }) => ({ accountId, personId, subjectId, at }));
  return [
    async (db) => {
      const { numAffectedRows } = await sql`
        update account set person_id = link."personId", subject_id = link."subjectId", updated_at = link.at
        from jsonb_to_recordset(${JSON.stringify(links)}::jsonb)
          as link("accountId" uuid, "personId" uuid, "subjectId" uuid, at timestamptz)
        where account.id = link."accountId" and account.person_id is null
          and not exists (select from activation where activation.person_id = link."personId")
      `.execute(db);
      if (Number(numAffectedRows) !== links.length) throw new Conflict('account.link-person', 'account');
    },
  ];
};

export const putOperatorRoles: Handler<'operator-role.put'> = async (writes) => {
  const rows = writes.map(({ accountId, role, at }) => ({
    account_id: accountId,
    role,
    granted_at: at,
    revoked_at: null,
  }));
  return [
    async (db) => {
      await db
        .insertInto('operator_role')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['account_id', 'role']).doUpdateSet((eb) => ({ granted_at: eb.ref('excluded.granted_at'), revoked_at: null })),
        )
        .execute();
    },
  ];
};
