import type { RecentStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';

/** Codes that were shown last, in any process, for the phone of the sandbox: it has no camera. Sealed, as whatever opens something. */
export interface ShownCodes {
  put(id: string): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly string[]>;
}

const kept = 50;
const purpose = 'sandbox-codes';

export function createShownCodes({ recent, vault }: { recent: RecentStore; vault: Pick<Vault, 'sealFor' | 'openFor'> }): ShownCodes {
  return {
    put: (id) => recent.push(purpose, vault.sealFor(purpose, id).toString('base64'), kept),
    list: async () => (await recent.read(purpose, kept)).map((sealed) => vault.openFor(purpose, Buffer.from(sealed, 'base64'))),
  };
}
