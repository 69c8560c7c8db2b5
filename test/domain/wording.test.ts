import { describe, expect, it } from '@jest/globals';
import { readWording } from '../../src/domain/wording.ts';

const city = (...names: readonly string[]) => ({ has: (name: string) => names.includes(name) });
const english = { locale: 'en', city: city() };
const minutes = 'Try again in {minutes, plural, one {# minute} other {# minutes}}';

describe('a text', () => {
  it.each([
    ['has its placeholders filled', 'Hello, {name}', { name: '张伟' }, 'Hello, 张伟'],
    ['has the form of one', minutes, { minutes: 1 }, 'Try again in 1 minute'],
    ['has the form of several', minutes, { minutes: 15 }, 'Try again in 15 minutes'],
    ['has the form of none', minutes, { minutes: 0 }, 'Try again in 0 minutes'],
    ['reads a number that is given as text', minutes, { minutes: '1' }, 'Try again in 1 minute'],
    [
      'has several plurals, with placeholders in their forms',
      '{codes, plural, one {# code} other {# codes}} an hour, {gap, plural, one {a second} other {# seconds for {who}}} apart',
      { codes: 1, gap: 60, who: 'you' },
      '1 code an hour, 60 seconds for you apart',
    ],
    ['keeps braces that begin nothing', 'POST { "count": {count} } #1', { count: 3 }, 'POST { "count": 3 } #1'],
  ])('%s', (_, text, params, said) => expect(readWording(text).say(params, english)).toBe(said));

  it('has one form in Chinese, whatever the number', () => {
    const text = readWording('请在 {minutes, plural, one {#（一）} other {#}} 分钟后再试');
    expect(text.say({ minutes: 1 }, { locale: 'zh-CN', city: city() })).toBe('请在 1 分钟后再试');
  });

  it('names only what the city has', () => {
    const text = readWording(
      'Try again in {m, plural, one {# minute} other {# minutes}}{when login.sms-code:, or {how} in {m}}{unless login.sms-code: or call {hotline}}',
    );
    const params = { m: 2, how: 'by SMS', hotline: '12345' };
    expect(text.say(params, { locale: 'en', city: city('login.sms-code') })).toBe('Try again in 2 minutes, or by SMS in 2');
    expect(text.say(params, { locale: 'en', city: city('login.password') })).toBe('Try again in 2 minutes or call 12345');
    expect([text.placeholders, text.asks]).toEqual([['hotline', 'how', 'm'], ['login.sms-code']]);
  });

  it('takes what stands behind a condition as it is: no space is lost between two words', () => {
    const text = readWording('with a password{when login.passkey: or passkey}.');
    expect(text.say({}, { locale: 'en', city: city('login.passkey') })).toBe('with a password or passkey.');
    expect(text.say({}, { locale: 'en', city: city() })).toBe('with a password.');
  });

  it.each(['{m, plural, one {# minute}}', '{m, plural, other {# minutes}', '{when login.sms-code: or', '{m, plural, other}'])(
    'that cannot be read is refused before anybody sees it: %s',
    (text) => expect(() => readWording(text)).toThrow(/brace is not closed|no form “other”/),
  );

  it.each([
    ['a value is missing', 'Hello, {name}', {}],
    ['what is counted is no number', minutes, { minutes: 'a few' }],
  ])('has no hole where %s', (_, text, params) =>
    expect(() => readWording(text).say(params, english)).toThrow(/nothing to fill in|is no number/),
  );
});
