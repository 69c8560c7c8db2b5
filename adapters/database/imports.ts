import { type Kysely, sql } from 'kysely';
import type { Identifiers, ImportProgress, ImportStore, Rehearsal, TakenIdentifiers } from '../../src/domain/person/import-progress.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { Tables } from './tables.ts';

interface Deps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
}

/** What imports ask of the database: how far one came, and which identifiers belong to somebody already. */
export function createImportStore({ db, vault }: Deps): ImportStore {
  return {
    progress: (file, source) => progressOf(db, file, source),
    taken: (wanted) => takenIn(db, hashed(vault, wanted), held),
    rehearse: () => rehearse({ db, vault }),
  };
}

async function progressOf(db: Kysely<Tables>, file: string, source: string): Promise<ImportProgress | undefined> {
  const row = await db.selectFrom('import_run').selectAll().where('file_hash', '=', file).where('source', '=', source).executeTakeFirst();
  return (
    row && {
      file,
      source,
      line: row.line,
      reportBytes: row.report_bytes,
      counts: { imported: row.imported, 'activated-later': row.activated_later, duplicate: row.duplicate, invalid: row.invalid },
      startedAt: row.started_at,
      finishedAt: row.finished_at ?? undefined,
    }
  );
}

interface Hashed {
  readonly kind: 'document' | 'mobile' | 'username';
  readonly value: string;
  /** Hex of the keyed hash. */
  readonly index: string;
}

function hashed(vault: Vault, { documents, mobiles, usernames }: Identifiers): readonly Hashed[] {
  const of = (kind: Hashed['kind'], values: readonly string[]) =>
    values.map((value) => ({ kind, value, index: vault.index(kind, value).toString('hex') }));
  return [...of('document', documents), ...of('mobile', mobiles), ...of('username', usernames)];
}

/** Where each kind is unique, as a condition on `wanted.kind` and `wanted.index`. */
const held = sql<boolean>`case wanted.kind
  when 'document' then exists (select from person where document_index = decode(wanted.index, 'hex'))
  when 'mobile' then exists (select from account where mobile_index = decode(wanted.index, 'hex'))
  else exists (select from account where username_index = decode(wanted.index, 'hex'))
end`;

const noted = sql<boolean>`exists (select from rehearsed where rehearsed.kind = wanted.kind and rehearsed.index = wanted.index)`;

async function takenIn(db: Kysely<Tables>, wanted: readonly Hashed[], condition: typeof held): Promise<TakenIdentifiers> {
  const asked = JSON.stringify(wanted.map(({ kind, index }) => ({ kind, index })));
  const { rows } = await sql<Pick<Hashed, 'kind' | 'index'>>`
    select kind, index from jsonb_to_recordset(${asked}::jsonb) as wanted(kind text, index text) where ${condition}
  `.execute(db);
  const found = new Set(rows.map(({ kind, index }) => `${kind} ${index}`));
  const of = (kind: Hashed['kind']) =>
    new Set(wanted.filter((one) => one.kind === kind && found.has(`${kind} ${one.index}`)).map(({ value }) => value));
  return { documents: of('document'), mobiles: of('mobile'), usernames: of('username') };
}

/** A temporary table in a transaction that is rolled back: nothing stays, and nobody else waits for it. */
async function rehearse({ db, vault }: Deps): Promise<Rehearsal> {
  const transaction = await db.startTransaction().execute();
  await sql`create temporary table rehearsed (kind text, index text, primary key (kind, index)) on commit drop`.execute(transaction);
  return {
    taken: (wanted) => takenIn(transaction, hashed(vault, wanted), sql<boolean>`(${held} or ${noted})`),
    async note(identifiers) {
      const rows = JSON.stringify(hashed(vault, identifiers).map(({ kind, index }) => ({ kind, index })));
      await sql`
        insert into rehearsed (kind, index) select kind, index from jsonb_to_recordset(${rows}::jsonb) as noted(kind text, index text)
        on conflict do nothing
      `.execute(transaction);
    },
    async end() {
      await transaction.rollback().execute();
    },
  };
}
