import { type Kysely, sql } from 'kysely';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Tables } from './tables.ts';

/** Settings in the database; the version counts under the lock of the row, so no two changes share one. */
export function createSettings({ db }: { readonly db: Kysely<Tables> }): Settings {
  return {
    async get(name) {
      return db.selectFrom('setting').select(['value', 'version']).where('name', '=', name).executeTakeFirst();
    },

    async put(name, value, at) {
      const { version } = await db
        .insertInto('setting')
        .values({ name, value, version: 1, updated_at: at })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((eb) => ({
            value: eb.ref('excluded.value'),
            version: sql<number>`setting.version + 1`,
            updated_at: eb.ref('excluded.updated_at'),
          })),
        )
        .returning('version')
        .executeTakeFirstOrThrow();
      return version;
    },

    async claimTurn(name, everySeconds, now) {
      const claimed = await db
        .insertInto('setting')
        .values({ name, value: '', version: 1, updated_at: now })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ version: sql<number>`setting.version + 1`, updated_at: now })
            // A turn that lies ahead is that of a clock which was put back.
            .where((eb) =>
              eb.or([
                eb('setting.updated_at', '<=', secondsAfter(now, -everySeconds)),
                eb('setting.updated_at', '>', secondsAfter(now, everySeconds)),
              ]),
            ),
        )
        .returning('version')
        .executeTakeFirst();
      return claimed !== undefined;
    },
  };
}
