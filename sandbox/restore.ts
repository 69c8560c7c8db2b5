import type { AccountStore, PersonStore } from '../src/domain/person/account.ts';
import { documentTypes } from '../src/domain/person/document-number.ts';
import { usernameKey } from '../src/domain/person/username.ts';
import type { ScriptedPerson } from './people.ts';

export interface RestoreDeps {
  readonly accounts: Pick<AccountStore, 'byIdentifier'>;
  readonly persons: Pick<PersonStore, 'byDocument'>;
  /** Removes accounts and people with everything that hangs on them. */
  readonly forget: (whom: { readonly accountIds: readonly string[]; readonly personIds: readonly string[] }) => Promise<void>;
}

/**
 * Sets a scripted person back to the beginning: whatever account holds the username, the mobile or the document is gone,
 * so that the seed makes them anew. Sessions end; limits on guessing and on messages stay as they are.
 *
 * @returns how many accounts are gone
 */
export async function restore({ accounts, persons, forget }: RestoreDeps, person: ScriptedPerson, now: Date): Promise<number> {
  const { type, number } = person.document;
  const check = documentTypes[type].check(number, now);
  const holder = check.ok ? await persons.byDocument(type, check.key) : undefined;
  const found = await Promise.all([
    accounts.byIdentifier('mobile', person.mobile),
    person.account && accounts.byIdentifier('username', usernameKey(person.account.username)),
  ]);
  const held = found.filter((account) => account !== undefined);
  const accountIds = [...new Set([...held.map(({ id }) => id), holder?.accountId].filter((id) => id !== undefined))];
  const personIds = [...new Set([...held.map(({ personId }) => personId), holder?.person.id].filter((id) => id !== undefined))];
  await forget({ accountIds, personIds });
  return accountIds.length;
}
