import type { Stopped } from '../authenticator/throttle.ts';
import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { auditedStops } from './record.ts';

/**
 * What the limits on guessing stopped, for the audit log. One row an attempt would let a stranger fill the log at will, so
 * attempts at the same account are told together, once a round. What a process that dies has not told by then is lost:
 * the refused attempts that came before have rows of their own.
 */
export interface StoppedAttempts {
  note(attempt: Stopped): void;
  /** Writes what was noted since, in one transaction. What could not be written is kept for the next round. */
  tell(): Promise<void>;
}

export interface StoppedAttemptsDeps {
  readonly unitOfWork: UnitOfWork;
  readonly vault: Vault;
  readonly clock: Clock;
}

interface Sum {
  readonly guess: Stopped['guess'];
  readonly accountId: string | undefined;
  /** Undefined: they came from more than one. */
  readonly address: string | undefined;
  readonly count: number;
}

/** Of accounts told apart in one round; whatever is tried at others is told without them. */
const most = 1000;

export function createStoppedAttempts(deps: StoppedAttemptsDeps): StoppedAttempts {
  let sums = new Map<string, Sum>();
  const add = (sum: Sum): void => {
    const named = `${sum.guess}:${sum.accountId ?? ''}`;
    const apart = sums.has(named) || sums.size < most;
    const key = apart ? named : `${sum.guess}:`;
    const before = sums.get(key);
    sums.set(key, {
      guess: sum.guess,
      accountId: apart ? sum.accountId : undefined,
      address: before && before.address !== sum.address ? undefined : sum.address,
      count: (before?.count ?? 0) + sum.count,
    });
  };
  return {
    note: ({ guess, accountId, address }) => add({ guess, accountId, address, count: 1 }),
    async tell() {
      const told = [...sums.values()];
      if (told.length === 0) return;
      sums = new Map();
      const at = deps.clock.now();
      try {
        await deps.unitOfWork.commit(
          'guesses-stopped',
          told.map(({ guess: kind, ...sum }) => auditedStops(deps.vault, at, { kind, ...sum })),
        );
      } catch (error) {
        for (const sum of told) add(sum);
        throw error;
      }
    },
  };
}
