import { describe, expect, it } from '@jest/globals';
import { bankCardCheckDigit, checkBankCardNumber } from '../../src/domain/person/bank-card-number.ts';
import { ageOn } from '../../src/domain/person/civil-date.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';
import { checkMobile } from '../../src/domain/person/mobile.ts';
import { checkPersonName, hasRareCharacter } from '../../src/domain/person/person-name.ts';
import { generatedPeopleCount, generatedPerson, generatedPersonWith } from '../../sandbox/generated-people.ts';
import { createPeople, scriptedPeople } from '../../sandbox/people.ts';

const today = '2026-11-22';
const clock = { now: () => new Date('2026-11-22T04:00:00Z') };
const people = scriptedPeople(today);
const each = people.map((person) => [person.id, person] as const);

const outcomes = ['match', 'mismatch', 'no-record', 'invalid', 'unavailable', 'over-quota', 'refused', 'pending'];

describe('the scripted people', () => {
  it.each(each)('%s has a document, name, mobile and cards that could be real', (_, person) => {
    const document = documentTypes[person.document.type].check(person.document.number, clock.now());
    const { birthDate, sex } = person;
    // What the number tells, and nothing where it tells nothing.
    expect({ birthDate, sex, ...document }).toMatchObject({ ok: true, canonical: person.document.number, birthDate, sex });
    expect(person.document.validFrom < today).toBe(true);
    expect(person.document.validUntil === 'long-term' || person.document.validUntil > today).toBe(true);
    expect(checkPersonName(person.name)).toMatchObject({ ok: true, canonical: person.name });
    expect(checkMobile(person.mobile)).toEqual({ ok: true, canonical: person.mobile });
    expect(outcomes).toContain(person.outcome);
    for (const card of person.bankCards) {
      expect(card.number).toMatch(/^\d{13,19}$/);
      expect(card.number.at(-1)).toBe(bankCardCheckDigit(card.number.slice(0, -1)));
      expect(checkMobile(card.reservedMobile).ok).toBe(true);
      expect(outcomes).toContain(card.outcome);
      expect(card.kind === 'credit' ? card.class : ['I', 'II', 'III'].includes(card.class ?? '')).not.toBe(false);
      expect(card.plays['zh-CN'] && card.plays.en).toBeTruthy();
    }
    expect(person.plays['zh-CN'] && person.plays.en).toBeTruthy();
  });

  it('share no id, document, mobile, card or username', () => {
    for (const values of [
      people.map((person) => person.id),
      people.map((person) => person.document.number),
      people.map((person) => person.mobile),
      people.flatMap((person) => person.bankCards.map((card) => card.number)),
      people.flatMap((person) => person.account?.username ?? []),
    ]) {
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it('play every answer of an authority at least twice and every type of document', () => {
    for (const scenario of [...outcomes, 'rare-character', 'minority-name', 'minor', 'taken', 'unactivated']) {
      expect(people.filter((person) => person.scenario === scenario).length).toBeGreaterThanOrEqual(2);
    }
    const types = new Set(people.map((person) => person.document.type));
    expect([...types].sort()).toEqual([
      'foreign-permanent-resident',
      'hk-permit',
      'hmt-residence-permit',
      'macao-permit',
      'resident-id-card',
      'taiwan-permit',
    ]);
    const withoutAccount = people.filter((person) => person.scenario === 'match' && !person.account);
    expect(withoutAccount.length).toBeGreaterThanOrEqual(10);
  });

  it('include 张伟 of the start page', () => {
    expect(people.find((person) => person.id === 'zhangwei')).toMatchObject({
      name: '张伟',
      mobile: '13800000001',
      account: { username: 'zhangwei', level: 'L2' },
      document: { type: 'resident-id-card' },
    });
  });

  it('with rare characters have no record, because the register stores a sign in their place', () => {
    for (const person of people.filter(({ scenario }) => scenario === 'rare-character')) {
      expect(hasRareCharacter(person.name)).toBe(true);
      expect(person.outcome).toBe('no-record');
    }
  });

  it.each(['2026-01-01', '2026-12-31', '2031-06-15'])('include minors of 13 and 16 with valid cards on %s', (day) => {
    const minors = scriptedPeople(day).filter((person) => person.scenario === 'minor');
    expect(minors.map((person) => ageOn(person.birthDate, day))).toEqual([13, 16]);
    for (const { document, birthDate } of minors) {
      const check = documentTypes[document.type].check(document.number, new Date(`${day}T04:00:00Z`));
      expect(check).toMatchObject({ ok: true, birthDate });
      expect(document.validFrom < day && document.validUntil > day).toBe(true);
    }
  });

  it('are found by their document and by their cards', () => {
    const known = createPeople(clock);
    for (const person of known.scripted) {
      expect(known.find(person.document.type, person.document.number)).toBe(person);
      for (const card of person.bankCards) expect(known.findCard(card.number)).toEqual({ person, card });
    }
    expect(known.find('hk-permit', 'H09900002')?.name).toBe('黄咏诗');
    expect(known.find('hk-permit', 'H0990000203')?.name).toBe('黄咏诗');
    expect(known.find('macao-permit', 'H09900002')).toBeUndefined();
    expect(known.find('resident-id-card', '11010519491231002X')).toBeUndefined();
    expect(known.findCard('6228480402564890018')).toBeUndefined();
  });
});

describe('generated people', () => {
  const ordinals = [0, 1, 7, 998, 999, 1_000_000, 10_946_042, 123_456_789, generatedPeopleCount - 1];

  it.each(ordinals)('number %d has documents and a mobile that could be real', (ordinal) => {
    const person = generatedPerson(ordinal);
    expect(documentTypes['resident-id-card'].check(person.document.number, clock.now())).toMatchObject({
      ok: true,
      birthDate: person.birthDate,
      sex: person.sex,
    });
    expect(checkMobile(person.mobile).ok).toBe(true);
    expect(checkPersonName(person.name).ok).toBe(true);
  });

  it.each(ordinals)('number %d is known by the document alone', (ordinal) => {
    const person = generatedPerson(ordinal);
    expect(generatedPersonWith('resident-id-card', person.document.number)).toEqual(person);
    expect(createPeople(clock).find('resident-id-card', person.document.number)).toEqual(person);
  });

  it.each(ordinals)('number %d has a class I debit card whose bank knows the mobile, and is known by it alone', (ordinal) => {
    const person = generatedPerson(ordinal);
    const [card] = person.bankCards;
    expect(card).toMatchObject({ kind: 'debit', class: 'I', reservedMobile: person.mobile, outcome: 'match' });
    const { number = '' } = card ?? {};
    expect(checkBankCardNumber(number)).toEqual({ ok: true, canonical: number, lastFour: number.slice(-4) });
    expect(createPeople(clock).findCard(number)).toEqual({ person, card });
  });

  it('are all different', () => {
    const some = Array.from({ length: 20_000 }, (_, ordinal) => generatedPerson(ordinal));
    expect(new Set(some.map((person) => person.bankCards[0]?.number)).size).toBe(some.length);
    expect(new Set(some.map((person) => person.document.number)).size).toBe(some.length);
    expect(new Set(some.map((person) => person.mobile)).size).toBe(some.length);
  });

  it('are nobody for numbers that were not given out', () => {
    for (const number of ['419999199001010014', '41990019900101000X', '419900195912310011', '419900', '4199xx199001010011']) {
      expect(generatedPersonWith('resident-id-card', number)).toBeUndefined();
    }
    for (const number of ['6299100000000000002', '6299199999999999999', '62991', '629910000000000', '62991x00000000000x0']) {
      expect(createPeople(clock).findCard(number)).toBeUndefined();
    }
    expect(() => generatedPerson(-1)).toThrow(RangeError);
    expect(() => generatedPerson(generatedPeopleCount)).toThrow(RangeError);
  });
});
