import { readFileSync } from 'node:fs';
import { citizenNumberCheckCharacter } from '../src/domain/person/citizen-number.ts';
import { compareCivilDates, todayInShanghai } from '../src/domain/person/civil-date.ts';
import type { CivilDate } from '../src/domain/person/civil-date.ts';
import type { Clock } from '../src/domain/clock.ts';
import { documentTypes } from '../src/domain/person/document-number.ts';
import type { DocumentType } from '../src/domain/person/document-number.ts';
import type { SourceOutcome } from '../src/domain/proofing/identity-source.ts';
import { generatedPersonWith, generatedPersonWithCard } from './generated-people.ts';
import type { BankCard, RegisteredPerson } from './registered-person.ts';

/**
 * The people of the sandbox. All are invented: their documents carry county codes that were never assigned (`..99`),
 * so no number is a real person's, and every check character is right.
 */

/** What playing a person shows. `outcome` says what the register answers, this says why somebody would pick them. */
export type Scenario =
  | SourceOutcome
  | 'rare-character'
  | 'minority-name'
  | 'minor'
  /** The document already belongs to another sandbox account. */
  | 'taken'
  /** Waits for the activation of an imported record. */
  | 'unactivated';

/** One line for the sandbox pages, by locale. */
export interface Plays {
  readonly 'zh-CN': string;
  readonly en: string;
}

export interface ScriptedBankCard extends BankCard {
  readonly plays: Plays;
}

/** Somebody to play: one entry of people.json. */
export interface ScriptedPerson extends RegisteredPerson {
  /** Short, stable, for links and scripts. */
  readonly id: string;
  /** The account that the sandbox seeds for this person, with evidence for that level. */
  readonly account?: { readonly username: string; readonly level: 'L1' | 'L2' | 'L3' };
  /** Imported from another programme and not active yet, where the city has activation; with the mobile bound there. */
  readonly imported?: { readonly mobile?: string };
  readonly scenario: Scenario;
  readonly bankCards: readonly ScriptedBankCard[];
  readonly plays: Plays;
}

/** An entry of people.json: a scripted person; minors have an age besides. */
type PersonRecord = ScriptedPerson & { readonly age?: number };

/** test/contracts/scripted-people.test.ts holds the file to the type and to the rules of documents. */
const records: readonly PersonRecord[] = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'));

/** Everybody the simulated authorities know. */
export interface People {
  /** Those of the start page and of `/sandbox/people.json`. */
  readonly scripted: readonly ScriptedPerson[];
  /** By type and number of the document; a permit is found whatever its count of reissues. */
  find(type: DocumentType, number: string): RegisteredPerson | undefined;
  /** Whose card this is. */
  findCard(number: string): { readonly person: RegisteredPerson; readonly card: BankCard } | undefined;
  /** Somebody who is not scripted; whoever held this document or these cards before is replaced. */
  add(person: RegisteredPerson): void;
}

/**
 * The scripted people and all generated ones (generated-people.ts), whom no process has to remember.
 *
 * @param clock - minors are as old as their story says in the year it is now
 */
export function createPeople(clock: Clock): People {
  const scripted = scriptedPeople(todayInShanghai(clock.now()));
  const byDocument = new Map<string, RegisteredPerson>();
  const byCard = new Map<string, { person: RegisteredPerson; card: BankCard }>();
  const keyOf = (type: DocumentType, number: string) => {
    const check = documentTypes[type].check(number, clock.now());
    return `${type}:${check.ok ? check.key : number}`;
  };
  const generatedCard = (number: string) => {
    const person = generatedPersonWithCard(number);
    const card = person?.bankCards.find((candidate) => candidate.number === number);
    return person && card && { person, card };
  };
  const add = (person: RegisteredPerson) => {
    byDocument.set(keyOf(person.document.type, person.document.number), person);
    for (const card of person.bankCards) byCard.set(card.number, { person, card });
  };
  scripted.forEach(add);
  const today = () => todayInShanghai(clock.now());
  return {
    get scripted() {
      return scripted.map((person) => renewed(person, today()));
    },
    find(type, number) {
      const person = byDocument.get(keyOf(type, number)) ?? generatedPersonWith(type, number);
      return person && renewed(person, today());
    },
    findCard: (number) => byCard.get(number) ?? generatedCard(number),
    add,
  };
}

/**
 * The people of people.json on a day. Minors have an `age` there and are born anew each year, on its first day:
 * with a fixed birth date the story of a 13-year-old would end within a year.
 */
export function scriptedPeople(today: CivilDate): readonly ScriptedPerson[] {
  const year = Number(today.slice(0, 4));
  return records.map(({ age, ...person }) => (age === undefined ? person : aged(person, age, year)));
}

/** Who has a document that ended has fetched the next one on its last day: the same number, for twenty years more. */
function renewed<P extends RegisteredPerson>(person: P, today: CivilDate): P {
  const { validUntil } = person.document;
  if (validUntil === 'long-term' || compareCivilDates(validUntil, today) >= 0) return person;
  const next = { ...person.document, validFrom: validUntil, validUntil: `${Number(validUntil.slice(0, 4)) + 20}${validUntil.slice(4)}` };
  return renewed({ ...person, document: next }, today);
}

/** Identity cards of people under 16 are valid for five years. */
function aged(person: ScriptedPerson, age: number, year: number): ScriptedPerson {
  const birthDate = `${year - age}-01-01`;
  const { number } = person.document;
  const body = `${number.slice(0, 6)}${birthDate.replaceAll('-', '')}${number.slice(14, 17)}`;
  const document = {
    ...person.document,
    number: `${body}${citizenNumberCheckCharacter(body)}`,
    validFrom: `${year - 1}-01-10`,
    validUntil: `${year + 4}-01-10`,
  };
  return { ...person, birthDate, document };
}
