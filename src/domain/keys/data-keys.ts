import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { WrappedKey } from '../vault.ts';
import { audited } from '../audit/record.ts';

/** The data key of one row. */
export interface DataKey {
  readonly row: string;
  readonly key: WrappedKey;
}

/** Data keys at rest, for the change of the key-encryption key (docs/adr/0009). "Earlier" is all that is not of today. */
export interface DataKeyStore {
  /** Every table whose rows have a data key. */
  readonly tables: readonly string[];
  count(table: string): Promise<{ all: number; earlier: number }>;
  /** Data keys that an earlier key-encryption key wraps, of rows behind `after`, in the order of rows. */
  earlier(table: string, after: string | undefined, limit: number): Promise<readonly DataKey[]>;
  /** Protocol state still valid at `now` that is sealed under an earlier key, and when the last of it expires. */
  state(now: Date): Promise<{ rows: number; until: Date | undefined }>;
}

export interface RewrapDeps {
  readonly store: DataKeyStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/**
 * Wraps every data key by today's key-encryption key; what it encrypts is not touched. Each batch is a transaction with
 * its record, so a run that was cut off is simply started again. Traffic may go on.
 *
 * @param batch - rows of one transaction
 * @yields after each batch, how many rows of the table were done
 * @throws Error when a key-encryption key that is needed is not there
 */
export async function* rewrapDataKeys(
  { store, unitOfWork, clock }: RewrapDeps,
  batch: number,
): AsyncGenerator<{ readonly table: string; readonly done: number }> {
  for (const table of store.tables) {
    let [done, after]: [number, string | undefined] = [0, undefined];
    for (let keys = await store.earlier(table, after, batch); keys.length > 0; keys = await store.earlier(table, after, batch)) {
      const details = { kind: table, count: keys.length, actor: 'command' } as const;
      await unitOfWork.commit('rewrap-keys', [
        ...keys.map((key) => ({ write: 'data-key.rewrap', table, ...key }) as const),
        audited('data-keys.rewrapped', clock.now(), {}, details),
      ]);
      done += keys.length;
      after = keys.at(-1)?.row;
      yield { table, done };
    }
  }
}
