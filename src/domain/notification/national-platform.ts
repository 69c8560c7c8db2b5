import type { Clock } from '../clock.ts';
import type { AccountStore } from '../person/account.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import type { DeliveryResult, NationalPlatformPayload } from './outbox.ts';

/**
 * People who agreed become users of the national government service platform (REG-45, OPS-13). It learns a name for them
 * that no other service knows, their mobile and what they agreed to; the identity it verifies itself.
 */

export interface NationalUser {
  /** Idempotency key: the same delivery a second time is the same user. */
  readonly id: string;
  /** How the two platforms call this person; nobody else does. */
  readonly userId: string;
  readonly mobile: string;
  readonly consent: { readonly version: string; readonly at: string };
}

export interface NationalPlatform {
  readonly name: string;
  /** Never throws for an answer of the platform. Whatever is no well-signed answer in time is `unavailable`. */
  addUser(user: NationalUser): Promise<DeliveryResult>;
}

export interface SyncDeps {
  readonly accounts: Pick<AccountStore, 'header'>;
  readonly unitOfWork: UnitOfWork;
  readonly vault: Pick<Vault, 'pairwise'>;
  readonly clock: Clock;
  /** Undefined where the deployment passes nobody on any more. */
  readonly platform: NationalPlatform | undefined;
}

const sector = 'sector:national-platform';

/** Delivers one job of the outbox and records that somebody was taken over. */
export async function syncUser(
  deps: SyncDeps,
  { accountId, mobile, consent }: NationalPlatformPayload,
  id: string,
): Promise<DeliveryResult> {
  if (!deps.platform) return { result: 'rejected', reason: 'not-configured' };
  const header = await deps.accounts.header(accountId);
  // Deleted meanwhile: nobody is left who agreed.
  if (!header) return { result: 'rejected', reason: 'no-account' };
  const userId = deps.vault.pairwise(sector, header.subjectId);
  const answer = await deps.platform.addUser({ id, userId, mobile, consent });
  if (answer.result !== 'sent') return answer;
  await deps.unitOfWork.commit('national-platform', [
    {
      write: 'audit.append',
      // The id of the job: when the process dies before the job is done and it is delivered again, one record tells of it.
      event: {
        id,
        at: deps.clock.now(),
        event: 'national-platform.synced',
        accountId,
        clientId: undefined,
        requestId: undefined,
        details: { source: deps.platform.name, reference: answer.reference, agreement: consent.version },
      },
    },
  ]);
  return answer;
}
