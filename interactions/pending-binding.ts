import { secondsAfter, type Clock } from '../src/domain/clock.ts';
import type { OnceStore } from '../src/domain/short-lived.ts';
import type { ToBind } from '../src/domain/upstream/bind.ts';
import type { Vault } from '../src/domain/vault.ts';

/**
 * Somebody whom a third party knows and no account here is bound to, kept sealed with the visit for ten minutes (docs/adr/0051).
 * Nothing of it finds an account: it is bound by whoever signs in to one, or opens one, in the same interaction, after they
 * have said that they want it bound.
 */
export interface PendingBinding extends ToBind {
  /** They were shown who it is, and chose to bind it. */
  readonly chosen: boolean;
}

export interface PendingDeps {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

const keptSeconds = 600;
const purpose = 'pending-binding';
const keyOf = (uid: string) => `pending-binding:${uid}`;

export async function keepPending({ once, vault, clock }: PendingDeps, uid: string, pending: PendingBinding): Promise<void> {
  const sealed = vault.sealFor(purpose, JSON.stringify(pending)).toString('base64');
  await once.put(keyOf(uid), sealed, secondsAfter(clock.now(), keptSeconds));
}

export async function pendingOf({ once, vault, clock }: PendingDeps, uid: string): Promise<PendingBinding | undefined> {
  const sealed = await once.get(keyOf(uid), clock.now());
  return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as PendingBinding);
}

export async function dropPending({ once, clock }: PendingDeps, uid: string): Promise<void> {
  await once.take(keyOf(uid), clock.now());
}

/** What is to be bound by whoever comes in; undefined: nothing. */
export async function chosenOf(deps: PendingDeps, uid: string): Promise<PendingBinding | undefined> {
  const pending = await pendingOf(deps, uid);
  return pending?.chosen === true ? pending : undefined;
}
