import { Conflict, type UnitOfWork, type Write } from './unit-of-work.ts';

export type CommitResult = 'committed' | 'conflict' | 'failed';

/** A unit of work that tells what became of each commit. */
export function countedUnitOfWork(
  inner: UnitOfWork,
  committed: (useCase: string, result: CommitResult, writes: readonly Write[]) => void,
): UnitOfWork {
  return {
    async commit(useCase, writes) {
      try {
        await inner.commit(useCase, writes);
        committed(useCase, 'committed', writes);
      } catch (error) {
        committed(useCase, error instanceof Conflict ? 'conflict' : 'failed', writes);
        throw error;
      }
    },
  };
}
