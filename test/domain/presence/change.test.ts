import { describe, expect, it } from '@jest/globals';
import { newChange, takenWith, tokenIndexOf, type AccountChange, type Old, type UndoableAct } from '../../../src/domain/presence/change.ts';
import type { Strength } from '../../../src/domain/presence/strength.ts';
import type { Vault } from '../../../src/domain/vault.ts';

const day = 86_400;
const start = new Date('2026-11-22T04:00:00Z');
const hours = (count: number) => new Date(start.getTime() + count * 3_600_000);

function change(id: string, act: UndoableAct, by: Strength, hour: number, old: Old = {}, addedId?: string): AccountChange {
  const madeAt = hours(hour);
  const none = { frozenAt: undefined, kept: undefined, returnedAt: undefined, confirmedAt: undefined };
  return { id, accountId: 'a', act, by, old, addedId, madeAt, expiresAt: hours(hour + 168), ...none };
}

const taken = (one: AccountChange, open: readonly AccountChange[]) => {
  const { changes, ...rest } = takenWith(one, open, day);
  return { ...rest, changes: changes.map(({ id }) => id) };
};
const nothing = { password: false, addedIds: [], totp: false, recoveryCodes: false };

describe('what freezes with a change', () => {
  it('itself, and what was there before it', () => {
    const one = change('1', 'mobile.change', 'password', 0, { mobile: 'A' });
    expect(taken(one, [one])).toEqual({ ...nothing, changes: ['1'], old: { mobile: 'A' } });
  });

  it('every later change of the same thing, back to what was there before all of them', () => {
    const open = [
      change('1', 'mobile.change', 'password', 0, { mobile: 'A' }),
      change('2', 'mobile.change', 'password', 50, { mobile: 'B' }),
      change('3', 'username.change', 'password', 60, { username: 'U' }),
    ];
    expect(taken(open[0]!, open)).toEqual({ ...nothing, changes: ['1', '2'], old: { mobile: 'A' } });
    // Who has the number of in between takes back only what came after it.
    expect(taken(open[1]!, open)).toEqual({ ...nothing, changes: ['2'], old: { mobile: 'B' } });
  });

  it('everything that was done by less than a password since, and on the day before', () => {
    const open = [
      change('long ago', 'totp.set-up', 'mobile', -25),
      change('passkey', 'passkey.add', 'mobile-plus', -20, {}, 'key'),
      change('strong', 'email.change', 'password', -1, { email: null }),
      change('recovered', 'password.recover', 'mobile-plus', -1, { password: 'hash' }),
      change('moved', 'mobile.change', 'mobile-plus', 0, { mobile: 'A' }),
      change('again', 'mobile.change', 'passkey', 1, { mobile: 'B' }),
      change('app', 'totp.set-up', 'mobile-plus', 2),
    ];
    expect(taken(open[4]!, open)).toEqual({
      changes: ['passkey', 'recovered', 'moved', 'again', 'app'],
      old: { password: 'hash', mobile: 'A' },
      password: true,
      addedIds: ['key'],
      totp: true,
      recoveryCodes: true,
    });
  });

  it('whatever was done with a password that was set by less, however long after it had settled', () => {
    const open = [
      change('app of the owner', 'totp.set-up', 'password', -60),
      change('recovered', 'password.recover', 'mobile-plus', -50, { password: 'hash' }),
      change('changed', 'password.change', 'password', -20, { password: 'next' }),
      change('moved', 'mobile.change', 'password', 0, { mobile: 'A' }),
      change('passkey', 'passkey.add', 'password', 1, {}, 'key'),
    ];
    const all = {
      ...nothing,
      changes: ['recovered', 'changed', 'moved', 'passkey'],
      old: { password: 'hash', mobile: 'A' },
      password: true,
      addedIds: ['key'],
    };
    // Whichever of the links is pressed.
    for (const one of open.slice(1)) expect(taken(one, open)).toEqual(all);
  });

  it('nothing of the owner, who proved more', () => {
    const open = [
      change('passkey', 'passkey.add', 'password', -1, {}, 'key'),
      change('app', 'totp.set-up', 'password', 0),
      change('codes', 'recovery-codes.make', 'password', 1),
    ];
    expect(taken(open[2]!, open)).toEqual({ ...nothing, changes: ['codes'], old: {}, recoveryCodes: true });
    expect(taken(open[1]!, open)).toEqual({ ...nothing, changes: ['app'], old: {}, totp: true, recoveryCodes: true });
    expect(taken(open[0]!, open)).toEqual({ ...nothing, changes: ['passkey'], old: {}, addedIds: ['key'] });
  });

  it('a change and a recovery of the password are changes of one thing', () => {
    const open = [
      change('1', 'password.change', 'password', 0, { password: 'first' }),
      change('2', 'password.recover', 'mobile-plus', 30, { password: 'second' }),
    ];
    expect(taken(open[0]!, open)).toEqual({ ...nothing, changes: ['1', '2'], old: { password: 'first' }, password: true });
  });
});

describe('the link of a notice', () => {
  const vault = { index: (kind: string, value: string) => Buffer.from(`${kind}|${value}`) } as unknown as Vault;

  it('carries 128 random bits, of which only a keyed hash is kept', () => {
    const made = Array.from({ length: 50 }, () =>
      newChange(
        { vault, presence: { undoSeconds: 60 } },
        { accountId: 'a', act: 'mobile.change', by: 'password', old: { mobile: 'A' }, addedId: undefined, madeAt: start },
      ),
    );
    expect(new Set(made.map(({ token }) => token)).size).toBe(50);
    for (const { token, change: one } of made) {
      expect(token).toMatch(/^[\w-]{22}$/);
      expect(one.tokenIndex).toEqual(tokenIndexOf(vault, token));
      expect(one.expiresAt).toEqual(new Date(start.getTime() + 60_000));
      expect(JSON.stringify({ ...one, tokenIndex: undefined })).not.toContain(token);
    }
  });
});
