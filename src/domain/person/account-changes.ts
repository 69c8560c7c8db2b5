import { authenticatorEvent } from '../authenticator/authenticator-event.ts';
import { confirmPassword, type PasswordDeps } from '../authenticator/password.ts';
import { normalisePassword, type PasswordPolicy } from '../authenticator/password-policy.ts';
import type { AuditEventName } from '../audit/events.ts';
import type { Clock } from '../clock.ts';
import { noticeWrites, type Channels } from '../notification/notice.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { EndingAct, EndingWrites } from '../session-endings.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';
import type { Account, AccountStore } from './account.ts';
import { checkEmail } from './email.ts';
import { passwordProblems, requireMobile } from './register.ts';
import { normaliseUsername, unmetUsernameRules, usernameKey, type UsernamePolicy } from './username.ts';

/**
 * Changes of what somebody signs in with or is reached at. Each is one transaction: the change, its audit record, the
 * notice to the owner on every channel they had and have (PRV-06), and what ends with it (session-endings.ts). The fresh proof (RN-11) is asked for by the pages before.
 */
export interface AccountChangeDeps {
  readonly accounts: AccountStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly endings: EndingWrites;
}

/** Whose account, and from where. */
export interface Changer {
  readonly account: Account;
  /** The session that stays. */
  readonly sessionUid: string;
  readonly requestId: string;
  readonly locale: string;
  readonly address: string;
  /** Id of the browser, or of the session. */
  readonly device: string;
}

export interface PasswordChange {
  readonly password: string;
  readonly newPassword: string;
  readonly confirmPassword: string;
}

/**
 * @param document - number of the verified document, which a password must not contain
 * @throws FormRefused password.weak, password.mismatch
 * @throws Refused credentials.wrong on the field `password`, credentials.throttled, service.busy
 */
export async function changePassword(
  deps: AccountChangeDeps & { readonly passwords: Pick<PasswordDeps, 'accounts' | 'hasher' | 'quotas' | 'vault' | 'clock'> },
  changer: Changer,
  form: PasswordChange,
  { policy, document }: { policy: PasswordPolicy; document: string | undefined },
): Promise<void> {
  const { account, address, device } = changer;
  const problems = passwordProblems(form, policy, { username: account.username, mobile: account.mobile, document });
  if (problems.length > 0) throw new FormRefused(problems);
  const replaces = await confirmPassword(deps.passwords, { accountId: account.id, password: form.password, address, device });
  const password = normalisePassword(form.newPassword);
  if (password === normalisePassword(form.password)) throw new Refused('password.weak', 'newPassword', { reason: 'same' });
  const hash = await deps.passwords.hasher.hash(password);
  await commit(deps, changer, 'password.changed', [
    // Of a change and a recovery at the same moment, the second one finds that the password is another one.
    { write: 'password.put', accountId: account.id, hash, at: deps.clock.now(), replaces },
  ]);
}

/** The new mobile as typed, other than the old one. @throws Refused mobile.invalid */
export function requireOtherMobile(typed: string, { mobile: old }: Pick<Account, 'mobile'>): string {
  const mobile = requireMobile(typed);
  if (mobile === old) throw new Refused('mobile.invalid', 'mobile', { reason: 'same' });
  return mobile;
}

/**
 * @param mobile - proven by an SMS code: whether it is taken is told to nobody else (DIS-21)
 * @throws Refused mobile.taken
 */
export async function changeMobile(deps: AccountChangeDeps, changer: Changer, mobile: string): Promise<void> {
  const { account } = changer;
  if (await deps.accounts.byIdentifier('mobile', mobile)) throw new Refused('mobile.taken', 'mobile');
  const changes: readonly Write[] = [{ write: 'account.update', accountId: account.id, set: { mobile }, at: deps.clock.now() }];
  await commit(deps, changer, 'mobile.changed', changes, { mobile, email: undefined });
}

/** The new address as typed, other than the old one. @throws Refused email.invalid */
export function requireOtherEmail(typed: string, { email: old }: Pick<Account, 'email'>): string {
  const email = checkEmail(typed);
  if (!email.ok) throw new Refused('email.invalid', 'email', { reason: email.reason });
  if (email.canonical === old) throw new Refused('email.invalid', 'email', { reason: 'same' });
  return email.canonical;
}

/**
 * @param email - proven by a code sent to it
 * @throws Refused email.taken
 */
export async function changeEmail(deps: AccountChangeDeps, changer: Changer, email: string): Promise<void> {
  const change: Write = { write: 'account.update', accountId: changer.account.id, set: { email }, at: deps.clock.now() };
  await commit(deps, changer, 'email.changed', [change], { mobile: undefined, email });
}

/** @throws Refused username.invalid, username.taken */
export async function changeUsername(deps: AccountChangeDeps, changer: Changer, typed: string, policy: UsernamePolicy): Promise<void> {
  const { account } = changer;
  const username = normaliseUsername(typed);
  const { minLength: min, maxLength: max } = policy;
  const [reason] = username === account.username ? ['same'] : unmetUsernameRules(policy, username);
  if (reason) throw new Refused('username.invalid', 'username', { reason, min, max });
  const holder = await deps.accounts.byIdentifier('username', usernameKey(username));
  // Another spelling of one's own name is no one else's.
  if (holder && holder.id !== account.id) throw new Refused('username.taken', 'username');
  await commit(deps, changer, 'username.changed', [
    { write: 'account.update', accountId: account.id, set: { username }, at: deps.clock.now() },
  ]);
}

/** What a unique rule of the database refuses, where two were at it at once. */
const taken = { mobile: 'mobile.taken', email: 'email.taken', username: 'username.taken' } as const;

/** @param added - channels that the owner has only from now on */
async function commit(
  deps: AccountChangeDeps,
  changer: Changer,
  event: AuditEventName & EndingAct,
  writes: readonly Write[],
  added?: Channels,
): Promise<void> {
  const { account, sessionUid, requestId, locale } = changer;
  const at = deps.clock.now();
  const notice = { name: event.replace('.', '-'), locale };
  try {
    await deps.unitOfWork.commit(`change-${event.split('.')[0]}`, [
      ...writes,
      ...(await deps.endings(event, { accountId: account.id, sessionUid })),
      authenticatorEvent(event, { accountId: account.id, requestId }, at),
      ...noticeWrites(account, notice, at),
      ...(added ? noticeWrites(added, notice, at) : []),
    ]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    if (error.write === 'password.put') throw new Refused('credentials.wrong', 'password', { reason: 'confirm' });
    const rule = error.rule as keyof typeof taken;
    throw rule in taken ? new Refused(taken[rule], rule) : error;
  }
}
