import { confirmPassword, type ConfirmPasswordDeps } from '../authenticator/password.ts';
import { normalisePassword, type PasswordPolicy } from '../authenticator/password-policy.ts';
import type { Act } from '../presence/acts.ts';
import { carryOut, type Actor, type CarryOutDeps, type Doing } from '../presence/carry-out.ts';
import { FormRefused, Refused } from '../refused.ts';
import { Conflict } from '../unit-of-work.ts';
import type { Account, AccountStore } from './account.ts';
import { checkEmail } from './email.ts';
import { passwordProblems, requireMobile } from './register.ts';
import { normaliseUsername, unmetUsernameRules, usernameKey, type UsernamePolicy } from './username.ts';

/**
 * Changes of what somebody signs in with or is reached at. How strongly they must have proved to be there, and what goes
 * with a change, is said once for all acts (presence/carry-out.ts).
 */
export interface AccountChangeDeps extends CarryOutDeps {
  readonly accounts: AccountStore;
}

export interface PasswordChange {
  readonly password: string;
  readonly newPassword: string;
  readonly confirmPassword: string;
}

export interface PasswordChangeFacts {
  readonly policy: PasswordPolicy;
  /** Number of the verified document, which a password must not contain. */
  readonly document: string | undefined;
  /** Where the old password is tried; `device`: id of the browser, or of the session. */
  readonly from: { readonly address: string; readonly device: string };
}

/**
 * @throws FormRefused password.weak, password.mismatch
 * @throws Refused credentials.wrong on the field `password`, credentials.throttled, service.busy
 */
export async function changePassword(
  deps: AccountChangeDeps & { readonly passwords: ConfirmPasswordDeps },
  actor: Actor,
  form: PasswordChange,
  { policy, document, from }: PasswordChangeFacts,
): Promise<void> {
  const { account, requestId } = actor;
  const problems = passwordProblems(form, policy, { username: account.username, mobile: account.mobile, document });
  if (problems.length > 0) throw new FormRefused(problems);
  const old = await confirmPassword(deps.passwords, { accountId: account.id, password: form.password, requestId, ...from });
  const password = normalisePassword(form.newPassword);
  if (password === normalisePassword(form.password)) throw new Refused('password.weak', 'newPassword', { reason: 'same' });
  const hash = await deps.passwords.hasher.hash(password);
  await change(deps, actor, 'password.change', {
    // Of a change and a recovery at the same moment, the second one finds that the password is another one.
    writes: (by, at) => [{ write: 'password.put', accountId: account.id, hash, at, by, replaces: old.hash }],
    proved: [old.factor],
    old: { password: old.hash },
  });
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
export async function changeMobile(deps: AccountChangeDeps, actor: Actor, mobile: string): Promise<void> {
  const { account } = actor;
  if (await deps.accounts.byIdentifier('mobile', mobile)) throw new Refused('mobile.taken', 'mobile');
  await change(deps, actor, 'mobile.change', {
    writes: (_, at) => [{ write: 'account.update', accountId: account.id, set: { mobile }, at }],
    old: { mobile: account.mobile },
    added: { mobile, email: undefined },
  });
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
export async function changeEmail(deps: AccountChangeDeps, actor: Actor, email: string): Promise<void> {
  await change(deps, actor, 'email.change', {
    writes: (_, at) => [{ write: 'account.update', accountId: actor.account.id, set: { email }, at }],
    old: { email: actor.account.email ?? null },
    added: { mobile: undefined, email },
  });
}

/** @throws Refused username.invalid, username.taken */
export async function changeUsername(deps: AccountChangeDeps, actor: Actor, typed: string, policy: UsernamePolicy): Promise<void> {
  const { account } = actor;
  const username = normaliseUsername(typed);
  const { minLength: min, maxLength: max } = policy;
  const [reason] = username === account.username ? ['same'] : unmetUsernameRules(policy, username);
  if (reason) throw new Refused('username.invalid', 'username', { reason, min, max });
  const holder = await deps.accounts.byIdentifier('username', usernameKey(username));
  // Another spelling of one's own name is no one else's.
  if (holder && holder.id !== account.id) throw new Refused('username.taken', 'username');
  await change(deps, actor, 'username.change', {
    writes: (_, at) => [{ write: 'account.update', accountId: account.id, set: { username }, at }],
    old: { username: account.username ?? null },
  });
}

/** What a unique rule of the database refuses, where two were at it at once. */
const taken = { mobile: 'mobile.taken', email: 'email.taken', username: 'username.taken' } as const;

async function change(deps: AccountChangeDeps, actor: Actor, act: Act, doing: Doing): Promise<void> {
  try {
    await carryOut(deps, actor, act, doing);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    if (error.write === 'password.put') throw new Refused('credentials.wrong', 'password', { reason: 'confirm' });
    const rule = error.rule as keyof typeof taken;
    throw rule in taken ? new Refused(taken[rule], rule) : error;
  }
}
