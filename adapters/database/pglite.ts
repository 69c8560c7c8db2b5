import { join } from 'node:path';
import { type PGliteQueryOptions, type PGliteQueryResults, PGliteDialect } from 'kysely';
import { translateError } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import { parsers } from './parsers.ts';

/**
 * The embedded database in `dataDir`, held by this process alone.
 *
 * @throws FolderInUse when another process holds the folder
 */
export function openPglite(dataDir: string): { dialect: PGliteDialect; release: () => void } {
  const release = lockFolder(dataDir);
  const open = async () => {
    // Loaded only where it is used: with PostgreSQL it would be memory for nothing.
    const { PGlite } = await import('@electric-sql/pglite');
    const pglite = await PGlite.create({ dataDir: join(dataDir, 'database'), parsers: { ...parsers } });
    return {
      get closed() {
        return pglite.closed;
      },
      get ready() {
        return pglite.ready;
      },
      waitReady: pglite.waitReady,
      close: () => pglite.close(),
      query: quiet(pglite),
      transaction: <T>(run: (tx: Transaction) => Promise<T>) =>
        pglite.transaction((tx) => run({ query: quiet(tx), rollback: () => tx.rollback() })),
    };
  };
  return { dialect: new PGliteDialect({ pglite: open }), release };
}

type Query = <T>(text: string, values?: unknown[], options?: PGliteQueryOptions) => Promise<PGliteQueryResults<T>>;

interface Transaction {
  readonly query: Query;
  rollback(): Promise<void>;
}

/** Members that PGlite adds to its errors and that repeat what was asked, personal data included. */
const talkative = ['query', 'params', 'queryOptions'];

function quiet(pglite: { query: Query }): Query {
  return async (text, values, options) => {
    try {
      return await pglite.query(text, values, options);
    } catch (error) {
      if (typeof error === 'object' && error !== null) for (const member of talkative) Reflect.deleteProperty(error, member);
      throw translateError(error);
    }
  };
}
