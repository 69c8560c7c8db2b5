import { randomUUID } from 'node:crypto';
import { noticeWrites } from '../notification/notice.ts';
import type { AccountStore } from '../person/account.ts';
import { documentTypes } from '../person/document-number.ts';
import { passwordProblems } from '../person/register.ts';
import { FormRefused, Refused, type RefusalCode } from '../refused.ts';
import type { EndingWrites } from '../session-endings.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';
import type { AuditDetails, AuditEventName } from '../audit/events.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { normalisePassword, type PasswordPolicy } from './password-policy.ts';
import { passwordMark } from './password.ts';
import type { Sought } from './recovery-search.ts';
import { countAttempt, type Attempt, type ThrottleDeps } from './throttle.ts';

/**
 * Recovery of a password (REC-01 to REC-14): a verified person proves mobile and document number, somebody who is not
 * verified the mobile (REC-07, REC-08), on every channel alike (DIS-06): whoever was given an old number by the carrier
 * opens no verified account with it. Second factors stay as they are.
 */
export interface RecoveryDeps extends ThrottleDeps {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly unitOfWork: UnitOfWork;
  readonly endings: EndingWrites;
}

/** Whose request it is, for the audit log. */
export interface Origin {
  readonly requestId: string;
  readonly clientId: string | undefined;
}

export interface OwnerProof {
  /** Of a document as typed; undefined where it is not asked now. */
  readonly documentNumber: string | undefined;
  /** Redeems the SMS code. @throws Refused */
  readonly redeem: () => Promise<void>;
  readonly address: string;
  /** Id of this browser, where it signed in to the account before. */
  readonly device: string | undefined;
  readonly origin: Origin;
}

/**
 * Is it the owner? Code and document number are judged together, and it is not said which of them was wrong; a code is used
 * up either way. Whoever had the code right holds the mobile: from then on document numbers are counted for the account,
 * wherever they come from. Whoever does not hold it uses up none of those, so nobody is kept from a recovery by strangers.
 *
 * @throws Refused recovery.wrong where a document number was asked, else otp.wrong, otp.expired; credentials.throttled
 */
export async function proveOwner(deps: RecoveryDeps, sought: Sought, proof: OwnerProof): Promise<void> {
  const attempt: Attempt = {
    guess: 'recovery',
    subject: `recover:${sought.key}`,
    address: proof.address,
    device: proof.device,
    field: 'code',
  };
  const counted = await countAttempt(deps, attempt);
  const refused = (await refusalOf(proof.redeem)) ?? (await refusalOfDocument(deps, sought, { attempt, typed: proof.documentNumber }));
  if (!refused) return counted.succeed();
  await deps.unitOfWork.commit('recovery-refused', [
    audit(deps, 'recovery.refused', sought.accountId, proof.origin, { reason: refused.code }),
  ]);
  throw proof.documentNumber === undefined ? refused : new Refused('recovery.wrong', 'code');
}

async function refusalOfDocument(
  deps: RecoveryDeps,
  sought: Sought,
  { attempt, typed }: { readonly attempt: Attempt; readonly typed: string | undefined },
): Promise<Refused | undefined> {
  const wrong = new Refused('otp.wrong', 'code');
  if (!sought.usable) return wrong;
  if (!sought.document || typed === undefined) return undefined;
  const number = documentTypes[sought.document.type].check(typed, deps.clock.now());
  // Of the account, and of the document over all accounts: who holds many mobiles does not find out whose one is.
  const subjects = [attempt.subject, `document:${sought.document.type}:${number.ok ? number.key : ''}`];
  const counted = await Promise.all(subjects.map((subject) => countAttempt(deps, { ...attempt, guess: 'document', subject })));
  if (!number.ok || number.key !== sought.document.key) return wrong;
  await Promise.all(counted.map(({ succeed }) => succeed()));
  return undefined;
}

const ofCodes: ReadonlySet<RefusalCode> = new Set(['otp.wrong', 'otp.expired']);

async function refusalOf(redeem: () => Promise<void>): Promise<Refused | undefined> {
  try {
    return await redeem().then(() => undefined);
  } catch (error) {
    if (error instanceof Refused && ofCodes.has(error.code)) return error;
    throw error;
  }
}

export interface RecoverRequest {
  readonly form: { readonly newPassword: string; readonly confirmPassword: string };
  readonly policy: PasswordPolicy;
  /** A session of the account in the browser that recovers: it goes on. */
  readonly sessionUid: string | undefined;
  readonly locale: string;
  readonly origin: Origin;
}

/**
 * Sets the new password of somebody who proved to be the owner; every other session ends, and so does what services may
 * do without the person. One transaction. Of two recoveries at once one succeeds.
 *
 * @throws FormRefused password.weak, password.mismatch
 * @throws Refused recovery.over when mobile, password, identity or state of the account changed meanwhile; service.busy
 */
export async function recover(
  deps: RecoveryDeps,
  { accountId, mobile, document, passwordMark: mark }: Sought,
  request: RecoverRequest,
): Promise<void> {
  const [account, stored] =
    accountId === undefined ? [] : await Promise.all([deps.accounts.byId(accountId), deps.accounts.passwordHash(accountId)]);
  if (account?.status !== 'active' || account.mobile !== mobile || passwordMark(stored) !== mark) throw new Refused('recovery.over');
  // Verified since it was sought: the mobile alone is not enough any more.
  if (account.personId !== undefined && document === undefined) throw new Refused('recovery.over');
  const problems = passwordProblems(request.form, request.policy, { username: account.username, mobile, document: document?.number });
  if (problems.length > 0) throw new FormRefused(problems);
  const hash = await deps.hasher.hash(normalisePassword(request.form.newPassword));
  const ends = await deps.endings('password.recovered', { accountId: account.id, sessionUid: request.sessionUid });
  const at = deps.clock.now();
  try {
    await deps.unitOfWork.commit('recover', [
      { write: 'password.put', accountId: account.id, hash, at, ...(stored === undefined ? {} : { replaces: stored }) },
      ...ends,
      audit(deps, 'password.recovered', account.id, request.origin, { method: document ? 'mobile-and-document' : 'mobile' }),
      ...noticeWrites(account, { name: 'password-recovered', locale: request.locale }, at),
    ]);
  } catch (error) {
    throw error instanceof Conflict && error.write === 'password.put' ? new Refused('recovery.over') : error;
  }
}

function audit(
  { clock }: Pick<RecoveryDeps, 'clock'>,
  event: AuditEventName,
  accountId: string | undefined,
  origin: Origin,
  details: AuditDetails,
): Write {
  return { write: 'audit.append', event: { ...origin, id: randomUUID(), at: clock.now(), event, accountId, details } };
}
