import { randomInt, randomUUID } from 'node:crypto';
import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { NewAccount, Person } from '../../src/domain/person/account.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';

/** When everything in these tests happened. */
export const happenedAt = new Date('2026-03-01T08:00:00.123Z');

/** An account nobody else has. */
export function newAccount(about: Partial<NewAccount> = {}): NewAccount {
  return {
    id: randomUUID(),
    subjectId: randomUUID(),
    username: `user${randomInt(2 ** 40)}`,
    mobile: `13${randomInt(1e9).toString().padStart(9, '0')}`,
    mobileProvenAt: happenedAt,
    email: undefined,
    agreement: { version: '1', acceptedAt: happenedAt },
    createdAt: happenedAt,
    ...about,
  };
}

/** A verified person with a document nobody else has. */
export function newPerson(about: Partial<Person> = {}): Person {
  const number = randomInt(2 ** 47).toString();
  return {
    id: randomUUID(),
    subjectId: randomUUID(),
    name: '张伟',
    document: { type: 'resident-id-card', number, key: number, validFrom: '2020-01-01', validUntil: 'long-term' },
    sex: 'male',
    birthDate: '1990-02-28',
    ...about,
  };
}

export function newEvidence(personId: string, about: Partial<Evidence> = {}): Evidence {
  return {
    id: randomUUID(),
    personId,
    kind: 'real-name',
    verifiedAt: happenedAt,
    expiresAt: undefined,
    source: 'public-security',
    reference: 'T-1',
    ...about,
  };
}

/** What registration writes. */
export function registration(account: NewAccount): Write[] {
  return [
    { write: 'subject.insert', id: account.subjectId, createdAt: happenedAt },
    { write: 'account.insert', account },
    { write: 'password.put', accountId: account.id, hash: '$argon2id$…', at: happenedAt },
  ];
}

/** What the first proof of identity writes. */
export function proof(account: NewAccount, person: Person): Write[] {
  return [
    { write: 'person.insert', person, at: happenedAt },
    { write: 'account.link-person', accountId: account.id, personId: person.id, subjectId: person.subjectId, at: happenedAt },
    { write: 'evidence.insert', evidence: newEvidence(person.id) },
  ];
}
