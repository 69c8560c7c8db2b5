import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { addYears, ageOn, compareCivilDates, endOfDay, parseCivilDate, todayInShanghai } from '../../../src/domain/person/civil-date.ts';

const date = fc
  .date({ min: new Date('1800-01-01T00:00:00Z'), max: new Date('2200-12-31T00:00:00Z'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));

describe('parseCivilDate', () => {
  it.each([
    ['a day as pages send it', '2026-11-22', '2026-11-22'],
    ['a day as document numbers hold it', '20261122', '2026-11-22'],
    ['29 February of a leap year', '2024-02-29', '2024-02-29'],
    ['29 February of a century that is a leap year', '2000-02-29', '2000-02-29'],
  ])('reads %s', (_, text, expected) => {
    expect(parseCivilDate(text)).toBe(expected);
  });

  it.each([
    ['29 February of a common year', '2023-02-29'],
    ['29 February of a century that is none', '1900-02-29'],
    ['31 April', '2026-04-31'],
    ['month 13', '2026-13-01'],
    ['month 0', '2026-00-10'],
    ['day 0', '2026-01-00'],
    ['year 0', '0000-01-01'],
    ['a day without leading zeros', '2026-1-2'],
    ['slashes', '2026/01/02'],
    ['a moment', '2026-01-02T00:00:00Z'],
    ['a line break behind it', '2026-01-02\n'],
    ['half the dashes', '2026-0102'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseCivilDate(text)).toBeUndefined();
  });

  it('reads every day that exists', () => {
    fc.assert(fc.property(date, (day) => expect(parseCivilDate(day.replaceAll('-', ''))).toBe(day)));
  });
});

describe('compareCivilDates', () => {
  it.each([
    ['the earlier day is first', '2025-12-31', '2026-01-01', -1],
    ['the later day is last', '2026-02-01', '2026-01-31', 1],
    ['a day equals itself', '2026-01-31', '2026-01-31', 0],
  ])('%s', (_, left, right, order) => {
    expect(compareCivilDates(left, right)).toBe(order);
  });
});

describe('todayInShanghai', () => {
  it.each([
    ['still the same day one millisecond before midnight', '2026-11-22T15:59:59.999Z', '2026-11-22'],
    ['the next day at midnight in Shanghai', '2026-11-22T16:00:00.000Z', '2026-11-23'],
    ['the next year at midnight in Shanghai', '2026-12-31T16:00:00.000Z', '2027-01-01'],
  ])('is %s', (_, now, today) => {
    expect(todayInShanghai(new Date(now))).toBe(today);
  });
});

describe('endOfDay', () => {
  it('is the last moment that is still that day in Shanghai', () => {
    fc.assert(
      fc.property(date, (day) => {
        const end = endOfDay(day);
        expect(todayInShanghai(end)).toBe(day);
        expect(compareCivilDates(todayInShanghai(new Date(end.getTime() + 1)), day)).toBe(1);
      }),
    );
  });
});

describe('addYears', () => {
  it.each([
    ['2026-11-22', 10, '2036-11-22'],
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['2026-11-22', -20, '2006-11-22'],
  ])('%s and %i years is %s', (from, years, to) => {
    expect(addYears(from, years)).toBe(to);
  });

  it('always gives a day that exists', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -200, max: 200 }), (from, years) => {
        const to = addYears(from, years);
        expect(parseCivilDate(to)).toBe(to);
      }),
    );
  });
});

describe('ageOn', () => {
  it.each([
    ['the day before the 14th birthday a child is 13', '2012-11-23', '2026-11-22', 13],
    ['on the 14th birthday it is 14', '2012-11-22', '2026-11-22', 14],
    ['somebody born on 29 February comes of age on 28 February', '2008-02-29', '2022-02-28', 14],
    ['and not the day before', '2008-02-29', '2022-02-27', 13],
    ['a newborn is 0', '2026-11-22', '2026-11-22', 0],
    ['a date in the future is below 0', '2026-11-23', '2026-11-22', -1],
  ])('%s', (_, birthDate, on, age) => {
    expect(ageOn(birthDate, on)).toBe(age);
  });

  it('grows by one exactly on the birthday', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: 0, max: 150 }), (birthDate, years) => {
        expect(ageOn(birthDate, addYears(birthDate, years))).toBe(years);
      }),
    );
  });
});
