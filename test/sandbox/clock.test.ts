import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clockOffset, installClock, setOffset } from '../../sandbox/clock.ts';

const hour = 3600;
const MachineDate = Date;
const machineNow = Date.now;
const madeBefore = new Date();
const ofTheMachine: unknown[] = [Reflect.get(performance, 'now'), performance.timeOrigin, setTimeout, setInterval];

/** Milliseconds between the moved clock and the machine's, to the second. */
const ahead = (moved: number) => Math.round((moved - machineNow.call(MachineDate)) / 1000);

describe('the moved clock', () => {
  beforeAll(() => installClock(hour));
  afterAll(() => {
    setOffset(0);
    globalThis.Date = MachineDate;
    MachineDate.now = machineNow;
    MachineDate.prototype.constructor = MachineDate;
  });

  it('is ahead in every way of asking for now', () => {
    setOffset(hour);
    const asked = [Date.now(), new Date().getTime(), Reflect.construct(Date, []).getTime()];
    expect(asked.map(ahead)).toEqual([hour, hour, hour]);
    // As text it has whole seconds only.
    expect(hour - ahead(Date.parse(Date()))).toBeLessThanOrEqual(1);
    expect(clockOffset()).toBe(hour);
  });

  it('can be moved again and again, and installed twice without moving twice', () => {
    setOffset(2 * hour);
    installClock(3 * hour);
    expect(ahead(Date.now())).toBe(3 * hour);
    expect(ahead(new Date().getTime())).toBe(3 * hour);
  });

  it('leaves dates made from a value as they are', () => {
    expect(new Date(0).getTime()).toBe(0);
    expect(new Date('2026-11-22T00:00:00Z').toISOString()).toBe('2026-11-22T00:00:00.000Z');
    expect(new Date(2026, 10, 22, 8).getHours()).toBe(8);
    expect(new Date(Number.NaN).getTime()).toBeNaN();
    expect(Date.UTC(2026, 10, 22)).toBe(MachineDate.UTC(2026, 10, 22));
  });

  it('knows dates of either clock by instanceof and by constructor', () => {
    const now = new Date();
    expect([now instanceof Date, now instanceof MachineDate, madeBefore instanceof Date]).toEqual([true, true, true]);
    expect([now.constructor, madeBefore.constructor]).toEqual([Date, Date]);
    expect(Object.prototype.toString.call(now)).toBe('[object Date]');
  });

  it('lets classes extend it', () => {
    class Birthday extends Date {
      age(): number {
        return 1;
      }
    }
    setOffset(hour);
    const birthday = new Birthday();
    expect(ahead(birthday.getTime())).toBe(hour);
    expect(birthday.age()).toBe(1);
    expect([birthday instanceof Birthday, birthday instanceof Date, new Date() instanceof Birthday]).toEqual([true, true, false]);
  });

  it('moves neither performance nor timers: they are the ones of the machine, not ours', () => {
    setOffset(24 * hour);
    expect([Reflect.get(performance, 'now'), performance.timeOrigin, setTimeout, setInterval]).toEqual(ofTheMachine);
  });
});
