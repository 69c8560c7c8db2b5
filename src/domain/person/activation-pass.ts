import { randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import type { OnceStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';
import type { Confirmation, Sought } from './activation.ts';

/**
 * From a registration or a step-up to activation (REG-49): what was typed, proven and confirmed there is not asked again.
 * Kept sealed for the interaction, never in an address.
 */
export interface ActivationPass {
  /** Replaces what was given before. @param uid - of the interaction; the mobile must have been proven by an SMS code in it */
  give(uid: string, pass: PassContent): Promise<void>;
  read(uid: string): Promise<GivenPass | undefined>;
}

export interface PassContent {
  readonly sought: Sought;
  /** Of the document, as it was typed; empty what was not asked. */
  readonly typed?: Readonly<Record<'name' | 'validFrom' | 'validity', string>>;
  /** The authority has said yes already. */
  readonly confirmation?: Confirmation;
  /** A guardian must agree to it. */
  readonly minor?: boolean;
  /** Of the password that was chosen; PHC string. */
  readonly passwordHash?: string;
  /** Opened in this very interaction and not verified; its owner is not signed in yet. Milliseconds. */
  readonly account?: { readonly id: string; readonly openedAt: number };
}

export interface GivenPass extends PassContent {
  /** Another one each time: nothing that was learnt of one document counts for the next. */
  readonly id: string;
}

const passSeconds = 3600;
const purpose = 'activation-pass';

export function createActivationPass({
  once,
  vault,
  clock,
}: {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly clock: Clock;
}): ActivationPass {
  const key = (uid: string): string => `activation:${uid}`;
  return {
    async give(uid, pass) {
      const given: GivenPass = { ...pass, id: randomUUID() };
      const sealed = vault.sealFor(purpose, JSON.stringify(given)).toString('base64');
      await once.put(key(uid), sealed, secondsAfter(clock.now(), passSeconds));
    },
    async read(uid) {
      const sealed = await once.get(key(uid), clock.now());
      return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as GivenPass);
    },
  };
}
