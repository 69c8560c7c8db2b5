import { noticeWrites } from '../notification/notice.ts';
import type { Account, AccountStore } from '../person/account.ts';
import { documentTypes } from '../person/document-number.ts';
import { passwordProblems } from '../person/register.ts';
import type { PresencePolicy } from '../policy.ts';
import { newChange } from '../presence/change.ts';
import { wrongDocumentWrites } from '../presence/wrong-document.ts';
import { FormRefused, Refused, type RefusalCode } from '../refused.ts';
import type { EndingWrites } from '../ending-writes.ts';
import { Conflict, type UnitOfWork } from '../unit-of-work.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { normalisePassword, type PasswordPolicy } from './password-policy.ts';
import { passwordMark } from './password.ts';
import type { Sought } from './recovery-search.ts';
import { countAttempt, countDocument, type Attempt, type ThrottleDeps } from './throttle.ts';
import { audited, auditedRefusal } from '../audit/record.ts';

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
  readonly presence: Pick<PresencePolicy, 'undoSeconds'>;
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
    accountId: sought.accountId,
    address: proof.address,
    device: proof.device,
    field: 'code',
  };
  const counted = await countAttempt(deps, attempt);
  const ofCode = await refusalOf(proof.redeem);
  const refused = ofCode ?? (await refusalOfDocument(deps, sought, { attempt, typed: proof.documentNumber }));
  if (!refused) return counted.succeed();
  await deps.unitOfWork.commit('recovery-refused', [
    auditedRefusal(deps.vault, 'recovery.refused', {
      at: deps.clock.now(),
      origin: { ...proof.origin, accountId: sought.accountId, address: proof.address },
      details: { reason: refused.code },
    }),
    ...(ofCode ? [] : await wrongDocumentWrites(deps, await accountOf(deps, sought))),
  ]);
  throw proof.documentNumber === undefined ? refused : new Refused('recovery.wrong', 'code');
}

async function accountOf({ accounts }: RecoveryDeps, { accountId, usable }: Sought): Promise<Account | undefined> {
  return accountId === undefined || !usable ? undefined : accounts.byId(accountId);
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
  const { key: accountKey, document } = sought;
  const counted = await countDocument(deps, { accountKey, type: document.type, key: number.ok ? number.key : undefined }, attempt);
  if (!number.ok || number.key !== document.key) return wrong;
  await counted.succeed();
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
 * Sets the new password of somebody who proved to be the owner; it opens the account at once, and counts for a while as
 * what it was set by. Every other session ends, and so does what services may do without the person. One transaction. Of
 * two recoveries at once one succeeds.
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
    accountId === undefined ? [] : await Promise.all([deps.accounts.byId(accountId), deps.accounts.password(accountId)]);
  if (account?.status !== 'active' || account.frozen || account.mobile !== mobile || passwordMark(stored?.hash) !== mark)
    throw new Refused('recovery.over');
  // Verified since it was sought: the mobile alone is not enough any more.
  if (account.personId !== undefined && document === undefined) throw new Refused('recovery.over');
  const problems = passwordProblems(request.form, request.policy, { username: account.username, mobile, document: document?.number });
  if (problems.length > 0) throw new FormRefused(problems);
  const hash = await deps.hasher.hash(normalisePassword(request.form.newPassword));
  const ends = await deps.endings('password.recovered', { accountId: account.id, sessionUid: request.sessionUid });
  const at = deps.clock.now();
  const by = document ? 'mobile-plus' : 'mobile';
  const old = stored ? { password: stored.hash } : {};
  const { change, token } = newChange(deps, { accountId: account.id, act: 'password.recover', by, old, addedId: undefined, madeAt: at });
  try {
    await deps.unitOfWork.commit('recover', [
      { write: 'presence.hold', accountId: account.id, sessionUid: undefined, verified: document !== undefined },
      { write: 'password.put', accountId: account.id, hash, at, by, ...(stored && { replaces: stored.hash }) },
      { write: 'mobile.proven', accountId: account.id, at },
      { write: 'change.insert', change },
      ...ends,
      audited(
        'password.recovered',
        at,
        { ...request.origin, accountId: account.id },
        { method: document ? 'mobile-and-document' : 'mobile' },
      ),
      ...noticeWrites(account, { name: 'password-recovered', locale: request.locale, undo: token }, at),
    ]);
  } catch (error) {
    throw error instanceof Conflict && ['presence.hold', 'password.put', 'change.insert'].includes(error.write)
      ? new Refused('recovery.over')
      : error;
  }
}
