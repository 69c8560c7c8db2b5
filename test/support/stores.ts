import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { migrate } from '../../adapters/database/migrate.ts';
import { type Database, openDatabase } from '../../adapters/database/open.ts';
import type { Tables } from '../../adapters/database/tables.ts';
import { createFileVault, type VaultSecrets } from '../../adapters/keys/file-vault.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { movableClock } from './movable-clock.ts';
import { postgresBinaries, startPostgres } from './postgres.ts';
import { folderFromTemplate } from './template.ts';

export type DatabaseKind = Database['kind'];

/** What every contract of a store is run against: both, but where PostgreSQL is not installed; on CI that is a failure. */
export const databaseKinds: readonly DatabaseKind[] = postgresBinaries() || process.env['CI'] ? ['pglite', 'postgres'] : ['pglite'];
if (!databaseKinds.includes('postgres')) console.warn('suites on PostgreSQL did not run: it is not installed');

/** Fresh keys. */
export function testSecrets(): VaultSecrets {
  return { keyEncryptionKey: randomBytes(32), indexKey: randomBytes(32), pairwiseKey: randomBytes(32) };
}

export interface TestStores {
  readonly kind: DatabaseKind;
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly clock: ReturnType<typeof movableClock>;
  /** Address for further processes; undefined for PGlite. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

/** An empty, migrated database with a vault and a clock. */
export async function openStores(kind: DatabaseKind): Promise<TestStores> {
  const { database, url, remove } = await (kind === 'postgres' ? onPostgres() : onPglite());
  await migrate(database.db);
  return {
    kind,
    db: database.db,
    vault: createFileVault(testSecrets()),
    clock: movableClock(),
    url,
    async close() {
      await database.close();
      await remove();
    },
  };
}

async function onPostgres() {
  const server = await startPostgres();
  const url = await server.createDatabase();
  return { database: await openDatabase({ url }), url, remove: () => server.remove() };
}

async function onPglite() {
  const dataDir = await embeddedFolder();
  const remove = async (): Promise<void> => rmSync(dataDir, { recursive: true, force: true });
  return { database: await openDatabase({ dataDir }), url: undefined, remove };
}

/** A new data folder with an empty embedded database. */
export async function embeddedFolder(): Promise<string> {
  const manifest = new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return folderFromTemplate(`pglite-${version}`, async (template) => {
    await (await openDatabase({ dataDir: template })).close();
  });
}
