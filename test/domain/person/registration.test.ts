import { describe, expect, it } from '@jest/globals';
import { checkContactAddress } from '../../../src/domain/person/contact-address.ts';
import { generatedUsername } from '../../../src/domain/person/generated-username.ts';
import { boundToHours, secondsUntilOpen, withinHours } from '../../../src/domain/person/registration-hours.ts';
import { needsGuardian } from '../../../src/domain/proofing/guardian-proof.ts';

const hours = { opens: '08:00', closes: '18:00', exemptProvince: '42' };
const at = (time: string): Date => new Date(`2026-11-22T${time}+08:00`);

describe('registration hours', () => {
  it.each([
    ['07:59:59', false, 60],
    ['08:00:00', true, 0],
    ['17:59:59', true, 0],
    ['18:00:00', false, 14 * 3600],
    ['00:00:30', false, 8 * 3600 - 30],
  ])('at %s in China run: %s, and open in %i seconds', (time, open, wait) => {
    expect(withinHours(hours, at(time))).toBe(open);
    expect(secondsUntilOpen(hours, at(time))).toBeGreaterThanOrEqual(Math.max(0, wait - 60));
    expect(secondsUntilOpen(hours, at(time))).toBeLessThanOrEqual(wait);
  });

  it('may run over midnight', () => {
    const night = { ...hours, opens: '22:00', closes: '06:00' };
    expect([at('23:00'), at('05:59'), at('06:00'), at('12:00')].map((now) => withinHours(night, now))).toEqual([true, true, false, false]);
  });

  it('bind identity cards of other provinces and nobody else', () => {
    const bound = (type: Parameters<typeof boundToHours>[1]['type'], number: string) => boundToHours(hours, { type, number });
    expect(bound('resident-id-card', '110199199003150113')).toBe(true);
    expect(bound('resident-id-card', '420199199205031211')).toBe(false);
    expect(bound('hk-permit', 'H09900001')).toBe(false);
  });
});

describe('a contact address', () => {
  const policy = { minLength: 8, maxLength: 80 };
  it.each([
    ['  天河区　体育东路９号－2 ', '天河区 体育东路9号-2'],
    ['Tianhe  Rd. 2', 'Tianhe Rd. 2'],
    ['𠮷'.repeat(8), '𠮷'.repeat(8)],
  ])('"%s" is kept as "%s"', (typed, canonical) => {
    expect(checkContactAddress(typed, policy)).toEqual({ ok: true, canonical });
  });

  it.each([
    ['天河区体育东路', 'min-length'],
    ['粤'.repeat(81), 'max-length'],
    ['天河区体育东路9号#201', 'characters'],
    ['天河区\u0000体育东路9号', 'characters'],
    ['', 'min-length'],
  ])('"%s" is refused: %s', (typed, reason) => {
    expect(checkContactAddress(typed, policy)).toEqual({ ok: false, reason });
  });
});

describe('a generated username', () => {
  it('is the prefix and the mobile, and with digits behind it where that is taken', () => {
    expect(generatedUsername('bjt_', '18001319749', 0)).toBe('bjt_18001319749');
    expect(generatedUsername('bjt_', '18001319749', 1)).toMatch(/^bjt_18001319749\d{3}$/);
  });
});

describe('a guardian', () => {
  const policy = { under: 14, version: '2026-01' };
  it.each([
    ['2012-11-23', true],
    ['2012-11-22', false],
    [undefined, false],
  ])('of somebody born on %s must agree: %s', (birthDate, needed) => {
    expect(needsGuardian(policy, birthDate, at('12:00'))).toBe(needed);
    expect(needsGuardian(null, birthDate, at('12:00'))).toBe(false);
  });
});
