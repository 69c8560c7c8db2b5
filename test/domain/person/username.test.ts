import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { normaliseUsername, unmetUsernameRules, usernameKey } from '../../../src/domain/person/username.ts';
import type { UsernamePolicy } from '../../../src/domain/person/username.ts';

const guangzhou: UsernamePolicy = {
  minLength: 4,
  maxLength: 20,
  firstLetter: false,
  allow: ['letters', 'digits', 'underscore', 'han', 'hyphen'],
  notDigitsOnly: true,
};
const beijing2019: UsernamePolicy = {
  minLength: 6,
  maxLength: 20,
  firstLetter: true,
  allow: ['letters', 'digits'],
  notDigitsOnly: false,
};
const beijing: UsernamePolicy = { ...beijing2019, allow: ['letters', 'digits', 'underscore'] };

describe('unmetUsernameRules', () => {
  it.each([
    ['Guangzhou', guangzhou, 'zw-1990'],
    ['Guangzhou', guangzhou, '欧阳小明'],
    ['Guangzhou', guangzhou, '𠮷田一郎'],
    ['Guangzhou, in characters outside the BMP', guangzhou, '𠮷'.repeat(20)],
    ['the first Beijing edition', beijing2019, 'zhangwei'],
    ['the second Beijing edition', beijing, 'zhang_wei'],
    ['the second Beijing edition, generated (REG-14)', beijing, 'bjt_18001319749'],
    ['the second Beijing edition, typed in full width', beijing, ' ｚｈａｎｇｗｅｉ '],
  ])('under the rule of %s, %s…', (_, policy, username) => {
    expect(unmetUsernameRules(policy, username)).toEqual([]);
  });

  it.each([
    ['too short', guangzhou, 'abc', ['min-length']],
    ['too long', guangzhou, 'a'.repeat(21), ['max-length']],
    ['only digits', guangzhou, '1234567', ['not-digits-only']],
    ['a character of a group that is not allowed', beijing2019, 'zhang_wei', ['characters']],
    ['Han where only letters are allowed', beijing, 'zhang伟wei', ['characters']],
    ['a letter that imitates one of ASCII', beijing, 'zh\u0430ngwei', ['characters']],
    ['a radical that imitates a Han character', guangzhou, '⽅小明明', ['characters']],
    ['a space inside', guangzhou, 'zhang wei', ['characters']],
    ['a digit in front', beijing, '1zhangwei', ['first-letter']],
    ['a mobile number', guangzhou, '13800000001', ['not-digits-only', 'not-like-mobile']],
    ['a mobile number with dashes', guangzhou, '138-0000-0001', ['not-like-mobile']],
    ['a mobile number with its country code', guangzhou, '8613800000001', ['not-digits-only', 'not-like-mobile']],
    ['an identity number', guangzhou, '11010519491231002x', ['not-like-document']],
    ['an identity number with dashes', guangzhou, '11010519491231002-X', ['not-like-document']],
    ['a permit number', beijing, 'h12345678', ['not-like-document']],
    ['a passport number', beijing, 'EA1234567', ['not-like-document']],
    ['several faults at once', beijing, '伟', ['min-length', 'characters', 'first-letter']],
    ['nothing', beijing, '', ['min-length', 'first-letter']],
  ] as const)('%s is refused with every rule it breaks', (_, policy, username, rules) => {
    expect(unmetUsernameRules(policy, username)).toEqual(rules);
  });

  it('no mobile number is a user name, whatever the policy allows', () => {
    const lax: UsernamePolicy = { ...guangzhou, minLength: 1, maxLength: 64, notDigitsOnly: false };
    fc.assert(
      fc.property(fc.stringMatching(/^1[3-9][0-9]-?[0-9]{4}-?[0-9]{4}$/), (mobile) => {
        expect(unmetUsernameRules(lax, mobile)).toEqual(['not-like-mobile']);
      }),
    );
  });
});

describe('usernameKey', () => {
  it.each([
    ['case', 'ZhangWei', 'zhangwei'],
    ['width', 'ｚｈａｎｇｗｅｉ', 'zhangwei'],
    ['space around it', '\u3000zhangwei ', 'zhangwei'],
  ])('is one for names that differ in %s', (_, typed, key) => {
    expect(usernameKey(typed)).toBe(key);
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        expect(usernameKey(usernameKey(typed))).toBe(usernameKey(typed));
        expect(normaliseUsername(normaliseUsername(typed))).toBe(normaliseUsername(typed));
      }),
    );
  });
});
