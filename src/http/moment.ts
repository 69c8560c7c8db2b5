import type { Locale } from './page-model.ts';

/** A moment as people read it, on the clock of China. */
export function momentText(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' }).format(at);
}

/** The day of it in China, as somebody reads it. */
export function dayText(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
}
