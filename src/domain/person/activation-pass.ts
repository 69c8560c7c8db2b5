import { randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import type { OnceStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';
import type { Sought } from './activation.ts';

/**
 * From registration to activation (REG-49): the document was typed and the mobile proven there, so neither is asked
 * again. Kept sealed for the interaction, never in an address.
 */
export interface ActivationPass {
  /** Replaces what was given before. @param uid - of the interaction; the mobile must have been proven by an SMS code in it */
  give(uid: string, sought: Sought): Promise<void>;
  read(uid: string): Promise<GivenPass | undefined>;
}

export interface GivenPass {
  /** Another one each time: nothing that was learnt of one document counts for the next. */
  readonly id: string;
  readonly sought: Sought;
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
    async give(uid, sought) {
      const given: GivenPass = { id: randomUUID(), sought };
      const sealed = vault.sealFor(purpose, JSON.stringify(given)).toString('base64');
      await once.put(key(uid), sealed, secondsAfter(clock.now(), passSeconds));
    },
    async read(uid) {
      const sealed = await once.get(key(uid), clock.now());
      return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as GivenPass);
    },
  };
}
