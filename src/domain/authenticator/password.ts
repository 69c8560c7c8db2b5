import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { audited, auditedRefusal } from '../audit/record.ts';
import type { AccountStore, IdentifierKind } from '../person/account.ts';
import type { DocumentType } from '../person/document-number.ts';
import { settlingOf, type CountsAs, type SessionFactor } from '../presence/strength.ts';
import { Refused } from '../refused.ts';
import type { UnitOfWork, Write } from '../unit-of-work.ts';
import { identifierCandidates } from './identify.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { normalisePassword } from './password-policy.ts';
import { countAttempt, subjectOf, type ThrottleDeps } from './throttle.ts';

/** Proof that a person may use an account, and what has to be written because of it. */
export interface Authenticated {
  readonly accountId: string;
  readonly writes: readonly Write[];
  /** RFC 8176, where it is not the same for every use of the method. */
  readonly amr?: readonly string[];
  /** What the proof is worth, where that is less than its kind. */
  readonly counts?: CountsAs | undefined;
}

export interface PasswordDeps extends ThrottleDeps {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly documents: readonly DocumentType[];
  /** For so long a new password counts as what it was set by. */
  readonly settlingSeconds: number;
}

export interface PasswordAttempt {
  readonly identifier: string;
  /** What may be typed here. */
  readonly accepted: readonly IdentifierKind[];
  readonly password: string;
  readonly address: string;
  /** Id of this browser, where it signed in to the account before. */
  deviceOf(accountId: string): string | undefined;
}

/** Looked up in place of an unknown account, so that both cost the same. */
const nobody = '00000000-0000-4000-8000-000000000000';

/**
 * Password sign-in (LOG-01). Unknown identifiers and wrong passwords are refused with the same words, after
 * the same work. A hash of an older kind is renewed.
 *
 * @throws Refused credentials.wrong, credentials.throttled, account.locked, service.busy
 */
export async function signInWithPassword(deps: PasswordDeps, attempt: PasswordAttempt): Promise<Authenticated> {
  const now = deps.clock.now();
  const candidates = identifierCandidates(attempt.identifier, attempt.accepted, deps.documents, now);
  const account = await deps.accounts.byFirst(candidates);
  const counted = await countAttempt(deps, {
    guess: 'password',
    subject: subjectOf(account, candidates, attempt.identifier),
    accountId: account?.id,
    address: attempt.address,
    device: account && attempt.deviceOf(account.id),
    field: 'identifier',
  });
  const stored = await deps.accounts.password(account?.id ?? nobody);
  const password = normalisePassword(attempt.password);
  const right = await deps.hasher.verify(password, stored?.hash);
  if (!right || !account || !stored || stored.held) throw new Refused('credentials.wrong', 'identifier').about(account?.id);
  await counted.succeed();
  if (account.status !== 'active') throw new Refused('account.locked').about(account.id);
  return {
    accountId: account.id,
    counts: settlingOf(stored.set, deps.settlingSeconds, now),
    writes: deps.hasher.outdated(stored.hash) ? await rehash(deps, account.id, stored.hash, password) : [],
  };
}

async function rehash(
  { hasher, clock }: Pick<PasswordDeps, 'hasher' | 'clock'>,
  accountId: string,
  stored: string,
  password: string,
): Promise<readonly Write[]> {
  const at = clock.now();
  return [
    { write: 'password.put', accountId, hash: await hasher.hash(password), at, replaces: stored },
    audited('password.rehashed', at, { accountId }),
  ];
}

export interface PasswordConfirmation {
  readonly accountId: string;
  readonly password: string;
  readonly address: string;
  readonly requestId: string;
  /** Id of the browser; the session's where it lost its own: whoever is signed in is no stranger. Undefined: nobody is. */
  readonly device: string | undefined;
  /** The old password that a frozen change put back counts as well. */
  readonly evenHeld?: boolean;
}

/**
 * The signed-in person types the password again, because a level demands it of this session, or to change it.
 *
 * @returns the hash it fits, and the proof that it is
 * @throws Refused credentials.wrong on the field `password`, credentials.throttled, service.busy
 */
export async function confirmPassword(
  deps: ConfirmPasswordDeps,
  { accountId, password, address, requestId, device, evenHeld = false }: PasswordConfirmation,
): Promise<{ readonly hash: string; readonly factor: SessionFactor }> {
  const subject = subjectOf({ id: accountId }, []);
  const counted = await countAttempt(deps, { guess: 'password', subject, accountId, address, device, field: 'password' });
  const stored = await deps.accounts.password(accountId);
  const right = await deps.hasher.verify(normalisePassword(password), stored?.hash);
  if (!stored || !right || (stored.held && !evenHeld)) {
    await deps.unitOfWork.commit('presence-refused', [
      auditedRefusal(deps.vault, 'owner.refused', {
        at: deps.clock.now(),
        origin: { accountId, requestId, address },
        details: { kind: 'password' },
      }),
    ]);
    throw new Refused('credentials.wrong', 'password', { reason: 'confirm' });
  }
  await counted.succeed();
  const at = deps.clock.now();
  return { hash: stored.hash, factor: { amr: 'pwd', at, counts: settlingOf(stored.set, deps.settlingSeconds, at) } };
}

export interface ConfirmPasswordDeps extends Pick<PasswordDeps, 'accounts' | 'hasher' | keyof ThrottleDeps | 'settlingSeconds'> {
  readonly unitOfWork: UnitOfWork;
}

/** Stands for the password of a moment: equal for equal hashes, and tells nothing of them. */
export function passwordMark(hash: string | undefined): string {
  return createHash('sha256')
    .update(hash ?? '')
    .digest('base64url');
}
