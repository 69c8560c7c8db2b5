import type { AccountStore, Holder } from '../person/account.ts';
import type { ActivationStore } from '../person/activation-store.ts';
import type { Channels } from './notice.ts';

export interface PersonChannelsDeps {
  readonly accounts: AccountStore;
  readonly activations: ActivationStore;
}

/** Every way we have to reach a person: their account's, and what was bound to them before they have one. */
export async function channelsOfPerson(
  { accounts, activations }: PersonChannelsDeps,
  { person, accountId, waits }: Holder,
): Promise<readonly Channels[]> {
  const { type, key } = person.document;
  const [account, activation] = await Promise.all([
    accountId === undefined ? undefined : accounts.byId(accountId),
    waits ? activations.byDocument(type, key) : undefined,
  ]);
  return [...(account ? [account] : []), ...(activation ? [{ mobile: activation.mobile, email: undefined }] : [])];
}
