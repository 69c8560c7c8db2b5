import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { QuotaResult, QuotaRule, QuotaStore } from '../../src/domain/short-lived.ts';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

function rule(limit: number, windowSeconds: number, key: string = randomUUID()): QuotaRule {
  return { key, limit, windowSeconds };
}

describe.each(backends)('quotas in $name', ({ quotas }) => {
  it.each([
    { limit: 5, takers: 100 },
    { limit: 20, takers: 300 },
    { limit: 1, takers: 8 },
  ])('lets exactly $limit of $takers pass who come at once', async ({ limit, takers }) => {
    const rules = [rule(limit, 60)];
    const results = await Promise.all(Array.from({ length: takers }, () => quotas.take(rules, now)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(limit);
  });

  it('counts a use until exactly the length of the window has passed', async () => {
    const rules = [rule(1, 60)];
    await quotas.take(rules, now);
    expect(await quotas.take(rules, new Date(at(60).getTime() - 1))).toMatchObject({ ok: false, retryAfterSeconds: 1 });
    expect(await quotas.take(rules, at(60))).toMatchObject({ ok: true });
  });

  it('lets no more through around the edge of a window than within it', async () => {
    const rules = [rule(5, 60)];
    const moments = [50, 51, 52, 53, 54, 61, 62, 63, 64, 65];
    const passed = [];
    for (const second of moments) passed.push((await quotas.take(rules, at(second))).ok);
    expect(passed).toEqual([true, true, true, true, true, false, false, false, false, false]);
  });

  it('names the seconds to wait, after which there is room and before which there is none', async () => {
    const rules = [rule(2, 60)];
    await quotas.take(rules, now);
    await quotas.take(rules, at(7));
    expect(await quotas.take(rules, at(10))).toEqual({ ok: false, rule: 0, retryAfterSeconds: 50 });
    expect(await quotas.take(rules, at(59))).toMatchObject({ ok: false, retryAfterSeconds: 1 });
    expect(await quotas.take(rules, at(60))).toMatchObject({ ok: true });
    expect(await quotas.take(rules, at(60))).toEqual({ ok: false, rule: 0, retryAfterSeconds: 7 });
  });

  it('records nothing for any rule when one has no room, and names the first such rule', async () => {
    const [free, full, fullToo] = [rule(1, 60), rule(1, 60), rule(1, 600)];
    await quotas.take([full, fullToo], now);
    expect(await quotas.take([free, full, fullToo], now)).toEqual({ ok: false, rule: 1, retryAfterSeconds: 60 });
    expect(await quotas.take([free, fullToo], now)).toEqual({ ok: false, rule: 1, retryAfterSeconds: 600 });
    expect(await quotas.take([free], now)).toMatchObject({ ok: true });
  });

  it('limits one key over several windows at once', async () => {
    const key = randomUUID();
    const rules = [rule(1, 60, key), rule(2, 3600, key)];
    expect(await quotas.take(rules, now)).toMatchObject({ ok: true });
    expect(await quotas.take(rules, at(59))).toMatchObject({ ok: false, rule: 0, retryAfterSeconds: 1 });
    expect(await quotas.take(rules, at(60))).toMatchObject({ ok: true });
    expect(await quotas.take(rules, at(120))).toMatchObject({ ok: false, rule: 1, retryAfterSeconds: 3480 });
  });

  it('gives back what one take recorded, in every rule, and only once', async () => {
    const rules = [rule(2, 60), rule(2, 600)];
    const first = await quotas.take(rules, now);
    await quotas.take(rules, now);
    await giveBack(quotas, rules, first);
    await giveBack(quotas, rules, first);
    expect(await quotas.take(rules, now)).toMatchObject({ ok: true });
    expect(await quotas.take(rules, now)).toMatchObject({ ok: false });
  });

  it('gives nothing back for a ticket it does not know', async () => {
    const rules = [rule(1, 60)];
    await quotas.take(rules, now);
    await quotas.giveBack(rules, randomUUID());
    expect(await quotas.take(rules, now)).toMatchObject({ ok: false });
  });

  it('lets nobody pass where the limit is zero, and everybody where there is no rule', async () => {
    expect(await quotas.take([rule(0, 60)], now)).toEqual({ ok: false, rule: 0, retryAfterSeconds: 60 });
    expect(await quotas.take([], now)).toMatchObject({ ok: true });
  });

  it('obeys a limit that was lowered while uses were on record', async () => {
    const key = randomUUID();
    for (const second of [0, 1, 2, 3]) await quotas.take([rule(4, 60, key)], at(second));
    expect(await quotas.take([rule(2, 60, key)], at(10))).toEqual({ ok: false, rule: 0, retryAfterSeconds: 52 });
    expect(await quotas.take([rule(2, 60, key)], at(62))).toMatchObject({ ok: true });
  });

  it('answers like a list of all uses ever made', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(anyStep, { maxLength: 30 }), async (some, steps) => {
        const rules = some.map(([limit, windowSeconds]) => rule(limit, windowSeconds));
        const model = new EveryUse();
        const tickets: string[] = [];
        let moment = now;
        for (const { wait, giveBack: back } of steps) {
          moment = secondsAfter(moment, wait);
          const ticket = back === undefined ? undefined : tickets[back];
          if (ticket !== undefined) {
            await quotas.giveBack(rules, ticket);
            model.giveBack(ticket);
            continue;
          }
          const result = await quotas.take(rules, moment);
          expect({ ...result, ticket: undefined }).toEqual({ ...model.take(rules, moment), ticket: undefined });
          if (!result.ok) continue;
          model.record(result.ticket, moment);
          tickets.push(result.ticket);
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function giveBack(quotas: QuotaStore, rules: readonly QuotaRule[], taken: QuotaResult): Promise<void> {
  expect(taken.ok).toBe(true);
  if (taken.ok) await quotas.giveBack(rules, taken.ticket);
}

const limits = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 12 })), {
  minLength: 1,
  maxLength: 3,
});

const anyStep = fc.record({
  wait: fc.constantFrom(0, 0.001, 0.5, 1, 1.999, 3, 11),
  giveBack: fc.option(fc.nat({ max: 5 }), { nil: undefined, freq: 5 }),
});

/** The rule of the port, without any cleverness. */
class EveryUse {
  #uses: { readonly ticket: string; readonly at: Date }[] = [];

  take(rules: readonly QuotaRule[], moment: Date): { ok: boolean; rule?: number; retryAfterSeconds?: number } {
    for (const [index, { limit, windowSeconds }] of rules.entries()) {
      const roomAt = (when: Date): boolean => this.#uses.filter(({ at: used }) => secondsAfter(used, windowSeconds) > when).length < limit;
      if (roomAt(moment)) continue;
      let seconds = 1;
      while (seconds < windowSeconds && !roomAt(secondsAfter(moment, seconds))) seconds += 1;
      return { ok: false, rule: index, retryAfterSeconds: seconds };
    }
    return { ok: true };
  }

  record(ticket: string, moment: Date): void {
    this.#uses.push({ ticket, at: moment });
  }

  giveBack(ticket: string): void {
    this.#uses = this.#uses.filter((use) => use.ticket !== ticket);
  }
}
