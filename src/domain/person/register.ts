import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { normalisePassword, unmetPasswordRules, type PasswordPolicy } from '../authenticator/password-policy.ts';
import type { PasswordHasher } from '../authenticator/password-hasher.ts';
import { FormRefused, Refused } from '../refused.ts';
import { Conflict, type UnitOfWork } from '../unit-of-work.ts';
import type { AccountStore } from './account.ts';
import { checkMobile } from './mobile.ts';
import { normaliseUsername, unmetUsernameRules, usernameKey, type UsernamePolicy } from './username.ts';

/** What somebody types to open an account (REG-08 to REG-27). */
export interface RegistrationForm {
  /** Absent where the profile knows no usernames. */
  readonly username: string | undefined;
  readonly mobile: string;
  readonly newPassword: string;
  readonly confirmPassword: string;
  readonly agreement: boolean;
}

export interface RegistrationPolicies {
  readonly username: UsernamePolicy | null;
  readonly password: PasswordPolicy;
  readonly agreementVersion: string;
}

export interface CheckedRegistration {
  readonly username: string | undefined;
  readonly mobile: string;
  readonly password: string;
}

/** A mobile as typed. @throws Refused mobile.invalid with the reason */
export function requireMobile(typed: string, field = 'mobile'): string {
  const mobile = checkMobile(typed);
  if (!mobile.ok) throw new Refused('mobile.invalid', field, { reason: mobile.reason });
  return mobile.canonical;
}

/**
 * Everything that can be judged without asking anybody, all problems at once.
 *
 * @throws FormRefused
 */
export function checkRegistration(form: RegistrationForm, policies: RegistrationPolicies): CheckedRegistration {
  const problems: Refused[] = [];
  const username = policies.username ? normaliseUsername(form.username ?? '') : undefined;
  if (policies.username && username !== undefined) {
    const [reason] = unmetUsernameRules(policies.username, username);
    if (reason) problems.push(new Refused('username.invalid', 'username', { reason, ...lengths(policies.username) }));
  }
  const mobile = checkMobile(form.mobile);
  if (!mobile.ok) problems.push(new Refused('mobile.invalid', 'mobile', { reason: mobile.reason }));
  problems.push(...passwordProblems(form, policies.password, { username, mobile: mobile.ok ? mobile.canonical : undefined }));
  if (!form.agreement) problems.push(new Refused('agreement.required', 'agreement'));
  if (problems.length > 0 || !mobile.ok) throw new FormRefused(problems);
  return { username, mobile: mobile.canonical, password: normalisePassword(form.newPassword) };
}

/** Problems of a new password and its repetition, by the one policy object of the profile (DIS-02). */
export function passwordProblems(
  { newPassword, confirmPassword }: { newPassword: string; confirmPassword: string },
  policy: PasswordPolicy,
  facts: { username?: string | undefined; mobile?: string | undefined; document?: string | undefined },
): readonly Refused[] {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const [reason] = unmetPasswordRules(policy, newPassword, known);
  if (reason) return [new Refused('password.weak', 'newPassword', { reason, ...lengths(policy) })];
  if (normalisePassword(newPassword) !== normalisePassword(confirmPassword)) {
    return [new Refused('password.mismatch', 'confirmPassword')];
  }
  return [];
}

function lengths({ minLength, maxLength }: { minLength: number; maxLength: number }) {
  return { min: minLength, max: maxLength };
}

export interface RegisterDeps {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/**
 * Opens the account, in one transaction. The mobile must have been proven by an SMS code before: whether a
 * number is taken is not told to anybody else (DIS-21).
 *
 * @returns the account's id
 * @throws Refused mobile.taken, username.taken, service.busy
 */
export async function register(
  deps: RegisterDeps,
  form: CheckedRegistration,
  { agreementVersion, requestId, clientId }: { agreementVersion: string; requestId: string; clientId: string | undefined },
): Promise<string> {
  if (await deps.accounts.byIdentifier('mobile', form.mobile)) throw new Refused('mobile.taken', 'mobile');
  if (form.username !== undefined && (await deps.accounts.byIdentifier('username', usernameKey(form.username)))) {
    throw new Refused('username.taken', 'username');
  }
  const hash = await deps.hasher.hash(form.password);
  const now = deps.clock.now();
  const [id, subjectId] = [randomUUID(), randomUUID()];
  try {
    await deps.unitOfWork.commit('register', [
      { write: 'subject.insert', id: subjectId, createdAt: now },
      {
        write: 'account.insert',
        account: {
          id,
          subjectId,
          username: form.username,
          mobile: form.mobile,
          email: undefined,
          agreement: { version: agreementVersion, acceptedAt: now },
          createdAt: now,
        },
      },
      { write: 'password.put', accountId: id, hash, at: now },
      {
        write: 'audit.append',
        event: {
          id: randomUUID(),
          at: now,
          event: 'account.registered',
          accountId: id,
          clientId,
          requestId,
          details: { agreement: agreementVersion },
        },
      },
    ]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw error.rule === 'username' ? new Refused('username.taken', 'username') : new Refused('mobile.taken', 'mobile');
  }
  return id;
}
