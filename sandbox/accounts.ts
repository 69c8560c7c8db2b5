import { randomInt, randomUUID } from 'node:crypto';
import type { EvidenceKind } from '../src/domain/assurance/evidence.ts';
import type { Acr, AssuranceLevel } from '../src/domain/assurance/ladder.ts';
import { compareAcr } from '../src/domain/assurance/level.ts';
import type { PasswordHasher } from '../src/domain/authenticator/password-hasher.ts';
import { normalisePassword } from '../src/domain/authenticator/password-policy.ts';
import type { Clock } from '../src/domain/clock.ts';
import type { Person } from '../src/domain/person/account.ts';
import { endOfDay } from '../src/domain/person/civil-date.ts';
import { documentTypes } from '../src/domain/person/document-number.ts';
import { Conflict, type UnitOfWork, type Write, type WriteName } from '../src/domain/unit-of-work.ts';
import { generatedPeopleCount, generatedPerson } from './generated-people.ts';
import type { RegisteredPerson } from './registered-person.ts';

/** Accounts made without their owners: for load tests and for the people of the start page. */

export interface AccountsDeps {
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly ladder: readonly AssuranceLevel[];
  /** Version of the user agreement that the accounts have accepted. */
  readonly agreementVersion: string;
}

/** `POST /sandbox/accounts`. Username and password are taken as given, whatever the profile's rules. */
export interface AccountsRequest {
  readonly count: number;
  readonly prefix: string;
  readonly password: string;
  readonly level: Acr;
}

export interface CreatedAccounts {
  readonly created: number;
  readonly first: { readonly username: string; readonly mobile: string; readonly documentNumber: string };
}

/** Accounts of one transaction: five or six statements of so many rows each. */
const batchSize = 500;

/** Mobiles and documents are drawn from a thousand million, so even a second attempt is rare. */
const maxAttempts = 5;

/**
 * Creates `prefix1` to `prefixN` with generated people behind them, all with one password hash. Accounts of the
 * lowest level have no verified person yet: the document is the one they can prove themselves with.
 *
 * @throws LevelOutOfReach when no rung of the profile gives the level
 * @throws Conflict (rule `username`) when the prefix was used before; batches before the conflict stay
 */
export async function createAccounts(deps: AccountsDeps, request: AccountsRequest): Promise<CreatedAccounts> {
  const { count, prefix, password, level } = request;
  const evidence = evidenceFor(deps.ladder, level);
  if (!evidence) throw new LevelOutOfReach(level);
  const hash = await deps.hasher.hash(normalisePassword(password));
  let first: CreatedAccounts['first'] | undefined;
  for (let done = 0; done < count; done += batchSize) {
    const usernames = Array.from({ length: Math.min(batchSize, count - done) }, (_, index) => `${prefix}${done + index + 1}`);
    const [person] = await insertBatch(deps, usernames, { hash, evidence });
    first ??= person && { username: `${prefix}1`, mobile: person.mobile, documentNumber: person.document.number };
  }
  if (!first) throw new RangeError('count must be at least 1');
  return { created: count, first };
}

/** No rung of the deployment's ladder that can be reached today gives this level or a higher one. */
export class LevelOutOfReach extends Error {
  constructor(level: Acr) {
    super(`no evidence of this profile gives ${level}`);
    this.name = 'LevelOutOfReach';
  }
}

/**
 * What a person holds who climbed the ladder up to a level: the first set of evidence of every rung on the way.
 *
 * @returns undefined when no rung that can be reached today gives the level
 */
export function evidenceFor(ladder: readonly AssuranceLevel[], level: Acr): readonly EvidenceKind[] | undefined {
  const reachable = ladder.filter(({ comingSoon }) => !comingSoon);
  const target = reachable.findIndex(({ acr }) => compareAcr(acr, level) >= 0);
  if (target < 0) return undefined;
  return [...new Set(reachable.slice(0, target + 1).flatMap(({ anyOf }) => anyOf[0] ?? []))];
}

