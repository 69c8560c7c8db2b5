import type { OutboxPayload } from '../../src/domain/notification/outbox.ts';
import type { Vault, WrappedKey } from '../../src/domain/vault.ts';

const placeOf = (id: string) => ({ table: 'outbox', column: 'payload_sealed', row: id });

/** Seals a message under a key of its own: erasing the two columns forgets it for good. */
export async function sealPayload(vault: Vault, id: string, payload: OutboxPayload) {
  const key = await vault.newKey();
  return { data_key: key, payload_sealed: await vault.seal(key, placeOf(id), JSON.stringify(payload)) };
}

/** Opens what `sealPayload` made; throws when it was tampered with. */
export async function openPayload(vault: Vault, id: string, key: WrappedKey, sealed: Buffer): Promise<OutboxPayload> {
  // Authenticated by the vault: it is what sealPayload wrote, so its shape needs no second check.
  const payload: OutboxPayload = JSON.parse(await vault.open(key, placeOf(id), sealed));
  return payload;
}
