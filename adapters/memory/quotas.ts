import { randomUUID } from 'node:crypto';
import { secondsAfter, systemClock } from '../../src/domain/clock.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { QuotaRule, QuotaStore } from '../../src/domain/short-lived.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Use {
  readonly at: number;
  readonly ticket: string;
}

/**
 * Sliding windows in memory: a use counts from its moment until exactly `windowSeconds` later. A rule
 * holds as many uses as its limit, never more.
 *
 * @param clock - only decides when memory of ended windows may be given back
 */
export function createMemoryQuotas(clock: Clock = systemClock): QuotaStore {
  const windows = new ExpiringMap<readonly Use[]>(clock);

  return {
    async take(rules, now) {
      const counted = rules.map((rule) => usesInWindow(rule, windows.peek(windowKey(rule)) ?? [], now));
      for (const [index, rule] of rules.entries()) {
        const uses = counted[index] ?? [];
        if (uses.length >= rule.limit) {
          return { ok: false, rule: index, retryAfterSeconds: secondsUntilRoom(rule, uses, now) };
        }
      }

      const use = { at: now.getTime(), ticket: randomUUID() };
      for (const [index, rule] of rules.entries()) {
        const uses = [...(counted[index] ?? []), use];
        windows.set(windowKey(rule), uses, secondsAfter(now, rule.windowSeconds));
      }
      return { ok: true, ticket: use.ticket };
    },

    async giveBack(rules, ticket) {
      for (const rule of rules) {
        const uses = windows.peek(windowKey(rule))?.filter((use) => use.ticket !== ticket) ?? [];
        const latest = uses.at(-1);
        if (latest) windows.set(windowKey(rule), uses, secondsAfter(new Date(latest.at), rule.windowSeconds));
        else windows.delete(windowKey(rule));
      }
    },
  };
}

/** One key may be limited over several windows at once; each is a window of its own. */
function windowKey(rule: QuotaRule): string {
  return `${rule.windowSeconds}:${rule.key}`;
}

function usesInWindow(rule: QuotaRule, uses: readonly Use[], now: Date): readonly Use[] {
  const start = now.getTime() - rule.windowSeconds * 1000;
  return uses.filter(({ at }) => at > start);
}

/** Whole seconds until the oldest use that stands in the way leaves the window. */
function secondsUntilRoom(rule: QuotaRule, uses: readonly Use[], now: Date): number {
  const leaving = uses[uses.length - rule.limit];
  if (!leaving) return rule.windowSeconds;
  return Math.ceil((leaving.at + rule.windowSeconds * 1000 - now.getTime()) / 1000);
}
