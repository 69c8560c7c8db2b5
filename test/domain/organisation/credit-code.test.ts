import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  checkCreditCode,
  creditCodeCheckCharacter,
  isOrganisationCode,
  organisationCodeCheckCharacter,
} from '../../../src/domain/organisation/credit-code.ts';

const creditCode = fc
  .tuple(
    fc.constantFrom('11', '12', '13', '51', '52', '53', '91', '92', '93', 'A1', 'N1', 'Y1'),
    fc.stringMatching(/^[0-9]{6}$/),
    fc.stringMatching(/^[0-9A-HJ-NPQRTUWXY]{8}$/),
  )
  .map(([prefix, division, entity]) => `${prefix}${division}${entity}${organisationCodeCheckCharacter(entity)}`)
  .map((body) => `${body}${creditCodeCheckCharacter(body)}`);

describe('checkCreditCode', () => {
  it.each([
    ['91350100M000100Y43', 'M000100Y4'],
    ['91110000600037341L', '600037341'],
    ['91440300708461136T', '708461136'],
  ])('%s is an enterprise with the organisation code %s', (code, organisationCode) => {
    expect(checkCreditCode(code)).toEqual({ ok: true, canonical: code, kind: 'enterprise', organisationCode });
  });

  it('only warns when the organisation code inside has another check character', () => {
    expect(checkCreditCode('91330000MA27U00DXX')).toEqual({
      ok: true,
      canonical: '91330000MA27U00DXX',
      kind: 'enterprise',
      organisationCode: 'MA27U00DX',
      warning: 'organisation-code',
    });
  });

  it.each([
    ['11', 'state-organ'],
    ['12', 'public-institution'],
    ['13', 'mass-organisation'],
    ['51', 'social-organisation'],
    ['52', 'private-non-enterprise-unit'],
    ['53', 'foundation'],
    ['91', 'enterprise'],
    ['92', 'individual-business'],
    ['93', 'farmers-cooperative'],
    ['19', 'other'],
    ['N1', 'other'],
    ['2A', 'other'],
  ])('a code that begins with %s belongs to: %s', (prefix, kind) => {
    const body = `${prefix}420000717850061`;
    expect(checkCreditCode(`${body}${creditCodeCheckCharacter(body)}`)).toMatchObject({ ok: true, kind });
  });

  it.each([
    ['lower case', '91350100m000100y43'],
    ['full width', '９１３５０１００Ｍ０００１００Ｙ４３'],
    ['groups', '9135 0100 M000-100Y-43'],
  ])('may be typed in %s', (_, typed) => {
    expect(checkCreditCode(typed)).toMatchObject({ ok: true, canonical: '91350100M000100Y43' });
  });

  it.each([
    ['nothing was typed', '', 'empty'],
    ['the check character is wrong', '911100001011139573', 'check-character'],
    ['a character is missing', '91350100M000100Y4', 'length'],
    ['a character is too many', '91350100M000100Y433', 'length'],
    ['the letter O stands for a zero', '9135O100M000100Y43', 'characters'],
    ['a sign is among them', '91350100M000100Y4_', 'characters'],
    ['the division holds a letter', '9135A100M000100Y43', 'division'],
  ])('when %s, says so', (_, typed, reason) => {
    expect(checkCreditCode(typed)).toEqual({ ok: false, reason });
  });

  it('every code that could be assigned is accepted without a warning', () => {
    fc.assert(
      fc.property(creditCode, (code) => {
        expect(checkCreditCode(code)).toMatchObject({ ok: true, canonical: code });
        expect(checkCreditCode(code)).not.toHaveProperty('warning');
      }),
    );
  });

  it('any one character typed wrong is refused', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY');
    fc.assert(
      fc.property(creditCode, fc.integer({ min: 0, max: 17 }), characters, (code, at, typed) => {
        fc.pre(code[at] !== typed);
        expect(checkCreditCode(code.slice(0, at) + typed + code.slice(at + 1)).ok).toBe(false);
      }),
    );
  });
});

describe('isOrganisationCode', () => {
  it.each([
    ['D2143569X', true],
    ['717850061', true],
    ['717850062', false],
    ['D21435690', false],
    ['D2143569', false],
    ['D2143569XX', false],
    ['', false],
  ])('%s: %s', (code, expected) => {
    expect(isOrganisationCode(code)).toBe(expected);
  });

  it('any one digit typed wrong is refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{8}$/), fc.nat(7), fc.integer({ min: 1, max: 9 }), (body, at, change) => {
        const wrong = [...body];
        wrong[at] = String((Number(wrong[at]) + change) % 10);
        expect(isOrganisationCode(`${wrong.join('')}${organisationCodeCheckCharacter(body)}`)).toBe(false);
      }),
    );
  });
});
