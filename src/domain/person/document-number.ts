/**
 * The types of documents a natural person may register with, and how the number of each is read (contracts 3).
 */
import { fold } from '../folding.ts';
import { parseCivilDate } from './civil-date.ts';
import { checkBirthAndCharacter, checkResidencePermitNumber, checkResidentNumber, formProblem, isProvince } from './citizen-number.ts';
import { refuseNumber } from './document-number-check.ts';
import type { DocumentNumberCheck } from './document-number-check.ts';
import { checkHongKongMacaoPermit, checkTaiwanPermit, normaliseTaiwanPermit } from './permit-number.ts';

/** One internal enumeration; codes of other standards are mapped where they are spoken. */
export type DocumentType =
  | 'resident-id-card'
  | 'hk-permit'
  | 'macao-permit'
  | 'taiwan-permit'
  | 'foreign-permanent-resident'
  | 'hmt-residence-permit'
  | 'foreign-passport'
  | 'other';

/** How the number of one type of document is read. Both functions take text as typed. */
export interface DocumentTypeRule {
  /** The number without what people add for the eye. Normalising twice is normalising once. */
  normalise(text: string): string;
  /**
   * @param now - where the number holds a birth date, it must not lie after the day it is in China
   * @param issuingCountry - ISO 3166-1 alpha-3, only read for passports, whose numbers repeat between countries
   */
  check(text: string, now: Date, issuingCountry?: string): DocumentNumberCheck;
  /** A number that is right tells sex and birth date, so nobody is asked for them. */
  readonly tellsSex: boolean;
  /** Prints the name in letters, the surname first. */
  readonly inLetters: boolean;
}

const compact = (text: string): string => fold('document-number', text);

/** Every type of document by its name. */
export const documentTypes: Readonly<Record<DocumentType, DocumentTypeRule>> = {
  'resident-id-card': { ...rule(compact, checkResidentNumber), tellsSex: true },
  'hk-permit': rule(compact, (canonical) => checkHongKongMacaoPermit(canonical, 'H')),
  'macao-permit': rule(compact, (canonical) => checkHongKongMacaoPermit(canonical, 'M')),
  'taiwan-permit': rule(normaliseTaiwanPermit, checkTaiwanPermit),
  'foreign-permanent-resident': { ...rule(compact, checkPermanentResidentNumber), inLetters: true },
  'hmt-residence-permit': { ...rule(compact, checkResidencePermitNumber), tellsSex: true },
  'foreign-passport': { ...rule(compact, checkPassportNumber), inLetters: true },
  other: rule((text) => compact(text.normalize('NFC')), checkOtherNumber),
};

/** Whether a word from a form or a profile names a type of document. */
export function isDocumentType(word: string): word is DocumentType {
  return Object.hasOwn(documentTypes, word);
}

/**
 * Whether a text could be taken for the number of a document: by its shape alone, because a number that is nobody's
 * today may be somebody's tomorrow. Of passports only the common shapes count (one or two letters and seven or eight
 * digits, nine digits); everything they may look like would leave no word for anything else.
 *
 * @param text - as typed
 */
export function resemblesDocumentNumber(text: string): boolean {
  const number = compact(text);
  return documentShapes.some((shape) => shape.test(number));
}

const documentShapes = [
  /^\d{17}[\dX]$/, // identity card, residence permit, permanent residence card
  /^\d{15}$/, // identity card until 2013
  /^[HM]\d{8}(?:\d{2})?$/, // Hong Kong and Macao permits
  /^\d{8}$/, // Taiwan permit
  /^\d{10}[A-Z]?$/, // Taiwan permit, booklet
  /^[A-Z]{3}\d{12}$/, // permanent residence card until 2023
  /^[A-Z]\d{7,8}$|^[A-Z]{2}\d{7}$|^[DPS][EP]\d{8}$|^\d{9}$/, // passports
];

/**
 * Permanent residence card of foreigners (外国人永久居留身份证). Since 2023-12-01: `9`, province, nationality (ISO 3166-1
 * numeric), birth date, sequence, check character as on identity cards (National Immigration Administration). Its
 * sequence is not documented to tell the sex. Older cards, valid until they expire: nationality (alpha-3) and twelve
 * digits, of which the 5th to 10th are the birth date without its century; their check digit is not public.
 */
function checkPermanentResidentNumber(canonical: string, now: Date): DocumentNumberCheck {
  if (/^[A-Z]/.test(canonical)) return checkOldPermanentResidentNumber(canonical);
  const problem = formProblem(canonical);
  if (problem) return refuseNumber(problem);
  if (!canonical.startsWith('9')) return refuseNumber('prefix');
  if (!isProvince(canonical.slice(1, 3))) return refuseNumber('province');
  const check = checkBirthAndCharacter(canonical, now);
  if (!check.ok) return check;
  const { sex: _, ...known } = check;
  return known;
}

function checkOldPermanentResidentNumber(canonical: string): DocumentNumberCheck {
  if (!/^[A-Z]{3}\d*$/.test(canonical)) return refuseNumber('characters');
  if (canonical.length !== 15) return refuseNumber('length');
  const birth = canonical.slice(7, 13);
  if (!parseCivilDate(`19${birth}`) && !parseCivilDate(`20${birth}`)) return refuseNumber('birth-date');
  return { ok: true, canonical, key: canonical };
}

/** Passports are checked by people (Hubei); here only what no passport can be is refused (contracts 3.6). */
function checkPassportNumber(canonical: string, now: Date, issuingCountry?: string): DocumentNumberCheck {
  if (canonical === '') return refuseNumber('empty');
  if (!/^[A-Z0-9]+$/.test(canonical)) return refuseNumber('characters');
  if (canonical.length < 5 || canonical.length > 20) return refuseNumber('length');
  if (isCitizenStyleNumber(canonical, now)) return refuseNumber('other-document-type');
  if (issuingCountry === undefined) return { ok: true, canonical, key: canonical };
  if (!/^[A-Z]{3}$/.test(issuingCountry)) return refuseNumber('issuing-country');
  return { ok: true, canonical, key: `${issuingCountry}-${canonical}` };
}

/** Anything a person at the counter can read off a document, such as 军字第1234567号. */
function checkOtherNumber(canonical: string, now: Date): DocumentNumberCheck {
  if (canonical === '') return refuseNumber('empty');
  if (!/^[\p{Unified_Ideograph}A-Z0-9]+$/u.test(canonical)) return refuseNumber('characters');
  const length = [...canonical].length;
  if (length < 4 || length > 30) return refuseNumber('length');
  if (isCitizenStyleNumber(canonical, now)) return refuseNumber('other-document-type');
  return { ok: true, canonical, key: canonical };
}

/** A person who is known by an 18-character number must not get a second account by calling it something else. */
function isCitizenStyleNumber(canonical: string, now: Date): boolean {
  const checks = [checkResidentNumber, checkResidencePermitNumber, checkPermanentResidentNumber];
  return canonical.length === 18 && checks.some((check) => check(canonical, now).ok);
}

function rule(
  normalise: DocumentTypeRule['normalise'],
  check: (canonical: string, now: Date, issuingCountry?: string) => DocumentNumberCheck,
): DocumentTypeRule {
  return {
    normalise,
    check: (text, now, issuingCountry) => check(normalise(text), now, issuingCountry),
    tellsSex: false,
    inLetters: false,
  };
}
