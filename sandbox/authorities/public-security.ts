import type { Clock } from '../../src/domain/clock.ts';
import { isDocumentType } from '../../src/domain/person/document-number.ts';
import type { DocumentType } from '../../src/domain/person/document-number.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { People } from '../people.ts';
import { compareWithRegister } from './population-register.ts';
import { startSignedJson } from './signed-json.ts';
import type { SignedJsonServer } from './signed-json.ts';
import type { SimulatorTiming } from './simulator.ts';

/** What the register is asked. Sex and dates are compared only where they are given. */
interface Question {
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  readonly name: string;
  readonly sex: string;
  readonly birthDate: string | undefined;
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
    decide: ({ documentType, documentNumber, sex, ...claimed }) => {
      const known = sex === 'unknown' ? claimed : { ...claimed, sex };
      const outcome = compareWithRegister(people.find(documentType, documentNumber), known);
      return { outcome, code: codes[outcome] };
    },
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

function read(members: Readonly<Record<string, unknown>>): Question | undefined {
  const { reference, documentType, documentNumber, name, sex, birthDate, validFrom, validUntil } = members;
  if (typeof reference !== 'string' || typeof name !== 'string' || typeof sex !== 'string') return undefined;
  if (typeof documentType !== 'string' || !isDocumentType(documentType)) return undefined;
  // The register holds numbers in upper case and finds nothing else.
  if (typeof documentNumber !== 'string' || documentNumber !== documentNumber.toUpperCase()) return undefined;
  if (!isTextOrAbsent(birthDate) || !isTextOrAbsent(validFrom) || !isTextOrAbsent(validUntil)) return undefined;
  return { documentType, documentNumber, name, sex, birthDate, validFrom, validUntil };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
