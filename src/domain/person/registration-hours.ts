import type { RegistrationHours } from '../policy.ts';
import type { DocumentType } from './document-number.ts';

/**
 * Some may register during the hours of the offices only (REG-35): holders of resident identity cards that another
 * province issued. Where a card was issued stands in its first two digits, so nobody has to ask for it.
 */

/** Minutes since midnight in China, which has one legal time and no summer time. */
function minuteOfDay(now: Date): number {
  return Math.floor(now.getTime() / 60_000 + 8 * 60) % 1440;
}

function minutesOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

/** Whether the hours are running; those that close before they open run over midnight. */
export function withinHours({ opens, closes }: RegistrationHours, now: Date): boolean {
  const [from, until, minute] = [minutesOf(opens), minutesOf(closes), minuteOfDay(now)];
  return from <= until ? from <= minute && minute < until : minute >= from || minute < until;
}

/** Seconds until the hours run again; 0 while they do. */
export function secondsUntilOpen(hours: RegistrationHours, now: Date): number {
  if (withinHours(hours, now)) return 0;
  const minutes = (minutesOf(hours.opens) - minuteOfDay(now) + 1440) % 1440;
  return minutes * 60 - (Math.floor(now.getTime() / 1000) % 60);
}

/** Whether the hours are anything to the holder of this document. */
export function boundToHours(
  { exemptProvince }: RegistrationHours,
  document: { readonly type: DocumentType; readonly number: string },
): boolean {
  return document.type === 'resident-id-card' && !document.number.startsWith(exemptProvince);
}
