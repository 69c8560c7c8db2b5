import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { RegisteredPerson } from '../registered-person.ts';

/** What is compared with the register; what is undefined is not. */
export interface Claimed {
  readonly name: string;
  readonly sex?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly validFrom?: string | undefined;
  readonly validUntil?: string | undefined;
}

/** What a register knows of somebody, in whatever format it is asked. */
export function compareWithRegister(person: RegisteredPerson | undefined, claimed: Claimed): SourceOutcome {
  if (!person) return 'no-record';
  if (person.outcome !== 'match') return person.outcome;
  const {
    sex = person.sex,
    birthDate = person.birthDate,
    validFrom = person.document.validFrom,
    validUntil = person.document.validUntil,
  } = claimed;
  const same =
    claimed.name === person.name &&
    sex === person.sex &&
    birthDate === person.birthDate &&
    validFrom === person.document.validFrom &&
    validUntil === person.document.validUntil;
  return same ? 'match' : 'mismatch';
}
