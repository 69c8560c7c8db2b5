/**
 * Numbers of the travel permits of Hong Kong, Macao and Taiwan residents. None has a check character.
 */
import { applySteps, fold, halfWidth } from '../folding.ts';
import { refuseNumber } from './document-number-check.ts';
import type { DocumentNumberCheck } from './document-number-check.ts';

/**
 * Permit of Hong Kong (`H`) or Macao (`M`) residents (港澳居民来往内地通行证): letter and eight digits for life; cards
 * before 2013 print two more, the count of reissues (公安部公告 2010).
 *
 * @param canonical - compacted number
 * @param letter - Beijing registers the two as two types, so each takes only its own letter
 */
export function checkHongKongMacaoPermit(canonical: string, letter: 'H' | 'M'): DocumentNumberCheck {
  if (canonical === '') return refuseNumber('empty');
  const other = letter === 'H' ? 'M' : 'H';
  if (canonical.startsWith(other) && isPermit(canonical.slice(1))) return refuseNumber('other-document-type');
  if (!canonical.startsWith(letter)) return refuseNumber('prefix');
  if (!/^\d*$/.test(canonical.slice(1))) return refuseNumber('characters');
  if (!isPermit(canonical.slice(1))) return refuseNumber('length');
  return lifelong(canonical, 9);
}

/**
 * Compacts the number of a Taiwan permit. Booklets print the office that issued them behind the number in brackets,
 * a letter or a digit. Such a digit is dropped: without its brackets nobody could tell it from the number.
 *
 * @param text - as typed
 */
export function normaliseTaiwanPermit(text: string): string {
  const bracketedDigit = /^(\d{10})\p{Ps}\d\p{Pe}$/u;
  return fold(
    'document-number',
    applySteps(halfWidth, text)
      .replace(/[\s\p{Cf}]/gu, '')
      .replace(bracketedDigit, '$1'),
  );
}

/**
 * Permit of Taiwan residents (台湾居民来往大陆通行证): eight digits for life. Booklets issued until 2008-09-24 print ten and
 * may name the office: eight for life, two for the count of issues. They were good for five years. (Announcement of
 * the exit-entry administration, in force 2008-09-25; National Immigration Administration, 中国出入境观察 2020 No. 21.)
 *
 * @param canonical - number compacted by `normaliseTaiwanPermit`
 */
export function checkTaiwanPermit(canonical: string): DocumentNumberCheck {
  if (canonical === '') return refuseNumber('empty');
  if (!/^\d+[A-Z]?$/.test(canonical)) return refuseNumber('characters');
  if (/^\d{8}$/.test(canonical)) return lifelong(canonical, 8);
  if (/^\d{10}[A-Z]?$/.test(canonical)) return { ...lifelong(canonical, 8), outdated: true };
  return refuseNumber('length');
}

function isPermit(digits: string): boolean {
  return /^\d{8}(?:\d{2})?$/.test(digits);
}

/** A reissued permit is the same permit: only the number that stays for life makes the key. */
function lifelong(canonical: string, length: number) {
  const suffix = canonical.slice(length);
  return { ok: true, canonical, key: canonical.slice(0, length), ...(suffix && { suffix }) } as const;
}