async function insertBatch(
  deps: AccountsDeps,
  usernames: readonly string[],
  { hash, evidence }: { hash: string; evidence: readonly EvidenceKind[] },
): Promise<readonly RegisteredPerson[]> {
  for (let attempt = 1; ; attempt += 1) {
    const start = randomInt(generatedPeopleCount - usernames.length);
    const people = usernames.map((_, index) => generatedPerson(start + index));
    const writes = people.flatMap((person, index) =>
      accountWrites(
        { person, username: usernames[index] ?? '', hash, evidence, agreementVersion: deps.agreementVersion },
        deps.clock.now(),
      ),
    );
    try {
      await deps.unitOfWork.commit('sandbox-accounts', inBulk(writes));
      return people;
    } catch (error) {
      const drawnTwice = error instanceof Conflict && error.rule !== 'username';
      if (!drawnTwice || attempt === maxAttempts) throw error;
    }
  }
}

export interface SandboxAccount {
  readonly person: RegisteredPerson;
  readonly username: string;
  /** PHC string. */
  readonly hash: string;
  /** None: the account is not verified and has no person. */
  readonly evidence: readonly EvidenceKind[];
  readonly agreementVersion: string;
}

/** Everything that makes one account, in the order in which it must be written. */
export function accountWrites(account: SandboxAccount, now: Date): readonly Write[] {
  const { person, username, hash, agreementVersion } = account;
  const [id, subjectId] = [randomUUID(), randomUUID()];
  const agreement = { version: agreementVersion, acceptedAt: now };
  return [
    { write: 'subject.insert', id: subjectId, createdAt: now },
    {
      write: 'account.insert',
      account: { id, subjectId, username, mobile: person.mobile, mobileProvenAt: now, email: undefined, agreement, createdAt: now },
    },
    { write: 'password.put', accountId: id, hash, at: now },
    ...(account.evidence.length === 0 ? [] : verifiedWrites(account, { id, subjectId }, now)),
  ];
}

function verifiedWrites(
  { person, evidence }: SandboxAccount,
  { id, subjectId }: { id: string; subjectId: string },
  now: Date,
): readonly Write[] {
  const verified = verifiedPerson(person, subjectId, now);
  const { validUntil } = person.document;
  return [
    { write: 'person.insert', person: verified, at: now },
    { write: 'account.link-person', accountId: id, personId: verified.id, subjectId, at: now },
    ...evidence.map((kind): Write => ({
      write: 'evidence.insert',
      evidence: {
        id: randomUUID(),
        personId: verified.id,
        kind,
        verifiedAt: now,
        // Of these only the document itself ends (DIS-17).
        expiresAt: kind === 'real-name' && validUntil !== 'long-term' ? endOfDay(validUntil) : undefined,
        source: 'sandbox',
        reference: `sandbox-${randomUUID()}`,
      },
    })),
  ];
}

/** Somebody as the product keeps them. */
export function verifiedPerson({ name, sex, birthDate, document }: RegisteredPerson, subjectId: string, now: Date): Person {
  const check = documentTypes[document.type].check(document.number, now);
  if (!check.ok) throw new Error(`a person of the sandbox has an invalid ${document.type}: ${check.reason}`);
  return { id: randomUUID(), subjectId, name, sex, birthDate, document: { ...document, number: check.canonical, key: check.key } };
}

const writeOrder: readonly WriteName[] = [
  'subject.insert',
  'account.insert',
  'password.put',
  'person.insert',
  'account.link-person',
  'evidence.insert',
];

/** Writes of one name next to each other: the unit of work makes one statement of each run. */
function inBulk(writes: readonly Write[]): readonly Write[] {
  return writes.toSorted((left, right) => writeOrder.indexOf(left.write) - writeOrder.indexOf(right.write));
}
