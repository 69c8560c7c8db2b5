/**
 * The 18 characters of the citizen identification number (GB 11643-1999): address code, birth date, sequence and
 * check character. The residence permit of Hong Kong, Macao and Taiwan residents and the permanent residence card
 * of foreigners since 2023-12-01 are built the same way.
 */
import { compareCivilDates, parseCivilDate, todayInShanghai } from './civil-date.ts';
import type { CivilDate } from './civil-date.ts';
import { refuseNumber } from './document-number-check.ts';
import type { DocumentNumberCheck, DocumentNumberReason } from './document-number-check.ts';

/** GB/T 2260, first two digits; 83 is used only by residence permits (contracts 3.1). */
const provinces = new Set(
  ['11 12 13 14 15', '21 22 23', '31 32 33 34 35 36 37', '41 42 43 44 45 46', '50 51 52 53 54', '61 62 63 64 65']
    .concat('71', '81 82 83')
    .flatMap((region) => region.split(' ')),
);

/** First six digits of residence permits: Hong Kong, Macao, Taiwan. */
const residencePermitPrefixes = new Set(['810000', '820000', '830000']);

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * The 18th character by ISO 7064 MOD 11-2, which catches every single wrong digit and every swapped pair.
 *
 * @param body - the first 17 digits
 */
export function citizenNumberCheckCharacter(body: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return '10X98765432'.charAt(sum % 11);
}

/**
 * Resident identity card (居民身份证). Only the province of the address code is looked at: it is the county of the
 * first registration, and counties are renamed and abolished while the number stays for life.
 *
 * @param canonical - compacted number
 * @param now - the birth date must not lie after the day it is in China
 */
export function checkResidentNumber(canonical: string, now: Date): DocumentNumberCheck {
  if (/^\d{15}$/.test(canonical)) return refuseNumber('legacy-15-digits');
  const problem = formProblem(canonical);
  if (problem) return refuseNumber(problem);
  if (canonical.startsWith('9') || residencePermitPrefixes.has(canonical.slice(0, 6))) {
    return refuseNumber('other-document-type');
  }
  if (!isProvince(canonical.slice(0, 2))) return refuseNumber('province');
  return checkBirthAndCharacter(canonical, now);
}

/**
 * Residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证).
 *
 * @param canonical - compacted number
 * @param now - the birth date must not lie after the day it is in China
 */
export function checkResidencePermitNumber(canonical: string, now: Date): DocumentNumberCheck {
  const problem = formProblem(canonical);
  if (problem) return refuseNumber(problem);
  if (!residencePermitPrefixes.has(canonical.slice(0, 6))) return refuseNumber('prefix');
  return checkBirthAndCharacter(canonical, now);
}

/**
 * The parts that all 18-character numbers share: a birth date that exists and has come, then the check character.
 * The date goes first because it says more precisely where the slip is.
 *
 * @param canonical - 17 digits and a digit or X
 */
export function checkBirthAndCharacter(canonical: string, now: Date): DocumentNumberCheck {
  const birthDate = birthDateOf(canonical);
  if (birthDate === undefined) return refuseNumber('birth-date');
  if (compareCivilDates(birthDate, todayInShanghai(now)) > 0) return refuseNumber('future-birth-date');
  if (citizenNumberCheckCharacter(canonical) !== canonical.at(-1)) return refuseNumber('check-character');
  return { ok: true, canonical, key: canonical, sex: sexOf(canonical), birthDate };
}

/**
 * What is wrong with the form of an 18-character number, before its parts are read.
 */
export function formProblem(canonical: string): DocumentNumberReason | undefined {
  if (canonical === '') return 'empty';
  if (!/^\d+X?$/.test(canonical)) return 'characters';
  if (canonical.length !== 18) return 'length';
  return undefined;
}

/**
 * Whether the two digits are a province of GB/T 2260.
 */
export function isProvince(code: string): boolean {
  return provinces.has(code);
}

function birthDateOf(canonical: string): CivilDate | undefined {
  const digits = canonical.slice(6, 14);
  return /^(?:18|19|20)/.test(digits) ? parseCivilDate(digits) : undefined;
}

/** The sequence number is odd for men and even for women. */
function sexOf(canonical: string): 'male' | 'female' {
  return Number(canonical.charAt(16)) % 2 === 1 ? 'male' : 'female';
}
