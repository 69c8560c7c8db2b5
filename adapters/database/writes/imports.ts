import { Conflict } from '../../../src/domain/unit-of-work.ts';
import { placeOfMobile } from '../activations.ts';
import type { Handler } from './handler.ts';

export const insertActivations: Handler<'activation.insert'> = async (writes, { vault }) => {
  const rows = await Promise.all(
    writes.map(async ({ personId, mobile, source, at }) => {
      const key = await vault.newKey();
      return {
        person_id: personId,
        data_key: key,
        mobile_sealed: mobile === undefined ? null : await vault.seal(key, placeOfMobile(personId), mobile),
        source,
        imported_at: at,
      };
    }),
  );
  return [async (db) => void (await db.insertInto('activation').values(rows).execute())];
};

/** Of two who take up one record, one does. */
export const endActivations: Handler<'activation.end'> = async (writes) =>
  writes.map(({ personId }) => async (db) => {
    const { numDeletedRows } = await db.deleteFrom('activation').where('person_id', '=', personId).executeTakeFirst();
    if (numDeletedRows !== 1n) throw new Conflict('activation.end', 'once');
  });

/** The condition stands in the statement: of two processes that import one file, one goes on. */
export const putImportProgress: Handler<'import-progress.put'> = async (writes) =>
  writes.map(({ progress, after, at }) => {
    const { file, source, counts } = progress;
    const reached = {
      line: progress.line,
      report_bytes: progress.reportBytes,
      imported: counts.imported,
      activated_later: counts['activated-later'],
      duplicate: counts.duplicate,
      invalid: counts.invalid,
      updated_at: at,
      finished_at: progress.finishedAt ?? null,
    };
    return async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('import_run')
        .values({ file_hash: file, source, started_at: progress.startedAt, ...reached })
        .onConflict((conflict) =>
          conflict
            .columns(['file_hash', 'source'])
            .doUpdateSet(reached)
            .where('import_run.line', '=', after)
            .where('import_run.finished_at', 'is', null),
        )
        .executeTakeFirstOrThrow();
      if (Number(numInsertedOrUpdatedRows) !== 1) throw new Conflict('import-progress.put', 'line');
    };
  });
