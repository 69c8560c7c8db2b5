import type { Account, AccountStore } from '../../src/domain/person/account.ts';
import type { Confirmation, Sought } from '../../src/domain/person/activation.ts';
import type { ActivationPass, GivenPass } from '../../src/domain/person/activation-pass.ts';
import type { Activation, ActivationStore } from '../../src/domain/person/activation-store.ts';
import type { PasswordHasher } from '../../src/domain/authenticator/password-hasher.ts';
import type { TakeUpDeps } from '../../src/domain/person/take-up.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { Asking, ClaimDeps } from '../../src/domain/proofing/claim.ts';
import type { GuardianProof } from '../../src/domain/proofing/guardian-proof.ts';
import type { IdentitySource } from '../../src/domain/proofing/identity-source.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk } from '../../src/http/code-desk.ts';
import type { WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import type { Visit } from '../visit.ts';
import type { ActivateWords } from './pages.ts';

/** What the steps of the activation share: what is learnt on the way, and who is on it. */

export interface ActivateStepDeps extends WizardDeps, TakeUpDeps, ClaimDeps {
  readonly activations: ActivationStore;
  readonly activationPass: ActivationPass;
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly vault: Vault;
  readonly identitySource: IdentitySource;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly profile: Pick<Profile, 'activation' | 'documents' | 'personName' | 'password' | 'guardian' | 'masking' | 'brand' | 'landing'>;
}

/** The document that is looked for, with a proven mobile. Whether anybody waits under it is not learnt here. */
export interface Found extends Sought {
  /** The proven mobile is the one on record. False of whoever is on none. */
  readonly bound: boolean;
}

export interface ActivateDraft {
  readonly found?: Found;
  /** 更换手机号: the proven mobile takes the place of whatever is on record. */
  readonly replacing?: boolean;
  readonly confirmation?: Confirmation;
  /** Name, number and dates are right, and nobody waits. */
  readonly nobody?: boolean;
  /** A guardian must agree. */
  readonly minor?: boolean;
  readonly guardian?: GuardianProof;
  readonly accountId?: string;
  /** Into the account they had. */
  readonly joined?: boolean;
  /** Milliseconds. */
  readonly activatedAt?: number;
}

export interface ActivateScene extends Visit {
  /** What led here and is not asked again. */
  readonly pass: GivenPass | undefined;
  /** The document of the pass. */
  readonly passed: Found | undefined;
  /** The unverified account of whoever is here: signed in, or opened in this interaction. It takes up what is on record. */
  readonly joins: Account | undefined;
  /** `joins` is the account that is signed in here. */
  readonly signedIn: boolean;
}

export type ActivateStep = WizardStep<ActivateDraft, ActivateScene>;

export function foundIn(draft: ActivateDraft, scene: Pick<ActivateScene, 'passed'>): Found | undefined {
  return draft.found ?? scene.passed;
}

/** @throws Refused form.stale when no document was given yet */
export function requireFound(draft: ActivateDraft, scene: ActivateScene): Found {
  const found = foundIn(draft, scene);
  if (!found) throw new Refused('form.stale');
  return found;
}

/** The pass, as long as it is its document that is looked for: it says nothing about another one. */
export function passOf(draft: ActivateDraft, scene: Pick<ActivateScene, 'pass' | 'passed'>): GivenPass | undefined {
  const found = foundIn(draft, scene);
  const { pass } = scene;
  return pass && found?.type === pass.sought.type && found.key === pass.sought.key ? pass : undefined;
}

export function confirmationOf(draft: ActivateDraft, scene: ActivateScene): Confirmation | undefined {
  return draft.confirmation ?? passOf(draft, scene)?.confirmation;
}

/** The mobile is the one on record, or takes its place. */
export function mobileSettled(draft: ActivateDraft, scene: ActivateScene): boolean {
  return foundIn(draft, scene)?.bound === true || draft.replacing === true;
}

/** What is on record goes into an account, or with a password, that is there already. */
export function hasAccount(draft: ActivateDraft, scene: ActivateScene): boolean {
  return scene.joins !== undefined || passOf(draft, scene)?.passwordHash !== undefined;
}

/** Nothing is missing but the account. */
export function isProven(draft: ActivateDraft, scene: ActivateScene): boolean {
  const agreed = !isMinor(draft, scene) || draft.guardian !== undefined;
  return draft.accountId === undefined && mobileSettled(draft, scene) && confirmationOf(draft, scene) !== undefined && agreed;
}

export function isMinor(draft: ActivateDraft, scene: ActivateScene): boolean {
  return draft.minor ?? passOf(draft, scene)?.minor ?? false;
}

/** Who is activated: read anew for every page. @throws Refused activation.gone */
export async function requireActivation(
  { activations }: Pick<ActivateStepDeps, 'activations'>,
  { type, key }: Pick<Sought, 'type' | 'key'>,
): Promise<Activation> {
  const activation = await activations.byDocument(type, key);
  if (!activation) throw new Refused('activation.gone');
  return activation;
}

/** @throws Refused mobile.taken when an account has the mobile that is not the one of whoever is here */
export async function requireFreeMobile(
  { accounts }: Pick<ActivateStepDeps, 'accounts'>,
  mobile: string,
  { joins }: Pick<ActivateScene, 'joins'>,
): Promise<void> {
  const holder = await accounts.byIdentifier('mobile', mobile);
  if (holder && holder.id !== joins?.id) throw new Refused('mobile.taken', 'mobile', { reason: 'activate' });
}

export function sayOf({ pages }: Pick<WizardDeps, 'pages'>, { ctx }: ActivateScene): ActivateWords {
  const { locale } = ctx.state;
  return { locale, words: pages.words, say: (key, params) => pages.words.text(locale, key, params) };
}

export function askingOf({ ctx, client, joins }: ActivateScene): Asking {
  return { accountId: joins?.id, clientId: client.clientId, requestId: ctx.state.requestId, address: ctx.state.address };
}
