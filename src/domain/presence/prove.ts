import { secondsAfter, type Clock } from '../clock.ts';
import { countDocument, type ThrottleDeps } from '../authenticator/throttle.ts';
import type { Account, PersonStore } from '../person/account.ts';
import { documentTypes } from '../person/document-number.ts';
import { Refused } from '../refused.ts';
import type { UnitOfWork, Write } from '../unit-of-work.ts';
import type { SessionFactor } from './strength.ts';
import { wrongDocumentWrites, type WronglyNamed } from './wrong-document.ts';
import { audited, auditedRefusal } from '../audit/record.ts';

/** Proofs of presence besides those that sign in, and how a session keeps them (D22). */

export interface ProveDocumentDeps extends ThrottleDeps {
  readonly persons: PersonStore;
  readonly unitOfWork: UnitOfWork;
}

export interface DocumentAttempt {
  readonly account: WronglyNamed & Pick<Account, 'personId'>;
  /** As typed. */
  readonly documentNumber: string;
  readonly address: string;
  /** Id of the browser, or of the session; undefined: of a stranger. */
  readonly device: string | undefined;
  readonly requestId: string;
}

/**
 * The number of the verified person's document, which whoever found a phone does not know. It is no secret, so it counts
 * for little and only beside the mobile; wrong ones are counted as those of a recovery are, for the day and wherever they
 * come from: who knows birthday and home town of somebody has five hundred to try. The owner is told of them.
 *
 * @throws Refused document.invalid, identity.mismatch, credentials.throttled, all on the field `documentNumber`
 */
export async function proveDocument(
  deps: ProveDocumentDeps,
  { account, documentNumber, address, device, requestId }: DocumentAttempt,
): Promise<SessionFactor> {
  const at = deps.clock.now();
  const person = account.personId === undefined ? undefined : await deps.persons.byId(account.personId);
  if (!person) throw new Refused('identity.mismatch', 'documentNumber');
  const { type, key } = person.document;
  const typed = documentTypes[type].check(documentNumber, at);
  const guessed = { accountKey: account.id, type, key: typed.ok ? typed.key : undefined };
  const counted = await countDocument(deps, guessed, {
    accountId: account.id,
    address,
    device,
    field: 'documentNumber',
    reason: 'document',
  });
  if (typed.ok && typed.key === key) {
    await counted.succeed();
    return { amr: 'document', at };
  }
  await deps.unitOfWork.commit('presence-refused', [
    auditedRefusal(deps.vault, 'owner.refused', {
      at,
      origin: { accountId: account.id, requestId, address },
      details: { kind: 'document' },
    }),
    ...(await wrongDocumentWrites(deps, account)),
  ]);
  throw new Refused('identity.mismatch', 'documentNumber', { reason: 'document' });
}

export interface RememberDeps {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly lifetimes: { readonly absoluteSeconds: number };
}

/** What a code among the factors says of the mobile it was sent to: an SMS factor is always one of the account's own. */
export function mobileProofWrites(accountId: string, factors: readonly SessionFactor[], at: Date): readonly Write[] {
  return factors.some(({ amr }) => amr === 'sms') ? [{ write: 'mobile.proven', accountId, at }] : [];
}

/** What was proved becomes part of the session, as if it had been signed in with; it counts for what a service asks next, too. */
export async function rememberProof(
  { unitOfWork, clock, lifetimes }: RememberDeps,
  { accountId, sessionUid, requestId }: { readonly accountId: string; readonly sessionUid: string; readonly requestId: string },
  factors: readonly SessionFactor[],
): Promise<void> {
  const at = clock.now();
  const expiresAt = secondsAfter(at, lifetimes.absoluteSeconds);
  await unitOfWork.commit('fresh-proof', [
    { write: 'session-factors.put', sessionUid, accountId, factors, expiresAt },
    ...mobileProofWrites(accountId, factors, at),
    audited('owner.proved', at, { accountId, requestId }, { method: factors.map(({ amr }) => amr).join(' ') }),
  ]);
}
