/**
 * Every record carries its own expiry, judged by the moment the caller passes. What Redis is told to
 * forget is only garbage collection, so it gets slack: clocks of machines differ, and a moved clock
 * of a test must never find a record gone too early.
 */
export const SLACK_MS = 5 * 60_000;

/** How long Redis keeps a record, in milliseconds. */
export function keepMs(expiresAt: Date, now: Date): number {
  return Math.max(expiresAt.getTime() - now.getTime(), 0) + SLACK_MS;
}

/** A text with its own expiry in front. */
export function stamped(text: string, expiresAt: Date): string {
  return `${expiresAt.getTime()} ${text}`;
}

/** The text, unless it ended at or before `now`. */
export function unstamped(stored: string | null, now: Date): string | undefined {
  if (stored === null) return undefined;
  const space = stored.indexOf(' ');
  return Number(stored.slice(0, space)) > now.getTime() ? stored.slice(space + 1) : undefined;
}
