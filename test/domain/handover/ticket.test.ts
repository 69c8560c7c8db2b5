import { describe, expect, it } from '@jest/globals';
import { assert, infiniteStream, nat, property } from 'fast-check';
import { decided, denied, endsAt, numbersOf, scanned, stateOf, type Ticket } from '../../../src/domain/handover/ticket.ts';

const start = Date.parse('2026-03-01T08:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const anna = { accountId: 'anna', sessionUid: 'phone' };
const bert = { accountId: 'bert', sessionUid: 'tablet' };
const proof = { factors: [{ amr: 'pwd', at: start - 600_000 }], signedInAt: start - 600_000 };
const right = { ...proof, number: 42 };
const wrong = { ...proof, number: 17 };

const waiting: Ticket = {
  purpose: 'sign-in',
  browser: 'mark',
  asker: { clientId: 'housing-fund', browser: 'Chrome, Windows', place: '203.0.113.0', since: start },
  number: 42,
  choices: [17, 42, 88],
  signedInSince: undefined,
  shownUntil: start + 60_000,
  state: 'waiting',
  scan: undefined,
  confirmation: undefined,
};
const scannedByAnna = scanned(waiting, anna, at(10));
const confirmed = decided(scannedByAnna, anna, right, at(20));

describe('a ticket', () => {
  it.each<[string, Ticket, number, string]>([
    ['waits while it is shown', waiting, 59.9, 'waiting'],
    ['is over when it is shown no more', waiting, 60, 'expired'],
    ['that was scanned outlives the minute', scannedByAnna, 120, 'scanned'],
    ['leaves three minutes to decide', scannedByAnna, 189.9, 'scanned'],
    ['is over when nobody decided', scannedByAnna, 190, 'expired'],
    ['that was confirmed waits a minute for its browser', confirmed, 79.9, 'confirmed'],
    ['is over when its browser did not come', confirmed, 80, 'expired'],
    ['that was denied stays denied', denied(scannedByAnna, anna, at(20)), 9999, 'denied'],
  ])('%s', (_, ticket, seconds, state) => {
    expect(stateOf(ticket, at(seconds))).toBe(state);
  });

  it.each<[string, Ticket, number]>([
    ['waiting', waiting, 60],
    ['scanned', scannedByAnna, 190],
    ['confirmed', confirmed, 80],
  ])('says when it changes by itself: %s', (_, ticket, seconds) => {
    expect(endsAt(ticket)).toBe(at(seconds).getTime());
  });

  it('is scanned once, by one account in one session; again by the same changes nothing', () => {
    expect(scanned(scannedByAnna, anna, at(30))).toBe(scannedByAnna);
    for (const by of [bert, { ...anna, sessionUid: 'another' }]) {
      expect(() => scanned(scannedByAnna, by, at(30))).toThrow('handover.gone');
    }
    for (const over of [confirmed, denied(scannedByAnna, anna, at(20))]) {
      expect(() => scanned(over, anna, at(30))).toThrow('handover.gone');
    }
    expect(() => scanned(waiting, anna, at(60))).toThrow('handover.gone');
  });

  it('is confirmed with the right number and keeps what the phone had proved, and when', () => {
    expect(confirmed).toMatchObject({ state: 'confirmed', confirmation: { ...proof, at: at(20).getTime() } });
  });

  it('ends with a wrong number: there is no second try', () => {
    const over = decided(scannedByAnna, anna, wrong, at(20));
    expect(over.state).toBe('denied');
    expect(() => decided(over, anna, right, at(21))).toThrow('handover.gone');
  });

  it.each<[string, Ticket, typeof anna, number]>([
    ['before the scan', waiting, anna, 10],
    ['by another account', scannedByAnna, bert, 20],
    ['in another session of the account', scannedByAnna, { ...anna, sessionUid: 'other' }, 20],
    ['a second time', confirmed, anna, 21],
    ['after it was denied', denied(scannedByAnna, anna, at(20)), anna, 21],
    ['when the time to decide is over', scannedByAnna, anna, 190],
  ])('is neither confirmed nor denied %s', (_, ticket, by, seconds) => {
    expect(() => decided(ticket, by, right, at(seconds))).toThrow('handover.gone');
    expect(() => decided(ticket, by, wrong, at(seconds))).toThrow('handover.gone');
    expect(() => denied(ticket, by, at(seconds))).toThrow('handover.gone');
  });

  it('that wants a sign-in of now takes none of before, and lets its holder sign in again', () => {
    const fresh = { ...scannedByAnna, signedInSince: start };
    expect(() => decided(fresh, anna, right, at(20))).toThrow('handover.sign-in');
    expect(decided(fresh, anna, { ...right, signedInAt: start + 15_000 }, at(20)).state).toBe('confirmed');
    // A wrong number is one all the same.
    expect(decided(fresh, anna, wrong, at(20)).state).toBe('denied');
  });

  it('offers three different numbers of two digits, the right one at any place', () => {
    const places = new Set<number>();
    assert(
      property(infiniteStream(nat()), (stream) => {
        const random = (below: number) => (stream.next().value ?? 0) % below;
        // What repeats itself for ever is no source of chance.
        let drawn = 0;
        const { number, choices } = numbersOf((below) => (random(below) + drawn++) % below);
        expect(new Set(choices).size).toBe(3);
        expect(choices.every((each) => each >= 10 && each <= 99)).toBe(true);
        places.add(choices.indexOf(number));
      }),
    );
    expect(places).toEqual(new Set([0, 1, 2]));
  });
});
