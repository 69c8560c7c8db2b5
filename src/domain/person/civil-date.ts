/**
 * Civil dates: a day in the calendar without time or zone, as documents print them. "Today" is the day in
 * Asia/Shanghai, the one legal time of China, whatever the zone of the server.
 */

import { fold } from '../folding.ts';

/** `YYYY-MM-DD`, always a day that exists. Strings of this form sort in the order of time. */
export type CivilDate = string;

/** China has kept UTC+8 without summer time since 1992; only days of our own time are computed with it. */
const shanghaiOffset = '+08:00';
const shanghaiOffsetMilliseconds = 8 * 60 * 60 * 1000;

const form = /^(\d{4})-(\d{2})-(\d{2})$/;
const compactForm = /^(\d{4})(\d{2})(\d{2})$/;

/**
 * Reads a day that exists in the Gregorian calendar.
 *
 * @param text - `YYYY-MM-DD` as pages send it, or `YYYYMMDD` as document numbers and authorities write it
 * @returns the day, or undefined if the form is another one or the day does not exist (2023-02-29)
 */
export function parseCivilDate(text: string): CivilDate | undefined {
  const [, year, month, day] = form.exec(text) ?? compactForm.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (Number(year) < 1 || Number(day) < 1 || Number(day) > daysInMonth(Number(year), Number(month))) return undefined;
  return `${year}-${month}-${day}`;
}

/**
 * The same from a form, as people write days: `2018/6/6`, `2018年6月6日`, in full width.
 *
 * @param text - as typed
 */
export function readCivilDate(text: string): CivilDate | undefined {
  return parseCivilDate(fold('date', text));
}

/**
 * Orders two days: negative if `left` is earlier, 0 if they are the same, positive if `left` is later.
 */
export function compareCivilDates(left: CivilDate, right: CivilDate): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * The day it is in China at a moment.
 *
 * @param now - any moment since 1992
 */
export function todayInShanghai(now: Date): CivilDate {
  return new Date(now.getTime() + shanghaiOffsetMilliseconds).toISOString().slice(0, 10);
}

/**
 * The last moment of a day in China. A document that is valid "until" a day is still valid on that day.
 */
export function endOfDay(date: CivilDate): Date {
  return new Date(`${date}T23:59:59.999${shanghaiOffset}`);
}

/**
 * The same day so many years later. 29 February becomes 28 February where the year has none: a period whose
 * last month lacks the day ends on the last day of that month (Civil Code, article 202).
 *
 * @param years - may be negative
 */
export function addYears(date: CivilDate, years: number): CivilDate {
  const { year, month, day } = split(date);
  const later = year + years;
  return join(later, month, Math.min(day, daysInMonth(later, month)));
}

/**
 * Age in completed years (周岁). The birthday itself counts, as on identity cards and in everyday use; the
 * criminal law counts from the day after, which no rule of ours follows. Somebody not yet born is below 0.
 *
 * @param birthDate - the day of birth
 * @param on - the day at which the age is asked, usually `todayInShanghai(now)`
 */
export function ageOn(birthDate: CivilDate, on: CivilDate): number {
  const years = split(on).year - split(birthDate).year;
  return compareCivilDates(addYears(birthDate, years), on) > 0 ? years - 1 : years;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function split(date: CivilDate): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

function join(year: number, month: number, day: number): CivilDate {
  const padded = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')];
  return padded.join('-');
}
