import { describe, expect, it } from '@jest/globals';
import { checkEmail } from '../../../src/domain/person/email.ts';

const canonical = (typed: string) => {
  const check = checkEmail(typed);
  return check.ok ? check.canonical : check.reason;
};

describe('an e-mail address', () => {
  it.each([
    ['zhangwei@example.cn', 'zhangwei@example.cn'],
    [' Zhang.Wei+gov@Example.CN ', 'zhang.wei+gov@example.cn'],
    ['ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ', 'zhang@example.cn'],
    ['li@邮件.中国', 'li@xn--5nq051n.xn--fiqs8s'],
    ["o'hara@mail.example.com", "o'hara@mail.example.com"],
  ])('%s is kept as %s', (typed, kept) => expect(canonical(typed)).toBe(kept));

  it.each([
    ['', 'empty'],
    ['　', 'empty'],
    ['zhang', 'form'],
    ['@example.cn', 'form'],
    ['zhang@', 'form'],
    ['zhang wei@example.cn', 'form'],
    ['zhang..wei@example.cn', 'form'],
    ['a@b@example.cn', 'form'],
    ['zhang@example.cn\r\nBcc: li@example.cn', 'form'],
    ['张伟@example.cn', 'non-ascii'],
    ['zhang\u0000@example.cn', 'non-ascii'],
    ['zhang@localhost', 'domain'],
    ['zhang@-example.cn', 'domain'],
    ['zhang@127.0.0.1', 'domain'],
    ['zhang@[127.0.0.1]', 'domain'],
    ['zhang@example..cn', 'domain'],
    [`${'a'.repeat(65)}@example.cn`, 'length'],
    [`a@${`${'b'.repeat(60)}.`.repeat(5)}cn`, 'length'],
  ])('%j is refused as %s', (typed, reason) => expect(canonical(typed)).toBe(reason));
});
