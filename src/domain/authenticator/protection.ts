import { lacking } from '../presence/acts.ts';
import { carryOut, type Actor, type CarryOutDeps } from '../presence/carry-out.ts';
import { Refused } from '../refused.ts';
import { Conflict } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { newPasskey, passkeyName, type ChallengeScope, type PasskeyDeps } from './passkey.ts';
import type { Passkey } from './passkey-store.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { matchingStep, type TotpStore } from './totp.ts';

/** What protects an account besides the password, added, changed and taken away by its owner. */
export interface ProtectionDeps extends CarryOutDeps {
  readonly passkeys: PasskeyDeps;
  readonly totps: TotpStore;
}

/**
 * @param credential - what the authenticator answered, JSON
 * @throws Refused passkey.wrong, passkey.name, passkey.too-many, passkey.known; as carryOut
 */
export async function addPasskey(
  deps: ProtectionDeps,
  actor: Actor,
  where: ChallengeScope,
  typed: { readonly credential: string; readonly name: string },
): Promise<void> {
  const passkey = await newPasskey(deps.passkeys, where, { accountId: actor.account.id, ...typed });
  try {
    await carryOut(deps, actor, 'passkey.add', {
      writes: (setBy) => [{ write: 'passkey.insert', passkey: { ...passkey, setBy } }],
      addedId: passkey.id,
    });
  } catch (error) {
    throw error instanceof Conflict && error.rule === 'passkey' ? new Refused('passkey.known', 'credential') : error;
  }
}

/** @returns false when that is its name already: nobody is told of it. @throws Refused passkey.name; as carryOut */
export async function renamePasskey(
  deps: ProtectionDeps,
  actor: Actor,
  { id, accountId, name: old }: Passkey,
  typed: string,
): Promise<boolean> {
  const name = passkeyName(typed);
  if (name === old) return false;
  await carryOut(deps, actor, 'passkey.rename', { writes: () => [{ write: 'passkey.rename', id, accountId, name }] });
  return true;
}

/** @throws Refused as carryOut */
export async function removePasskey(deps: ProtectionDeps, actor: Actor, { id, accountId }: Passkey): Promise<void> {
  await carryOut(deps, actor, 'passkey.remove', { writes: () => [{ write: 'passkey.remove', id, accountId }] });
}

/**
 * An authenticator app, confirmed by its first code, in place of any earlier one.
 *
 * @returns recovery codes, which nobody will see again
 * @throws Refused totp.wrong; as carryOut
 */
export async function setUpTotp(
  deps: ProtectionDeps,
  actor: Actor,
  { secret, code }: { readonly secret: Buffer; readonly code: string },
): Promise<readonly string[]> {
  const { id: accountId } = actor.account;
  const step = matchingStep({ secret, lastStep: 0 }, code, deps.clock.now());
  if (step === undefined) throw new Refused('totp.wrong', 'totpCode');
  const codes = newRecoveryCodes();
  const hashes = hashesOf(deps.vault, accountId, codes);
  await carryOut(deps, actor, 'totp.set-up', {
    writes: (by, at) => [
      { write: 'totp.put', accountId, secret, step, at, by },
      { write: 'recovery-codes.put', accountId, hashes, at, by },
    ],
  });
  return codes;
}

/** With its recovery codes. Off already: nobody is told of it again. @throws Refused as carryOut */
export async function removeTotp(deps: ProtectionDeps, actor: Actor): Promise<void> {
  const { id: accountId } = actor.account;
  if ((await deps.totps.standing(accountId)) === 'none') return;
  await carryOut(deps, actor, 'totp.remove', {
    writes: () => [
      { write: 'totp.remove', accountId },
      { write: 'recovery-codes.remove', accountId },
    ],
  });
}

/** A new set in place of the earlier one. @throws Refused as carryOut */
export async function renewRecoveryCodes(deps: ProtectionDeps, actor: Actor): Promise<readonly string[]> {
  const { id: accountId } = actor.account;
  const codes = newRecoveryCodes();
  const hashes = hashesOf(deps.vault, accountId, codes);
  await carryOut(deps, actor, 'recovery-codes.make', {
    writes: (by, at) => [{ write: 'recovery-codes.put', accountId, hashes, at, by }],
  });
  return codes;
}

/**
 * Before codes that were made a moment ago are shown: to a session that might make new ones, though its proof may have
 * grown older meanwhile.
 *
 * @throws Refused presence.required
 */
export async function maySeeRecoveryCodes(
  { sessions, clock }: Pick<ProtectionDeps, 'sessions' | 'clock'>,
  { account, sessionUid }: Pick<Actor, 'account' | 'sessionUid'>,
): Promise<void> {
  const now = clock.now();
  const presence = { verified: account.personId !== undefined, factors: await sessions.factors(sessionUid, now), now };
  if (lacking('recovery-codes.make', presence).strength !== undefined) throw new Refused('presence.required');
}

function hashesOf(vault: Vault, accountId: string, codes: readonly string[]): readonly Buffer[] {
  return codes.map((code) => recoveryCodeHash(vault, accountId, code));
}
