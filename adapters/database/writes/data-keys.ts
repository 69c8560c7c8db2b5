import { sql } from 'kysely';
import { rowColumn } from '../data-keys.ts';
import type { Handler, Statement, WriteOf } from './handler.ts';

/** One statement for each table. A row whose key changed meanwhile, or that is gone, is left alone. */
export const rewrapDataKeys: Handler<'data-key.rewrap'> = async (writes, { vault }) => {
  const statements = Map.groupBy(writes, ({ table }) => table)
    .entries()
    .map(async ([table, ofTable]): Promise<Statement> => {
      const { name, type } = rowColumn(table);
      const rewrapped = JSON.stringify(await Promise.all(ofTable.map(async ({ row, key }) => hex(row, key, await vault.rewrap(key)))));
      return async (db) => {
        await sql`
        update ${sql.table(table)} set data_key = decode(rewrapped.fresh, 'hex')
        from jsonb_to_recordset(${rewrapped}::jsonb) as rewrapped("row" ${sql.raw(type)}, stale text, fresh text)
        where ${sql.ref(`${table}.${name}`)} = rewrapped."row" and data_key = decode(rewrapped.stale, 'hex')
      `.execute(db);
      };
    });
  return Promise.all(statements);
};

function hex(row: string, stale: WriteOf<'data-key.rewrap'>['key'], fresh: Buffer) {
  return { row, stale: stale.toString('hex'), fresh: fresh.toString('hex') };
}
