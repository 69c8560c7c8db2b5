import { addYears, type CivilDate } from './civil-date.ts';
import type { DocumentType } from './document-number.ts';

/** For how many years documents are issued, as forms offer it (ACT-03). */
export const validities = ['5', '10', '20', 'long-term'] as const;

export type Validity = (typeof validities)[number];

/** Whether a word from a form is one. */
export function isValidity(word: string): word is Validity {
  return (validities as readonly string[]).includes(word);
}

/** Cards end on the same day of the year; travel permits, like passports, on the day before it. */
const permits: ReadonlySet<DocumentType> = new Set(['hk-permit', 'macao-permit', 'taiwan-permit', 'foreign-permanent-resident']);

/**
 * The last day of a document that was issued for so long.
 *
 * @param from - its first day
 */
export function endOfValidity(type: DocumentType, from: CivilDate, validity: Validity): CivilDate | 'long-term' {
  if (validity === 'long-term') return validity;
  const anniversary = addYears(from, Number(validity));
  return permits.has(type) ? dayBefore(anniversary) : anniversary;
}

function dayBefore(date: CivilDate): CivilDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
