import { describe, expect, it } from '@jest/globals';
import { base32, matchingStep, newTotpSecret, totpCode, totpStep, totpUri } from '../../../src/domain/authenticator/totp.ts';

/** The secret of RFC 6238, appendix B, and its SHA-1 column, cut to six digits. */
const secret = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at second %i', (second, code) => {
    expect(totpCode(secret, totpStep(new Date(second * 1000)))).toBe(code);
  });

  const now = new Date('2026-11-22T02:03:07Z');
  const step = totpStep(now);

  it.each([
    ['of this half minute', step, step - 1, step],
    ['of the last one', step - 1, step - 5, step - 1],
    ['of the next one, where a phone is ahead', step + 1, step, step + 1],
    ['of two half minutes ago', step - 2, 0, undefined],
    ['of the one after next', step + 2, 0, undefined],
    ['that was used already', step, step, undefined],
    ['older than the one used last', step - 1, step, undefined],
  ])('one %s counts as it should', (_, of, lastStep, expected) => {
    expect(matchingStep({ secret, lastStep }, totpCode(secret, of), now)).toBe(expected);
  });

  it.each(['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦'])('%p is none', (typed) => {
    expect(matchingStep({ secret, lastStep: 0 }, typed, now)).toBeUndefined();
  });

  it('may be typed in full width or with a gap, as some apps show them', () => {
    const code = totpCode(secret, step);
    const wide = [...code].map((digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)).join('');
    expect(matchingStep({ secret, lastStep: 0 }, wide, now)).toBe(step);
    expect(matchingStep({ secret, lastStep: 0 }, `${code.slice(0, 3)} ${code.slice(3)}`, now)).toBe(step);
  });
});

describe('the secret of an app', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foobar', 'MZXW6YTBOI'],
  ])('is written as RFC 4648 says: %p', (text, written) => {
    expect(base32(Buffer.from(text))).toBe(written);
  });

  it('has 160 bits, 32 letters, and is another one each time', () => {
    for (let times = 0; times < 20; times += 1) expect(base32(newTotpSecret())).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toEqual(newTotpSecret());
  });

  it('is scanned as an address that apps know', () => {
    const uri = new URL(totpUri({ secret, platform: '示范市统一身份认证平台', account: '138****0001' }));
    expect(uri.protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri.pathname)).toContain('示范市统一身份认证平台:138****0001');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: base32(secret),
      issuer: '示范市统一身份认证平台',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
