import type { Clock } from '../clock.ts';
import { Conflict, type UnitOfWork } from '../unit-of-work.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** Password hashes of other systems that lie in the database as they came. */
export interface ImportedHashStore {
  /** Some of them. */
  open(limit: number): Promise<readonly { readonly accountId: string; readonly hash: string }[]>;
}

export interface SealHashesDeps {
  readonly importedHashes: ImportedHashStore;
  readonly hasher: Pick<PasswordHasher, 'seal'>;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

const atOnce = 100;

/**
 * Seals what was imported before imports did (docs/adr/0032). Whoever signs in at that moment is compared with what is stored
 * by then.
 *
 * @returns whether there may be more
 */
export async function sealImportedHashes({ importedHashes, hasher, unitOfWork, clock }: SealHashesDeps): Promise<boolean> {
  const found = await importedHashes.open(atOnce);
  const at = clock.now();
  for (const { accountId, hash } of found) {
    try {
      await unitOfWork.commit('seal-imported-hash', [{ write: 'password.put', accountId, hash: hasher.seal(hash), at, replaces: hash }]);
    } catch (error) {
      // Somebody signed in or set another one meanwhile: it is no longer there.
      if (!(error instanceof Conflict)) throw error;
    }
  }
  return found.length === atOnce;
}
