import { describe, expect, it } from '@jest/globals';
import {
  countedFactors,
  fromPlain,
  mergedFactors,
  onNewDevice,
  settlingOf,
  strengthOf,
  toPlain,
  type CountsAs,
  type SessionFactor,
  type Strength,
} from '../../../src/domain/presence/strength.ts';

const now = new Date('2026-11-22T04:00:00Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const factor = (amr: string, counts?: CountsAs, when = now): SessionFactor => ({ amr, at: when, ...(counts && { counts }) });
const newDevice: CountsAs = { as: 'new-device', until: undefined };
const recovered: CountsAs = { as: 'mobile-plus', until: at(3600) };

describe('how strongly a session proved who sits there', () => {
  it.each<[string, SessionFactor[], Strength | undefined]>([
    ['nothing', [], undefined],
    ['only that somebody was there', [factor('user'), factor('mfa')], undefined],
    ['an SMS code', [factor('sms')], 'mobile'],
    ['an SMS code on a new device', [factor('sms', newDevice)], 'new-device'],
    ['the document number besides', [factor('sms', newDevice), factor('document')], 'mobile-plus'],
    ['a code of the authenticator app besides', [factor('sms', newDevice), factor('otp')], 'mobile-app'],
    ['one of an app that was set up by the mobile', [factor('sms'), factor('otp', { as: 'mobile', until: at(1) })], 'mobile'],
    ['a password', [factor('pwd')], 'password'],
    ['a password that was recovered today', [factor('pwd', recovered)], 'mobile-plus'],
    ['a password that was recovered long enough ago', [factor('pwd', { as: 'mobile', until: now })], 'password'],
    ['a synced passkey', [factor('swk'), factor('user'), factor('mfa')], 'passkey'],
    ['a passkey that a recovered password added', [factor('hwk', recovered)], 'mobile-plus'],
    ['a passkey that a password added', [factor('hwk', { as: 'password', until: at(1) })], 'password'],
    ['a weak password, and a passkey', [factor('pwd', recovered), factor('hwk')], 'passkey'],
  ])('%s', (_, factors, strength) => {
    expect(strengthOf(factors, now)).toBe(strength);
  });
});

describe('on a device that never proved more than the mobile', () => {
  it.each<[string, SessionFactor[], Strength | undefined]>([
    ['an SMS code is worth less', [factor('sms')], 'new-device'],
    ['so is a password that was set by one today', [factor('pwd', { as: 'mobile', until: at(60) })], 'new-device'],
    ['a password is worth what it is', [factor('pwd')], 'password'],
    ['so is the code of an app', [factor('sms'), factor('otp')], 'mobile-app'],
    ['and a password that was set with the document number', [factor('pwd', recovered)], 'mobile-plus'],
    ['what proves nobody proves nobody there either', [factor('user')], undefined],
  ])('%s', (_, factors, strength) => {
    expect(strengthOf(onNewDevice(factors, now), now)).toBe(strength);
  });

  it('a password settles there as anywhere', () => {
    const settled = onNewDevice([factor('pwd', { as: 'mobile', until: at(60) })], now);
    expect([strengthOf(settled, at(59)), strengthOf(settled, at(60))]).toEqual(['new-device', 'password']);
  });
});

describe('a way in', () => {
  it.each<[string, Parameters<typeof settlingOf>[0], CountsAs | undefined]>([
    ['that came with the account counts for what it is', undefined, undefined],
    ['counts as what it was set by for a day', { by: 'mobile', at: at(-86_399) }, { as: 'mobile', until: at(1) }],
    ['and no longer', { by: 'mobile', at: at(-86_400) }, undefined],
  ])('%s', (_, set, counts) => {
    expect(settlingOf(set, 86_400, now)).toEqual(counts);
  });

  it('settles at once where the deployment says so', () => {
    expect(settlingOf({ by: 'mobile', at: now }, 0, now)).toBeUndefined();
  });
});

describe('what levels count', () => {
  const names = (factors: SessionFactor[]) => countedFactors(factors, now).map(({ amr }) => amr);

  it.each<[string, SessionFactor[], string[]]>([
    ['a password', [factor('pwd')], ['pwd']],
    ['a recovered password as the mobile it was set by', [factor('pwd', recovered)], ['sms']],
    ['nothing less than an SMS code', [factor('sms', newDevice)], ['sms']],
    ['a passkey that a password added as the password', [factor('hwk', { as: 'password', until: at(1) })], ['pwd']],
    [
      'a passkey of a recovered password, and not the two factors it would be',
      [factor('swk', recovered), factor('user', recovered), factor('mfa', recovered)],
      ['sms'],
    ],
    [
      'everything once it has settled',
      [factor('swk', { as: 'mobile', until: now }), factor('mfa', { as: 'mobile', until: now })],
      ['swk', 'mfa'],
    ],
  ])('%s', (_, factors, counted) => {
    expect(names(factors)).toEqual(counted);
  });
});

describe('proofs of one kind', () => {
  it('the newest says what it is worth', () => {
    const [old, fresh] = [factor('pwd', recovered, at(-60)), factor('pwd')];
    for (const order of [
      [old, fresh],
      [fresh, old],
    ])
      expect(mergedFactors(order)).toEqual([fresh]);
  });

  it('another SMS code makes a device no better known', () => {
    expect(mergedFactors([factor('sms', newDevice, at(-60)), factor('sms')])).toEqual([factor('sms', newDevice)]);
  });

  it('are kept as JSON without loss', () => {
    for (const each of [factor('sms'), factor('sms', newDevice), factor('pwd', recovered)])
      expect(fromPlain(JSON.parse(JSON.stringify(toPlain(each))))).toEqual(each);
  });
});
