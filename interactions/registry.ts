import { createLogin, type LoginDeps } from './login/login.ts';
import { passkeyLogin, type PasskeyLoginDeps } from './login/passkey/passkey.ts';
import { passwordLogin } from './login/password/password.ts';
import { nationalPlatformLogin } from './login/national-platform/national-platform.ts';
import { qrCodeLogin } from './login/qr-code/qr-code.ts';
import { smsCodeLogin } from './login/sms-code/sms-code.ts';
import { createAccount } from './account/account.ts';
import type { AccountDeps } from './account/deps.ts';
import type { SecurityDeps } from './account/security/change.ts';
import { createSecurity } from './account/security/security.ts';
import { createUndo, type UndoJourneyDeps } from './account/undo/undo.ts';
import { createActivate, type ActivateJourneyDeps } from './activate/activate.ts';
import { createBind, type BindJourneyDeps } from './bind/bind.ts';
import { createConsent, type ConsentDeps } from './consent/consent.ts';
import { createHandover, type HandoverJourneyDeps } from './handover/handover.ts';
import { createHelp, type HelpDeps } from './help/help.ts';
import { createDispatch, type DispatchDeps } from './dispatch.ts';
import type { Journey } from './journey.ts';
import { createLanding, type LandingDeps } from './landing/landing.ts';
import type { LoginMethod } from './login-method.ts';
import type { ProofingMethod } from './proofing-method.ts';
import { createRecover, type RecoverJourneyDeps } from './recover/recover.ts';
import { createRegister, type RegisterJourneyDeps } from './register/register.ts';
import { bankCard, type BankCardDeps } from './step-up/bank-card/bank-card.ts';
import { realName, type RealNameDeps } from './step-up/real-name/real-name.ts';
import { createStepUp, type StepUpDeps } from './step-up/step-up.ts';
import type { Upstream } from '../src/domain/upstream/upstream.ts';
import type { PasswordDeps } from '../src/domain/authenticator/password.ts';
import type { SmsCodeDeps } from './login/sms-code/sms-code.ts';

/** Every way to sign in, every kind of evidence, every journey: one line each. */

/** What each method is given: what it names. */
export interface LoginMethodDeps {
  readonly password: PasswordDeps;
  readonly smsCode: SmsCodeDeps;
  readonly passkey: PasskeyLoginDeps;
  /** By the name of the method; those without an address of theirs are not there. */
  readonly upstreams: Readonly<Partial<Record<UpstreamName, Upstream>>>;
}

const ownLogins: Readonly<Record<string, (deps: LoginMethodDeps) => LoginMethod>> = {
  password: (deps) => passwordLogin(deps.password),
  'sms-code': (deps) => smsCodeLogin(deps.smsCode),
  passkey: (deps) => passkeyLogin(deps.passkey),
  'qr-code': qrCodeLogin,
};

/** Third parties: the browser leaves for somebody else's site. */
const thirdParties = {
  'national-platform': nationalPlatformLogin,
} as const satisfies Readonly<Record<string, (upstream: Upstream) => LoginMethod>>;

export type UpstreamName = keyof typeof thirdParties;
export const upstreamNames = Object.keys(thirdParties) as readonly UpstreamName[];

export interface ProofingMethodDeps {
  readonly realName: RealNameDeps;
  readonly bankCard: BankCardDeps;
}

const proofingMethodTable: Readonly<Record<string, (deps: ProofingMethodDeps) => ProofingMethod>> = {
  'real-name': (deps) => realName(deps.realName),
  'bank-card': (deps) => bankCard(deps.bankCard),
};

export const loginMethodNames: readonly string[] = Object.keys(ownLogins);
export const proofingMethodNames: readonly string[] = Object.keys(proofingMethodTable);

export function loginMethods(deps: LoginMethodDeps): readonly LoginMethod[] {
  const reached = upstreamNames.flatMap((name) => {
    const upstream = deps.upstreams[name];
    return upstream ? [thirdParties[name](upstream)] : [];
  });
  return [...Object.values(ownLogins).map((create) => create(deps)), ...reached];
}

/** The methods a profile offers, in its order. */
export function proofingMethods(deps: ProofingMethodDeps, offered: readonly string[]): readonly ProofingMethod[] {
  return offered.flatMap((name) => proofingMethodTable[name]?.(deps) ?? []);
}

/** What each journey is given: what it names. */
export interface JourneyDeps {
  readonly landing: LandingDeps;
  readonly dispatch: DispatchDeps;
  readonly login: LoginDeps;
  readonly bind: BindJourneyDeps;
  readonly register: RegisterJourneyDeps;
  readonly activate: ActivateJourneyDeps;
  readonly recover: RecoverJourneyDeps;
  readonly stepUp: StepUpDeps;
  readonly consent: ConsentDeps;
  readonly account: AccountDeps;
  readonly security: SecurityDeps;
  readonly undo: UndoJourneyDeps;
  readonly handover: HandoverJourneyDeps;
  readonly help: HelpDeps;
}

export function journeys(
  deps: JourneyDeps,
  ways: { login: readonly LoginMethod[]; proofing: readonly ProofingMethod[] },
): readonly Journey[] {
  return [
    createLanding(deps.landing),
    createDispatch(deps.dispatch),
    createLogin(deps.login, ways.login),
    createBind(deps.bind, upstreamNames),
    createRegister(deps.register, ways.proofing),
    createActivate(deps.activate),
    createRecover(deps.recover),
    createStepUp(deps.stepUp, ways.proofing),
    createConsent(deps.consent),
    createAccount(deps.account),
    createSecurity(deps.security),
    createUndo(deps.undo),
    createHandover(deps.handover),
    createHelp(deps.help),
  ];
}
