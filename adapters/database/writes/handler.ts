import type { Kysely } from 'kysely';
import type { Clock } from '../../../src/domain/clock.ts';
import type { Write, WriteName } from '../../../src/domain/unit-of-work.ts';
import type { Vault } from '../../../src/domain/vault.ts';
import type { Tables } from '../tables.ts';

/** One SQL statement with everything in it: run in the transaction, again when the transaction is retried. */
export type Statement = (db: Kysely<Tables>) => Promise<void>;

export interface WriteDeps {
  /** For look-ups of what never changes, before the transaction begins. */
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly clock: Clock;
}

export type WriteOf<Name extends WriteName> = Extract<Write, { readonly write: Name }>;

/**
 * Turns a run of writes of one name into statements, as few as it can. Encryption happens here, so that the
 * transaction holds its locks for round trips only.
 */
export type Handler<Name extends WriteName> = (writes: readonly WriteOf<Name>[], deps: WriteDeps) => Promise<readonly Statement[]>;
