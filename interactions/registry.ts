import { createLogin, type LoginDeps } from './login/login.ts';
import { passkeyLogin, type PasskeyLoginDeps } from './login/passkey/passkey.ts';
import { passwordLogin } from './login/password/password.ts';
import { smsCodeLogin } from './login/sms-code/sms-code.ts';
import { createAccount } from './account/account.ts';
import type { AccountDeps } from './account/deps.ts';
import type { SecurityDeps } from './account/security/change.ts';
import { createSecurity } from './account/security/security.ts';
import { createUndo, type UndoJourneyDeps } from './account/undo/undo.ts';
import { createActivate, type ActivateJourneyDeps } from './activate/activate.ts';
import { createConsent, type ConsentDeps } from './consent/consent.ts';
import { createHelp, type HelpDeps } from './help/help.ts';
import { createDispatch } from './dispatch.ts';
import type { Journey } from './journey.ts';
import { createLanding, type LandingDeps } from './landing/landing.ts';
import type { LoginMethod } from './login-method.ts';
import type { ProofingMethod } from './proofing-method.ts';
import { createRecover, type RecoverJourneyDeps } from './recover/recover.ts';
import { createRegister, type RegisterJourneyDeps } from './register/register.ts';
import { bankCard, type BankCardDeps } from './step-up/bank-card/bank-card.ts';
import { realName, type RealNameDeps } from './step-up/real-name/real-name.ts';
import { createStepUp, type StepUpDeps } from './step-up/step-up.ts';
import type { PasswordDeps } from '../src/domain/authenticator/password.ts';
import type { SmsCodeDeps } from './login/sms-code/sms-code.ts';

/** Every way to sign in, every kind of evidence, every journey: one line each. */

export type LoginMethodDeps = PasswordDeps & SmsCodeDeps & PasskeyLoginDeps;

const loginMethodTable: Readonly<Record<string, (deps: LoginMethodDeps) => LoginMethod>> = {
  password: passwordLogin,
  'sms-code': smsCodeLogin,
  passkey: passkeyLogin,
};

export type ProofingMethodDeps = RealNameDeps & BankCardDeps;

const proofingMethodTable: Readonly<Record<string, (deps: ProofingMethodDeps) => ProofingMethod>> = {
  'real-name': realName,
  'bank-card': bankCard,
};

export const loginMethodNames: readonly string[] = Object.keys(loginMethodTable);
export const proofingMethodNames: readonly string[] = Object.keys(proofingMethodTable);

export function loginMethods(deps: LoginMethodDeps): readonly LoginMethod[] {
  return Object.values(loginMethodTable).map((create) => create(deps));
}

/** The methods a profile offers, in its order. */
export function proofingMethods(deps: ProofingMethodDeps, offered: readonly string[]): readonly ProofingMethod[] {
  return offered.flatMap((name) => proofingMethodTable[name]?.(deps) ?? []);
}

export type JourneyDeps = LandingDeps &
  LoginDeps &
  PasskeyLoginDeps &
  RegisterJourneyDeps &
  ActivateJourneyDeps &
  RecoverJourneyDeps &
  StepUpDeps &
  ConsentDeps &
  AccountDeps &
  SecurityDeps &
  UndoJourneyDeps &
  HelpDeps;

export function journeys(
  deps: JourneyDeps,
  ways: { login: readonly LoginMethod[]; proofing: readonly ProofingMethod[] },
): readonly Journey[] {
  return [
    createLanding(deps),
    createDispatch(deps),
    createLogin(deps, ways.login),
    createRegister(deps, ways.proofing),
    createActivate(deps),
    createRecover(deps),
    createStepUp(deps, ways.proofing),
    createConsent(deps),
    createAccount(deps),
    createSecurity(deps),
    createUndo(deps),
    createHelp(deps),
  ];
}
