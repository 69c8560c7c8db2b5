import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isCommonPassword, normalisePassword, unmetPasswordRules } from '../../../src/domain/authenticator/password-policy.ts';
import type { PasswordPolicy } from '../../../src/domain/authenticator/password-policy.ts';
import commonPasswords from '../../../src/domain/authenticator/common-passwords.json' with { type: 'json' };

const base: PasswordPolicy = {
  minLength: 8,
  maxLength: 64,
  characters: 'any',
  require: [],
  blocklist: true,
  notContaining: ['username', 'mobile', 'document'],
};
const lax: PasswordPolicy = { ...base, blocklist: false, notContaining: [] };
const guangzhou: PasswordPolicy = { ...lax, minLength: 6, maxLength: 16, characters: 'letters-digits' };
const hubei: PasswordPolicy = { ...lax, maxLength: 18, require: ['upper', 'lower', 'digit'] };
const beijing2019: PasswordPolicy = { ...guangzhou, maxLength: 20, require: ['letter'] };
const beijing: PasswordPolicy = { ...lax, maxLength: 20, characters: 'letters-digits-specials', minClasses: 2 };

const zhangwei = { username: 'zhangwei', mobile: '13800000001', document: '110105199003078515' };

describe('unmetPasswordRules', () => {
  it.each([
    ['base, the seeded password', base, 'Minxin-2026'],
    ['base, a passphrase with spaces at both ends', base, ' correct horse 电池 staple '],
    ['base, 64 characters outside the BMP', base, '𠮷'.repeat(63) + '9'],
    ['base, a common password inside a longer one', base, 'woaini1314-tiananmen'],
    ['Guangzhou', guangzhou, 'abcDEF'],
    ['Hubei', hubei, 'Abcdefg1'],
    ['the first Beijing edition', beijing2019, 'abcdef'],
    ['the second Beijing edition', beijing, 'abcdef-g'],
  ])('nothing is wrong under %s', (_, policy, password) => {
    expect(unmetPasswordRules(policy, password, zhangwei)).toEqual([]);
  });

  it.each([
    ['seven characters', base, 'Minxin-', ['min-length']],
    ['65 characters', base, 'Minxin-2026'.padEnd(65, 'x'), ['max-length']],
    ['seven characters outside the BMP', base, '𠮷'.repeat(7), ['min-length']],
    ['a control character', base, 'Minxin\u00002026', ['characters']],
    ['half of a character', base, 'Minxin\ud8422026', ['characters']],
    ['a special where only letters and digits are allowed', guangzhou, 'abc-def', ['characters']],
    ['a Han character where only ASCII is allowed', beijing, 'abcdef-伟', ['characters']],
    ['a space where only ASCII signs are allowed', beijing, 'abc def-g', ['characters']],
    ['no upper case and no digit', hubei, 'abcdefgh', ['require-upper', 'require-digit']],
    ['no letter', beijing2019, '123456', ['require-letter']],
    ['one class only', beijing, 'abcdefgh', ['min-classes']],
    ['everything at once', hubei, '伟', ['min-length', 'require-upper', 'require-lower', 'require-digit']],
    ['a missing special', { ...lax, require: ['special'] }, 'abcdefgh1', ['require-special']],
    ['nothing', base, '', ['min-length']],
  ] as const)('%s breaks the rules it should', (_, policy, password, rules) => {
    expect(unmetPasswordRules(policy, password)).toEqual(rules);
  });

  it.each([
    ['the user name in another case', 'ZhangWei-lai-le', ['not-containing-username']],
    ['the mobile number', 'wo-13800000001', ['not-containing-mobile']],
    ['the end of the mobile number', 'wode-000001', ['not-containing-mobile']],
    ['the birth date', 'wode19900307!', ['not-containing-document']],
    ['the last six of the identity number', 'Sheng078515', ['not-containing-document']],
    ['five digits of it, which may be chance', 'Sheng78515!!', []],
  ])('a password made of %s', (_, password, rules) => {
    expect(unmetPasswordRules(base, password, zhangwei)).toEqual(rules);
  });

  it.each([
    ['a user name of three letters', { username: 'lin' }],
    ['an empty user name', { username: '' }],
    ['an empty mobile', { mobile: '' }],
    ['no facts', {}],
  ])('%s forbids nothing', (_, facts) => {
    expect(unmetPasswordRules(base, 'Minxin-linfen', facts)).toEqual([]);
  });

  it('an identity number ending in X is found in lower case', () => {
    const facts = { document: '11010519491231002X' };
    expect(unmetPasswordRules(base, 'abc31002x-abc', facts)).toEqual(['not-containing-document']);
  });
});

describe('isCommonPassword', () => {
  it.each(['woaini1314', '5201314', 'qwe123456', 'A123456', 'PassWord', '1qaz2wsx', '11111111', 'Admin@123'])('knows %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each(['Minxin-2026', 'woaini1314 ', 'xwoaini1314', ''])('does not know "%s"', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });

  it('compares with at least the 3,000 that ASVS 6.2.4 asks for among those that base would let through', () => {
    const long = commonPasswords.passwords.filter((password) => password.length >= base.minLength);
    expect(new Set(long).size).toBeGreaterThanOrEqual(3000);
    for (const password of long) expect(unmetPasswordRules(base, password)).toEqual(['blocklist']);
  });

  it('the list holds each password once and in the form that is compared', () => {
    const { passwords } = commonPasswords;
    expect(passwords).toEqual([...new Set(passwords)].sort());
    expect(passwords.filter((password) => normalisePassword(password).toLowerCase() !== password)).toEqual([]);
  });
});

describe('normalisePassword', () => {
  it.each([
    ['an accent in one part or two', 'Jos\u00e9-2026', 'Jose\u0301-2026'],
    ['an ideographic space or a plain one', 'correct horse', 'correct\u3000horse'],
  ])('%s is the same password', (_, one, other) => {
    expect(normalisePassword(one)).toBe(normalisePassword(other));
  });

  it.each([
    ['case', 'Minxin-2026', 'minxin-2026'],
    ['a space behind it', 'Minxin-2026', 'Minxin-2026 '],
    ['width', 'Minxin-2026', 'Ｍinxin-2026'],
    ['a character after the 64th', 'x'.repeat(64), 'x'.repeat(65)],
  ])('%s makes another password', (_, one, other) => {
    expect(normalisePassword(one)).not.toBe(normalisePassword(other));
  });

  it('leaves passwords of printable ASCII as they are', () => {
    const printable = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(fc.property(printable, (typed) => expect(normalisePassword(typed)).toBe(typed)));
  });
});
