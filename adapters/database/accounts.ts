import { type ExpressionBuilder, type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Account, AccountHeader, AssertedIdentity, AccountStore, IdentifierKind } from '../../src/domain/person/account.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { gathered } from './gathered.ts';
import { settingOf } from './setting.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

const headerColumns = [
  'account.id',
  'account.subject_id',
  'account.person_id',
  'account.status',
  'account.locale',
  'account.sessions_ended_at',
  'account.trust_ended_at',
  'account.mobile_proven_at',
] as const;

/** Is a change of the account frozen, and not given back? */
function isFrozen(eb: ExpressionBuilder<Tables, 'account'>) {
  const frozen = eb
    .selectFrom('account_change')
    .select('account_change.id')
    .whereRef('account_change.account_id', '=', 'account.id')
    .where('frozen_at', 'is not', null)
    .where('returned_at', 'is', null);
  return eb.exists(frozen);
}

/** Accounts in the database; every look-up is one statement by a unique key. */
export function createAccountStore({ db, vault }: Deps): AccountStore {
  const headers = db.selectFrom('account').select(headerColumns);
  return {
    // Every token call wants one, so they are read together.
    header: gathered(async (ids) => {
      const rows = await headers.where('account.id', '=', (eb) => eb.fn.any(sql.val(ids))).execute();
      return new Map(rows.map((row) => [row.id, toHeader(row)]));
    }),

    async byId(id) {
      const row = await db
        .selectFrom('account')
        .select([
          ...headerColumns,
          'data_key',
          'username_sealed',
          'mobile_sealed',
          'email_sealed',
          'ethnicity_sealed',
          'social_history_sealed',
        ])
        .select(['address_sealed', 'asserted_identity_sealed'])
        .select(['number', 'updated_at'])
        .select((eb) => isFrozen(eb).as('frozen'))
        .where('account.id', '=', id)
        .executeTakeFirst();
      return row && openAccount(vault, row);
    },

    async byIdentifier(kind, value) {
      return toHeader(await byIndex(headers, kind, vault.index(kind, value)).executeTakeFirst());
    },

    async byFirst(candidates) {
      const wanted = candidates.map(({ kind, value }) => ({ kind, index: vault.index(kind, value) }));
      const [first, ...others] = identifierKinds.flatMap((kind) => {
        const indexes = wanted.filter((each) => each.kind === kind).map(({ index }) => index);
        return indexes.length === 0 ? [] : [byIndexes(headers, kind, indexes)];
      });
      const rows = await others.reduce((query, other) => query?.unionAll(other), first)?.execute();
      for (const { index } of wanted) {
        const row = rows?.find((each) => each.found?.equals(index));
        if (row) return toHeader(row);
      }
      return undefined;
    },

    async password(accountId) {
      const row = await db
        .selectFrom('credential')
        .select(['hash', 'set_by', 'set_at', 'held_at'])
        .where('account_id', '=', accountId)
        .where('kind', '=', 'password')
        .executeTakeFirst();
      return row && { hash: row.hash, set: settingOf(row.set_by, row.set_at), held: row.held_at !== null };
    },
  };
}

type HeaderRow = Pick<
  Selectable<Tables['account']>,
  'id' | 'subject_id' | 'person_id' | 'status' | 'locale' | 'sessions_ended_at' | 'trust_ended_at' | 'mobile_proven_at'
>;

const identifierKinds = ['username', 'mobile', 'document'] as const;
const indexColumns = { username: 'username_index', mobile: 'mobile_index' } as const;

type Headers = SelectQueryBuilder<Tables, 'account', HeaderRow>;

function byIndex(headers: Headers, kind: IdentifierKind, index: Buffer) {
  if (kind !== 'document') return headers.where(indexColumns[kind], '=', index);
  return headers.innerJoin('person', 'person.id', 'account.person_id').where('document_index', '=', index);
}

/** With the index by which each was found. */
function byIndexes(headers: Headers, kind: IdentifierKind, indexes: readonly Buffer[]) {
  if (kind !== 'document') {
    const column = indexColumns[kind];
    return headers.select(`${column} as found`).where(column, 'in', indexes);
  }
  return headers
    .innerJoin('person', 'person.id', 'account.person_id')
    .select('document_index as found')
    .where('document_index', 'in', indexes);
}

function toHeader(row: HeaderRow): AccountHeader;
function toHeader(row: HeaderRow | undefined): AccountHeader | undefined;
function toHeader(row: HeaderRow | undefined): AccountHeader | undefined {
  return (
    row && {
      id: row.id,
      subjectId: row.subject_id,
      personId: row.person_id ?? undefined,
      status: row.status,
      locale: row.locale ?? undefined,
      ...(row.sessions_ended_at && { sessionsEndedAt: row.sessions_ended_at }),
      ...(row.trust_ended_at && { trustEndedAt: row.trust_ended_at }),
      mobileProven: row.mobile_proven_at !== null,
    }
  );
}

type SealedColumn =
  | 'username_sealed'
  | 'mobile_sealed'
  | 'email_sealed'
  | 'ethnicity_sealed'
  | 'social_history_sealed'
  | 'address_sealed'
  | 'asserted_identity_sealed';
type SealedAccount = HeaderRow &
  Pick<Selectable<Tables['account']>, SealedColumn | 'data_key' | 'number' | 'updated_at'> & { readonly frozen: unknown };

async function openAccount(vault: Vault, row: SealedAccount): Promise<Account> {
  const open = (column: SealedColumn, sealed: Buffer): Promise<string> =>
    vault.open(row.data_key, { table: 'account', column, row: row.id }, sealed);
  const [username, mobile, email, ethnicity, socialHistory, address, asserted] = await Promise.all([
    row.username_sealed ? open('username_sealed', row.username_sealed) : undefined,
    open('mobile_sealed', row.mobile_sealed),
    row.email_sealed ? open('email_sealed', row.email_sealed) : undefined,
    row.ethnicity_sealed ? open('ethnicity_sealed', row.ethnicity_sealed) : undefined,
    row.social_history_sealed ? open('social_history_sealed', row.social_history_sealed) : undefined,
    row.address_sealed ? open('address_sealed', row.address_sealed) : undefined,
    row.asserted_identity_sealed ? open('asserted_identity_sealed', row.asserted_identity_sealed) : undefined,
  ]);
  return {
    ...toHeader(row),
    username,
    mobile,
    email,
    address,
    // Authenticated by the vault: it is what was written, so its shape needs no second check.
    asserted: asserted === undefined ? undefined : (JSON.parse(asserted) as AssertedIdentity),
    ethnicity,
    socialHistory,
    number: row.number === null ? undefined : String(row.number),
    updatedAt: row.updated_at,
    frozen: row.frozen === true,
  };
}
