import { Kysely, sql } from 'kysely';
import { openPglite } from './pglite.ts';
import { openPostgres, type PoolStats } from './postgres.ts';
import type { Tables } from './tables.ts';

export interface DatabaseOptions {
  /** `postgres://…`; absent: PGlite in `dataDir`. */
  readonly url?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly poolSize?: number;
  /** Of PostgreSQL; 0: none, for migrations and other work by command. */
  readonly statementTimeoutMs?: number;
}

export interface Database {
  readonly db: Kysely<Tables>;
  readonly kind: 'pglite' | 'postgres';
  /** One round trip; answers the database's own clock, so that skew can be watched. Throws `Unavailable`. */
  ping(): Promise<Date>;
  /** Connections of the pool, for metrics; PGlite is one connection. */
  stats(): PoolStats;
  /** Waits for running statements; gives the data folder back. */
  close(): Promise<void>;
}

/**
 * Opens the database. PostgreSQL is reached at the first query, so that the process starts without it and heals;
 * PGlite is loaded here.
 *
 * @throws FolderInUse when another process holds `dataDir`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, poolSize = 10, statementTimeoutMs = 2500 } = options;
  if (url !== undefined) {
    const { dialect, stats } = openPostgres({ url, poolSize, statementTimeoutMs });
    const db = new Kysely<Tables>({ dialect });
    return { db, kind: 'postgres', ping: () => ping(db), stats, close: () => db.destroy() };
  }
  if (dataDir === undefined) throw new Error('a database needs an url or a data folder');
  const { dialect, release } = openPglite(dataDir);
  const db = new Kysely<Tables>({ dialect });
  const close = async (): Promise<void> => {
    await db.destroy();
    release();
  };
  try {
    await ping(db);
  } catch (error) {
    release();
    throw error;
  }
  return { db, kind: 'pglite', ping: () => ping(db), stats: () => ({ total: 1, idle: 0, waiting: 0 }), close };
}

async function ping(db: Kysely<Tables>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the database answered nothing');
  return row.now;
}
