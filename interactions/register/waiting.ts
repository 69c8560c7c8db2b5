import type { PasswordHasher } from '../../src/domain/authenticator/password-hasher.ts';
import { confirmationOf } from '../../src/domain/person/activation.ts';
import type { ActivationPass } from '../../src/domain/person/activation-pass.ts';
import type { ActivationStore } from '../../src/domain/person/activation-store.ts';
import type { CheckedRegistration } from '../../src/domain/person/registration-form.ts';
import type { GuardianPolicy } from '../../src/domain/policy.ts';
import { needsGuardian } from '../../src/domain/proofing/guardian-proof.ts';
import type { ConfirmedIdentity } from '../../src/domain/proofing/real-name.ts';
import type { Clock } from '../../src/domain/clock.ts';

/**
 * An imported person takes up what is on record of them instead of opening a second account (REG-49). They are told so
 * when the mobile they proved is the one on record, or when name, number and dates are right: whoever knows a number learns
 * nothing (DIS-21). What they typed goes along.
 */
export interface WaitingDeps {
  readonly activations: ActivationStore;
  readonly activationPass: ActivationPass;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly profile: { readonly activation: boolean; readonly guardian: GuardianPolicy | null };
}

type Values = Readonly<Record<string, string>>;

/** Whether somebody waits who has the mobile that was proven here. */
export async function waitsWithMobile({ activations, profile }: WaitingDeps, { identity, mobile }: CheckedRegistration): Promise<boolean> {
  if (!profile.activation || !identity) return false;
  const activation = await activations.byDocument(identity.documentType, identity.key);
  return activation?.mobile === mobile;
}

/** @param confirmed - the authority has said yes already */
export async function passOn(
  { activationPass, hasher, clock, profile }: WaitingDeps,
  uid: string,
  { identity, mobile, password }: CheckedRegistration,
  { name = '', validFrom = '', validity = '' }: Values,
  confirmed?: ConfirmedIdentity,
): Promise<void> {
  if (!identity) return;
  const { documentType: type, number, key, birthDate } = identity;
  const confirmation = confirmed && confirmationOf(confirmed);
  await activationPass.give(uid, {
    sought: { type, number, key, mobile },
    passwordHash: await hasher.hash(password),
    typed: { name, validFrom, validity },
    ...(confirmation && { confirmation }),
    minor: needsGuardian(profile.guardian, birthDate, clock.now()),
  });
}
