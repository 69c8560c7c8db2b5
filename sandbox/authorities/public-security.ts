import type { Clock } from '../../src/domain/clock.ts';
import { isDocumentType } from '../../src/domain/person/document-number.ts';
import type { DocumentType } from '../../src/domain/person/document-number.ts';
import { normalisePersonName } from '../../src/domain/person/person-name.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { People } from '../people.ts';
import type { RegisteredPerson } from '../registered-person.ts';
import { startSignedJson } from './signed-json.ts';
import type { Decision, SignedJsonServer } from './signed-json.ts';
import type { SimulatorTiming } from './simulator.ts';

/** What the register is asked. Sex and dates are compared only where they are given. */
interface Question {
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  readonly name: string;
  readonly sex: string;
  readonly validFrom: string | undefined;
  readonly validUntil: string | undefined;
}

export interface PublicSecurityOptions {
  readonly clock: Clock;
  readonly people: Pick<People, 'find'>;
  readonly timing?: SimulatorTiming;
}

/** Population register: `POST /v1/identity-checks` in signed JSON. */
export function startPublicSecurity({ people, ...rest }: PublicSecurityOptions): Promise<SignedJsonServer> {
  return startSignedJson({
    ...rest,
    path: '/v1/identity-checks',
    read,
    decide: (question) => decide(people.find(question.documentType, question.documentNumber), question),
  });
}

const codes: Readonly<Record<SourceOutcome, string>> = {
  match: '0000',
  mismatch: '1001',
  'no-record': '1002',
  invalid: '1003',
  pending: '1004',
  refused: '2001',
  'over-quota': '3001',
  unavailable: '9001',
};

function decide(person: RegisteredPerson | undefined, question: Question): Decision {
  const outcome = person ? compare(person, question) : 'no-record';
  return { outcome, code: codes[outcome] };
}

function compare(person: RegisteredPerson, { name, sex, validFrom, validUntil }: Question): SourceOutcome {
  if (person.outcome !== 'match') return person.outcome;
  const { document } = person;
  const same =
    normalisePersonName(name) === person.name &&
    (sex === 'unknown' || sex === person.sex) &&
    (validFrom === undefined || validFrom === document.validFrom) &&
    (validUntil === undefined || validUntil === document.validUntil);
  return same ? 'match' : 'mismatch';
}

function read(members: Readonly<Record<string, unknown>>): Question | undefined {
  const { reference, documentType, documentNumber, name, sex, validFrom, validUntil } = members;
  if (typeof reference !== 'string' || typeof name !== 'string' || typeof sex !== 'string') return undefined;
  if (typeof documentType !== 'string' || !isDocumentType(documentType)) return undefined;
  // The register holds numbers in upper case and finds nothing else.
  if (typeof documentNumber !== 'string' || documentNumber !== documentNumber.toUpperCase()) return undefined;
  if (!isTextOrAbsent(validFrom) || !isTextOrAbsent(validUntil)) return undefined;
  return { documentType, documentNumber, name, sex, validFrom, validUntil };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
