/**
 * What every check of a document number answers, whatever the type of the document.
 */
import type { CivilDate } from './civil-date.ts';

/**
 * Why a document number is refused, part of a locale key, so that a page can say exactly what is wrong.
 *
 * `other-document-type` means that the number is well-formed but belongs to another type of document, which the
 * person should choose: one number must not be registered twice under two types.
 */
export type DocumentNumberReason =
  | 'empty'
  | 'characters'
  | 'length'
  | 'prefix'
  | 'province'
  | 'birth-date'
  | 'future-birth-date'
  | 'check-character'
  | 'legacy-15-digits'
  | 'other-document-type'
  | 'issuing-country';

/** What a well-formed number tells. */
export interface DocumentNumber {
  ok: true;
  /** The number as the document prints it, compacted: what is stored (encrypted) and sent to identity sources. */
  canonical: string;
  /** What uniqueness is judged by, within one type of document: it stays the same when a permit is reissued. */
  key: string;
  /** The part of `canonical` behind the lifelong number of a permit: reissue count, issuing office. */
  suffix?: string;
  sex?: 'male' | 'female';
  birthDate?: CivilDate;
  /** A format that is no longer issued and whose last documents have expired: only good for matching old records. */
  outdated?: true;
}

export type DocumentNumberCheck = DocumentNumber | { ok: false; reason: DocumentNumberReason };

/** A refusal, for the checks of the single types. */
export function refuseNumber(reason: DocumentNumberReason): { ok: false; reason: DocumentNumberReason } {
  return { ok: false, reason };
}
