import { describe, expect, it } from '@jest/globals';
import { createCookieSignatures } from '../../src/oidc/cookie-signatures.ts';

describe('signatures of cookies', () => {
  const now = createCookieSignatures(['new key', 'old key']);
  const before = createCookieSignatures(['old key']);

  it('are made with the newest key, and believed under each', () => {
    expect(now.index('mx_session=a', now.sign('mx_session=a'))).toBe(0);
    expect(now.index('mx_session=a', before.sign('mx_session=a'))).toBe(1);
    expect(before.index('mx_session=a', now.sign('mx_session=a'))).toBe(-1);
  });

  it.each([
    ['another value', 'mx_session=b', now.sign('mx_session=a')],
    ['another cookie', 'mx_resume=a', now.sign('mx_session=a')],
    ['a part of one', 'mx_session=a', now.sign('mx_session=a').slice(0, -1)],
    ['a character more', 'mx_session=a', `${now.sign('mx_session=a')}A`],
    ['other characters', 'mx_session=a', '签'.repeat(43)],
    ['nothing', 'mx_session=a', ''],
  ])('do not fit %s', (_, data, signature) => {
    expect([now.verify(data, signature), now.index(data, signature)]).toEqual([false, -1]);
  });

  it('need a key', () => {
    expect(() => createCookieSignatures([])).toThrow('cookie keys must not be empty');
  });
});
