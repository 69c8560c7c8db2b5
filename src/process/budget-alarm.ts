import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { OtpDeps } from '../domain/authenticator/otp.ts';
import type { Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';

/** One line a minute and process: whoever floods us must not flood the log as well. */
const lineEverySeconds = 60;

/** Counts the text messages that were refused because those of all people are used up, and says so in the log. */
export function createBudgetAlarm({
  metrics,
  log,
  clock,
}: {
  readonly metrics: Pick<Metrics, 'smsRefused'>;
  readonly log: Log;
  readonly clock: Clock;
}): OtpDeps['budgetReached'] {
  const quietUntil = new Map<string, Date>();
  return (asker) => {
    metrics.smsRefused(asker);
    const now = clock.now();
    if ((quietUntil.get(asker) ?? now) > now) return;
    quietUntil.set(asker, secondsAfter(now, lineEverySeconds));
    log.warn('sms.budget-reached', { reason: asker });
  };
}
