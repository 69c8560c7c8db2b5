import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { basename } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { Unavailable } from '../../src/domain/refused.ts';
import type { Tables } from './tables.ts';

/** The database was migrated by a later version of the product, whose rules this one does not know. */
class DatabaseTooNew extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `the database is newer than this version of the product: it has ${unknown.join(', ')}, which is not in ` +
        'migrations/. Start the newer version, or restore a backup made before it.',
    );
    this.name = 'DatabaseTooNew';
  }
}

const folder = new URL('../../migrations/', import.meta.url);

/** The files of migrations/, by name. */
export const migrationProvider: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
    const entries = files.map(async (file): Promise<[string, Migration]> => {
      const migration: unknown = await import(new URL(file, folder).href);
      if (!isMigration(migration)) throw new Error(`migrations/${file} has no up and down`);
      return [basename(file, '.ts'), migration];
    });
    return Object.fromEntries(await Promise.all(entries));
  },
};

function isMigration(module: unknown): module is Migration {
  return typeof module === 'object' && module !== null && 'up' in module && 'down' in module;
}

/**
 * Names of the migrations that have not run, in their order. Changes nothing.
 *
 * @throws DatabaseTooNew
 */
export async function pending(db: Kysely<Tables>): Promise<readonly string[]> {
  const migrations = await new Migrator({ db, provider: migrationProvider }).getMigrations();
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = (await executed(db)).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseTooNew(unknown);
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/**
 * Runs what is pending, all or nothing, one process at a time; answers the names. A lock that traffic holds for
 * more than two seconds is given up and asked for again.
 *
 * @throws DatabaseTooNew; Unavailable when the database does not answer or stays locked
 */
export async function migrate(db: Kysely<Tables>): Promise<readonly string[]> {
  await pending(db);
  const attempts = 5;
  for (let attempt = 1; ; attempt += 1) {
    const { error, results = [] } = await new Migrator({ db, provider: migrationProvider }).migrateToLatest();
    if (error === undefined) return results.map(({ migrationName }) => migrationName);
    if (!(error instanceof Unavailable) || attempt === attempts) throw error;
    await sleep(500 * attempt);
  }
}

/** What the database says it has been through; empty for an empty database. */
async function executed(db: Kysely<Tables>): Promise<readonly string[]> {
  const exists = await sql<{ yes: boolean }>`select to_regclass('kysely_migration') is not null as yes`.execute(db);
  if (!exists.rows[0]?.yes) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
