import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../src/domain/clock.ts';
import { Conflict, type UnitOfWork, type Write } from '../src/domain/unit-of-work.ts';
import { verifiedPerson } from './accounts.ts';
import { generatedPeopleCount, generatedPerson } from './generated-people.ts';
import type { ScriptedPerson } from './people.ts';
import type { RegisteredPerson } from './registered-person.ts';

/** People who were imported from another programme and wait for their activation. */

interface ImportsDeps {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** `POST /sandbox/imports`. `mobile`: the bound one; absent: everybody's own; null: none. */
export interface ImportsRequest {
  readonly count: number;
  readonly mobile?: string | null;
}

export interface CreatedImports {
  readonly created: number;
  readonly first: { readonly name: string; readonly documentNumber: string; readonly mobile: string };
}

/** Name of the import, kept with everybody. */
const source = 'sandbox';

/** Documents are drawn from a thousand million, so even a second attempt is rare. */
const maxAttempts = 5;

/** Imports so many generated people. */
export async function createImports({ unitOfWork, clock }: ImportsDeps, { count, mobile }: ImportsRequest): Promise<CreatedImports> {
  for (let attempt = 1; ; attempt += 1) {
    const start = randomInt(generatedPeopleCount - count);
    const people = Array.from({ length: count }, (_, index) => generatedPerson(start + index));
    const imported = people.map((person) =>
      importWrites(person, mobile === undefined ? person.mobile : (mobile ?? undefined), clock.now()),
    );
    try {
      await unitOfWork.commit('sandbox-imports', imported.flat());
      const { name, document, mobile: own } = generatedPerson(start);
      return { created: count, first: { name, documentNumber: document.number, mobile: own } };
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === maxAttempts) throw error;
    }
  }
}

/** Imports the scripted people who play it, where they were not before. May run at every start and in several processes at once. */
export async function seedImports({ unitOfWork, clock }: ImportsDeps, people: readonly ScriptedPerson[]): Promise<void> {
  for (const person of people) {
    if (!person.imported) continue;
    try {
      await unitOfWork.commit('sandbox-seed', importWrites(person, person.imported.mobile, clock.now()));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
}

function importWrites(registered: RegisteredPerson, mobile: string | undefined, at: Date): readonly Write[] {
  const subjectId = randomUUID();
  const person = verifiedPerson(registered, subjectId, at);
  return [
    { write: 'subject.insert', id: subjectId, createdAt: at },
    { write: 'person.insert', person, at },
    { write: 'activation.insert', personId: person.id, mobile, source, at },
  ];
}
