import { describe, expect, it } from '@jest/globals';
import { acts, lacking, mobileServes, type Act } from '../../../src/domain/presence/acts.ts';
import type { CountsAs, SessionFactor } from '../../../src/domain/presence/strength.ts';

const now = new Date('2026-11-22T04:00:00Z');
const old = new Date(now.getTime() - 601_000);
const factor = (amr: string, at = now, counts?: CountsAs): SessionFactor => ({ amr, at, ...(counts && { counts }) });

const sessions = {
  'an SMS code on a new device': [factor('sms', now, { as: 'new-device', until: undefined })],
  'an SMS code': [factor('sms')],
  'an SMS code and the document number': [factor('sms'), factor('document')],
  'an SMS code and a code of the app': [factor('sms'), factor('otp')],
  'a recovered password': [factor('pwd', now, { as: 'mobile-plus', until: new Date(now.getTime() + 1) })],
  'a password': [factor('pwd')],
  'a password of long ago': [factor('pwd', old)],
  'a password of long ago and an SMS code': [factor('pwd', old), factor('sms')],
  'a password and an SMS code of long ago': [factor('pwd'), factor('sms', old)],
  'a passkey': [factor('hwk')],
  'a passkey and an SMS code': [factor('hwk'), factor('sms')],
} satisfies Readonly<Record<string, SessionFactor[]>>;
type Session = keyof typeof sessions;

const manual: readonly Act[] = ['password.change', 'mobile.change', 'email.change', 'username.change'];
const any: readonly Act[] = [
  'passkey.rename',
  'passkey.remove',
  'totp.set-up',
  'totp.remove',
  'recovery-codes.make',
  'binding.add',
  'binding.remove',
];
const same: readonly Act[] = ['passkey.add'];

/** Who may do what: of a verified person, and of anybody else. */
const expected: readonly (readonly [readonly Act[], boolean, readonly Session[]])[] = [
  [manual, true, ['an SMS code and the document number', 'a password of long ago and an SMS code', 'a passkey and an SMS code']],
  [
    manual,
    false,
    [
      'an SMS code',
      'an SMS code and the document number',
      'an SMS code and a code of the app',
      'a password of long ago and an SMS code',
      'a passkey and an SMS code',
    ],
  ],
  [
    any,
    true,
    [
      'an SMS code and the document number',
      'a recovered password',
      'a password',
      'a password of long ago and an SMS code',
      'a password and an SMS code of long ago',
      'a passkey',
      'a passkey and an SMS code',
    ],
  ],
  [
    any,
    false,
    [
      'an SMS code',
      'an SMS code and the document number',
      'an SMS code and a code of the app',
      'a recovered password',
      'a password',
      'a password of long ago and an SMS code',
      'a password and an SMS code of long ago',
      'a passkey',
      'a passkey and an SMS code',
    ],
  ],
  ...[true, false].map((verified): (typeof expected)[number] => [
    same,
    verified,
    ['a password', 'a password and an SMS code of long ago', 'a passkey', 'a passkey and an SMS code'],
  ]),
];

describe('the table of acts', () => {
  it('has every act', () => {
    expect(Object.keys(acts).toSorted()).toEqual([...manual, ...any, ...same].toSorted());
  });

  it.each(expected.flatMap(([list, verified, allowed]) => list.map((act) => [act, verified, allowed] as const)))(
    '%s, of a verified person: %p',
    (act, verified, allowed) => {
      const may = (Object.keys(sessions) as Session[]).filter((name) => {
        const { strength, fresh } = lacking(act, { verified, factors: sessions[name], now });
        return strength === undefined && !fresh;
      });
      expect(may).toEqual(allowed);
    },
  );

  it('of a verified person the mobile alone does nothing, nor does nobody at all', () => {
    for (const act of Object.keys(acts) as Act[]) {
      for (const factors of [[], [factor('sms')], [factor('user'), factor('mfa')]])
        expect([act, lacking(act, { verified: true, factors, now }).strength]).not.toEqual([act, undefined]);
    }
  });

  it('says where the mobile, with the document number, is no way at all', () => {
    const none = (Object.keys(acts) as Act[]).filter((act) => !mobileServes(act, true));
    expect(none).toEqual(['passkey.add']);
  });
});
