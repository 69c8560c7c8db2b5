import type { Person } from '../../src/domain/person/account.ts';
import type { Vault, WrappedKey } from '../../src/domain/vault.ts';

/** What `person.identity_sealed` holds; days are text, "no day" is left out. */
export type Identity = Pick<Person, 'name' | 'typedName' | 'document' | 'sex' | 'birthDate'>;

const placeOf = (personId: string) => ({ table: 'person', column: 'identity_sealed', row: personId });

/** Seals the personal data of a person as one value: it is always read and written as a whole. */
export function sealIdentity(vault: Vault, key: WrappedKey, person: Person): Promise<Buffer> {
  const { name, typedName, document, sex, birthDate } = person;
  const identity: Identity = { name, typedName, document, sex, birthDate };
  return vault.seal(key, placeOf(person.id), JSON.stringify(identity));
}

/** Opens what `sealIdentity` made; throws when it was tampered with. */
export async function openIdentity(vault: Vault, key: WrappedKey, personId: string, sealed: Buffer): Promise<Identity> {
  // Authenticated by the vault: it is what sealIdentity wrote, so its shape needs no second check.
  const { name, typedName, document, sex, birthDate }: Identity = JSON.parse(await vault.open(key, placeOf(personId), sealed));
  const { type, number, key: documentKey, validFrom, validUntil } = document;
  return {
    name,
    ...(typedName !== undefined && { typedName }),
    document: { type, number, key: documentKey, validFrom, validUntil },
    sex,
    birthDate,
  };
}
