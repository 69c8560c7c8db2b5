import { type PostgresCursor, PostgresDialect, type PostgresPool, type PostgresPoolClient, type PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient, type PoolConfig, type QueryResult, types } from 'pg';
import { sqlState, translateError } from './errors.ts';
import { parsers } from './parsers.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  /** 0: none, for migrations and dumps. */
  readonly statementTimeoutMs: number;
}

/** Connections open, idle among them, and callers waiting for one. */
export interface PoolStats {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** The longest a caller waits for a connection, a new one or one from the pool. */
const connectTimeoutMs = 1000;

/** How much later than the server's own timeout the network is taken to be gone. */
const networkGraceMs = 500;

/**
 * A pool that heals by itself: a dead connection leaves it, the next caller gets a new one, and whoever was
 * hit meanwhile gets `Unavailable` within the time limits.
 */
export function openPostgres(options: PostgresOptions): { dialect: PostgresDialect; stats: () => PoolStats } {
  const pool = new Pool(poolConfig(options));
  // A connection that breaks while nobody waits for an answer has nobody to tell: the pool drops it. Without
  // listeners the process would die of it, in the pool and checked out alike.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  const nameOf = statementNames();
  const watched: PostgresPool = {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      try {
        return watch(await pool.connect(), nameOf);
      } catch (error) {
        throw translateError(error);
      }
    },
  };
  return {
    dialect: new PostgresDialect({ pool: watched }),
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}

function poolConfig({ url, poolSize, statementTimeoutMs }: PostgresOptions): PoolConfig {
  return {
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs,
      // A little earlier, so that the log tells a row held by another from a statement that is slow.
      lock_timeout: Math.ceil(statementTimeoutMs * 0.8),
      query_timeout: statementTimeoutMs + networkGraceMs,
    }),
    options: '-c timezone=UTC',
    application_name: 'minxin',
    types: {
      getTypeParser: (oid, format) => parsers[oid] ?? types.getTypeParser(oid, format),
    },
  };
}

/** The commands whose results kysely tells apart; all others count as a reading one. */
const commands = ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COMMIT', 'ROLLBACK'] as const;

/** The connection for one caller: errors translated, and never reused after the network failed under it. */
function watch(client: PoolClient, nameOf: StatementNames): PostgresPoolClient {
  let broken = false;
  async function run<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const name = nameOf(text, values.length);
    try {
      const result: QueryResult = await client.query({ ...(name && { name }), text, values: [...values] });
      const command = commands.find((known) => known === result.command) ?? 'SELECT';
      return { command, rowCount: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      broken ||= sqlState(error) === undefined;
      throw translateError(error);
    }
  }
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new Error('kysely was given no cursor to use');
    return run<R>(text, values);
  }
  return { query, release: (destroy) => client.release(destroy === true || broken) };
}

type StatementNames = (text: string, values: number) => string | undefined;

/**
 * Names for prepared statements, so that the server parses each of our texts once per connection and not at every
 * call. Texts of varying length (lists of rows) and any beyond the cap go unnamed.
 */
function statementNames(): StatementNames {
  const maxStatements = 200;
  const maxValues = 32;
  const names = new Map<string, string>();
  return (text, values) => {
    if (values === 0 || values > maxValues) return undefined;
    const known = names.get(text);
    if (known !== undefined || names.size >= maxStatements) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
}
