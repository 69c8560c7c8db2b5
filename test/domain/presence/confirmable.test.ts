import { describe, expect, it } from '@jest/globals';
import { thingOf, type AccountChange, type Old, type UndoableAct } from '../../../src/domain/presence/change.ts';
import { confirmable, confirmations } from '../../../src/domain/presence/confirmable.ts';
import type { Strength } from '../../../src/domain/presence/strength.ts';

const frozenAt = new Date('2026-11-22T04:00:00Z');
const hours = (count: number) => new Date(frozenAt.getTime() + count * 3_600_000);

function frozen(act: UndoableAct, by: Strength, kept: Old | undefined = {}, hour = -1): AccountChange {
  const none = { addedId: undefined, returnedAt: undefined, confirmedAt: undefined };
  return { id: act + hour, accountId: 'a', act, by, old: {}, kept, madeAt: hours(hour), expiresAt: hours(167), frozenAt, ...none };
}

const things = (...changes: AccountChange[]) => confirmable(changes).map(({ thing }) => thing);

describe('what of a frozen account its owner may put back in force', () => {
  it('never by what the mobile or the number of a document proves, and never a password by a password', () => {
    const table = Object.entries(confirmations).map(([thing, { strength, code }]) => [thing, strength, code]);
    expect(table).toEqual([
      ['mobile', 'password', 'new'],
      ['email', 'password', 'in-force'],
      ['username', 'password', 'in-force'],
      ['password', 'passkey', 'in-force'],
      ['passkey', 'password', 'in-force'],
      ['binding', 'password', 'in-force'],
      ['totp', 'password', 'in-force'],
      ['spent', 'password', 'in-force'],
    ]);
    expect(Object.keys(confirmations).toSorted()).toEqual([...new Set(Object.values(thingOf))].toSorted());
  });

  it.each<[string, AccountChange[], string[]]>([
    ['one mobile', [frozen('mobile.change', 'password')], ['mobile']],
    ['the mobile before anything else', [frozen('email.change', 'password'), frozen('mobile.change', 'password')], ['mobile']],
    [
      'each thing by itself, in the order of the table',
      [frozen('totp.set-up', 'password'), frozen('passkey.add', 'password'), frozen('email.change', 'password')],
      ['email', 'passkey', 'totp'],
    ],
    [
      'a change and a recovery of the password at once',
      [frozen('password.change', 'password'), frozen('password.recover', 'mobile-plus')],
      ['password'],
    ],
    ['what is spent with the rest', [frozen('totp.remove', 'password'), frozen('username.change', 'password')], ['username']],
    ['what is spent alone', [frozen('passkey.remove', 'password'), frozen('recovery-codes.make', 'mobile-plus')], ['spent']],
    ['nothing of what an earlier version froze, which kept nothing', [frozen('mobile.change', 'password', undefined)], []],
    ['nothing', [], []],
  ])('%s', (_, changes, expected) => {
    // A default takes the place of what is not given.
    const all = changes.map((each) => (expected.length === 0 ? { ...each, kept: undefined } : each));
    expect(things(...all)).toEqual(expected);
  });

  it('of several changes of one thing what the last of them had set', () => {
    const [one] = confirmable([
      frozen('mobile.change', 'mobile-plus', { mobile: 'B' }, -3),
      frozen('mobile.change', 'mobile-plus', { mobile: 'C' }, -2),
    ]);
    expect([one?.kept, one?.changes.length]).toEqual([{ mobile: 'C' }, 2]);
  });

  it.each<[UndoableAct, Strength, number]>([
    ['mobile.change', 'mobile-plus', 0],
    ['mobile.change', 'password', 2],
    ['mobile.change', 'passkey', 0],
    ['email.change', 'password', 0],
    ['totp.set-up', 'password', 0],
  ])('%s by %s not before %d hours have gone', (act, by, wait) => {
    expect(confirmable([frozen(act, by)])[0]?.from).toEqual(hours(wait));
  });
});
