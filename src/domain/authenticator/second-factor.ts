import type { Clock } from '../clock.ts';
import { Refused } from '../refused.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';
import { settlingOf, type SessionFactor } from '../presence/strength.ts';
import { recoveryCodeHash, type RecoveryCodeStore } from './recovery-codes.ts';
import { countAttempt, subjectOf, type ThrottleDeps } from './throttle.ts';
import { matchingStep, type Totp, type TotpStore } from './totp.ts';

/** The second factor of a sign-in: a code of the authenticator app, or a recovery code in its place. */
export interface SecondFactorDeps extends ThrottleDeps {
  readonly totps: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  /** For so long a new app, or a new set of codes, counts as what it was set up by. */
  readonly settlingSeconds: number;
}

export interface SecondFactorAttempt {
  readonly accountId: string;
  readonly kind: SecondFactorKind;
  /** As typed. */
  readonly code: string;
  readonly address: string;
  /** Id of this browser, where it signed in to the account before. */
  readonly device: string | undefined;
}

export type SecondFactorKind = 'totp' | 'recovery-code';

/** Form field of each kind. */
export const secondFactorFields = { totp: 'totpCode', 'recovery-code': 'recoveryCode' } as const;

/**
 * Uses up a code, in one transaction with what is written because of it. Guesses are counted for the account,
 * wherever they come from: whoever guesses here knows the first factor already, and has many addresses.
 *
 * @param because - written with it
 * @returns what is proved by it
 * @throws Refused totp.wrong, recovery-code.wrong, credentials.throttled
 */
export async function useSecondFactor(
  deps: SecondFactorDeps,
  attempt: SecondFactorAttempt,
  because: readonly Write[],
): Promise<SessionFactor> {
  const { accountId, kind, address, device } = attempt;
  const field = secondFactorFields[kind];
  const counted = await countAttempt(deps, {
    guess: 'second-factor',
    subject: subjectOf({ id: accountId }, []),
    accountId,
    address,
    device,
    field,
  });
  const wrong = new Refused(`${kind}.wrong`, field);
  const totp = await deps.totps.ofAccount(accountId);
  const use = kind === 'totp' ? useOfTotp(deps, attempt, totp) : useOfRecoveryCode(deps, attempt);
  if (!use) throw wrong;
  try {
    await deps.unitOfWork.commit('second-factor', [use, ...because]);
  } catch (error) {
    // Somebody used the same code at the same moment, or it was none.
    throw error instanceof Conflict && error.write === use.write ? wrong : error;
  }
  await counted.succeed();
  const at = deps.clock.now();
  const set = kind === 'totp' ? totp?.set : await deps.recoveryCodes.setting(accountId);
  return { amr: 'otp', at, counts: settlingOf(set, deps.settlingSeconds, at) };
}

function useOfTotp({ clock }: SecondFactorDeps, { accountId, code }: SecondFactorAttempt, totp: Totp | undefined): Write | undefined {
  const step = totp && matchingStep(totp, code, clock.now());
  return step === undefined ? undefined : { write: 'totp.use', accountId, step };
}

function useOfRecoveryCode({ vault, clock }: SecondFactorDeps, { accountId, code }: SecondFactorAttempt): Write {
  return { write: 'recovery-code.use', accountId, hash: recoveryCodeHash(vault, accountId, code), at: clock.now() };
}
