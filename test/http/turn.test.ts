import { describe, expect, it } from '@jest/globals';
import { createMemoryTurns } from '../../adapters/memory/turns.ts';
import { Refused } from '../../src/domain/refused.ts';
import { inTurn } from '../../src/http/turn.ts';

const clock = { now: () => new Date('2026-03-01T08:00:00.000Z') };

/** Somebody who waits moves on without the clock of the machine. */
const patient = () => ({ turns: createMemoryTurns(clock), clock, wait: () => Promise.resolve() });

describe('work in turn', () => {
  it('is never done by two at once, and by all in the end', async () => {
    const deps = patient();
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      inside += 1;
      await Promise.resolve();
      seen.push(inside);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => inTurn(deps, 'form', work)));
    expect(seen).toEqual([1, 1, 1, 1, 1]);
  });

  it('on another thing waits for nobody', async () => {
    const deps = patient();
    await inTurn(deps, 'form', () => inTurn(deps, 'another', () => Promise.resolve()));
  });

  it('gives up in time, and says when to come back', async () => {
    const deps = patient();
    await inTurn(deps, 'form', async () => {
      const waiting = inTurn(deps, 'form', () => Promise.reject(new Error('this was not our turn')));
      await expect(waiting).rejects.toThrow(new Refused('service.busy'));
      await expect(waiting).rejects.toMatchObject({ status: 503, retryAfterSeconds: 5 });
    });
  });

  it('ends where the work fails, and the failure is told', async () => {
    const deps = patient();
    await expect(inTurn(deps, 'form', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await inTurn(deps, 'form', () => Promise.resolve());
  });

  it('that took too long does not end the turn of the next', async () => {
    const turns = createMemoryTurns(clock);
    let now = clock.now();
    const deps = { turns, clock: { now: () => now }, wait: () => Promise.resolve() };
    await inTurn(deps, 'form', async () => {
      now = new Date(now.getTime() + 16_000);
      expect(await turns.take('form', 'next', new Date(now.getTime() + 15_000), now)).toBe(true);
    });
    expect(await turns.take('form', 'third', new Date(now.getTime() + 15_000), now)).toBe(false);
  });
});
