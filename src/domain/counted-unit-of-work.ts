import { Conflict, type UnitOfWork } from './unit-of-work.ts';

export type CommitResult = 'committed' | 'conflict' | 'failed';

/** A unit of work that tells what became of each commit, for metrics. */
export function countedUnitOfWork(inner: UnitOfWork, committed: (useCase: string, result: CommitResult) => void): UnitOfWork {
  return {
    async commit(useCase, writes) {
      try {
        await inner.commit(useCase, writes);
        committed(useCase, 'committed');
      } catch (error) {
        committed(useCase, error instanceof Conflict ? 'conflict' : 'failed');
        throw error;
      }
    },
  };
}
