import { bankCardCheckDigit } from '../src/domain/person/bank-card-number.ts';
import { citizenNumberCheckCharacter } from '../src/domain/person/citizen-number.ts';
import type { CivilDate } from '../src/domain/person/civil-date.ts';
import type { DocumentType } from '../src/domain/person/document-number.ts';
import names from './names.json' with { type: 'json' };
import type { BankCard, RegisteredPerson } from './registered-person.ts';

/**
 * People by the million for load tests. A person is a function of an ordinal, and the ordinal can be read off the
 * document number and the card number, so the simulated authorities of every process know all of them and store none.
 */

/** The prefecture 99 of Henan does not exist, so nobody real has such a number. */
const prefecture = '4199';
/** Scripted people have zeros where these cards have the 1. */
const cardPrefix = '62991';
/** Digits of a card's number between prefix and check digit; 19 in all. */
const cardDigits = 13;
/** As many as leave an ordinal nine digits, the free part of its mobile number. */
const countyCount = 91;
/** Sequence numbers 001 to 999 of each birthday. */
const sequenceCount = 999;
const firstBirthday = Date.UTC(1960, 0, 1);
/** Until the end of 1989: everybody is grown up. */
const birthdayCount = 10_958;
const dayMilliseconds = 24 * 60 * 60 * 1000;

/** How many generated people there are; ordinals are below. */
export const generatedPeopleCount = countyCount * sequenceCount * birthdayCount;

/**
 * Somebody with an identity card, a mobile and a bank card of their own, whom register and bank confirm.
 *
 * @param ordinal - 0 to `generatedPeopleCount` - 1; nobody shares number, mobile or card with another ordinal
 * @throws RangeError for any other number
 */
export function generatedPerson(ordinal: number): RegisteredPerson {
  if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= generatedPeopleCount) {
    throw new RangeError(`there are ${generatedPeopleCount} generated people`);
  }
  const sequence = (ordinal % sequenceCount) + 1;
  const day = Math.floor(ordinal / sequenceCount) % birthdayCount;
  const county = Math.floor(ordinal / sequenceCount / birthdayCount);
  const birthDate: CivilDate = new Date(firstBirthday + day * dayMilliseconds).toISOString().slice(0, 10);
  const body = `${prefecture}${pad(county, 2)}${birthDate.replaceAll('-', '')}${pad(sequence, 3)}`;
  const surname = names.surnames.charAt(ordinal % names.surnames.length);
  // Scripted people have 138.
  const mobile = `19${pad(ordinal, 9)}`;
  const given = names.given[Math.floor(ordinal / names.surnames.length) % names.given.length];
  return {
    name: `${surname}${given}`,
    sex: sequence % 2 === 1 ? 'male' : 'female',
    birthDate,
    mobile,
    document: {
      type: 'resident-id-card',
      number: `${body}${citizenNumberCheckCharacter(body)}`,
      validFrom: '2016-05-20',
      // Who was 46 when the card was issued got it for good.
      validUntil: birthDate <= '1970-05-20' ? 'long-term' : '2036-05-20',
    },
    outcome: 'match',
    bankCards: [generatedCard(ordinal, mobile)],
  };
}

/** What every city takes: a class I debit card whose bank knows the mobile of the account. */
function generatedCard(ordinal: number, reservedMobile: string): BankCard {
  const body = `${cardPrefix}${pad(ordinal, cardDigits)}`;
  return { number: `${body}${bankCardCheckDigit(body)}`, kind: 'debit', class: 'I', reservedMobile, outcome: 'match' };
}

/** The generated person with this card; undefined if nobody generated has it. */
export function generatedPersonWithCard(number: string): RegisteredPerson | undefined {
  if (!number.startsWith(cardPrefix)) return undefined;
  const ordinal = Number(number.slice(cardPrefix.length, -1));
  if (!(ordinal >= 0 && ordinal < generatedPeopleCount)) return undefined;
  const person = generatedPerson(ordinal);
  return person.bankCards.some((card) => card.number === number) ? person : undefined;
}

/** The generated person who holds this document; undefined if nobody generated does. */
export function generatedPersonWith(type: DocumentType, number: string): RegisteredPerson | undefined {
  if (type !== 'resident-id-card' || !number.startsWith(prefecture)) return undefined;
  const county = Number(number.slice(4, 6));
  const birthday = Date.parse(`${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}T00:00:00Z`);
  const day = (birthday - firstBirthday) / dayMilliseconds;
  const sequence = Number(number.slice(14, 17));
  const ordinal = (county * birthdayCount + day) * sequenceCount + sequence - 1;
  if (!(ordinal >= 0 && ordinal < generatedPeopleCount)) return undefined;
  const person = generatedPerson(ordinal);
  return person.document.number === number ? person : undefined;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
