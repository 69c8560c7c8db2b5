import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bankCardCheckDigit, checkBankCardNumber } from '../../../src/domain/person/bank-card-number.ts';

const body = fc.stringMatching(/^[1-9][0-9]{11,17}$/);

describe('checkBankCardNumber', () => {
  it.each([
    ['19 digits', '6228480402564890018', '6228480402564890018'],
    ['19 digits in groups', '6217 0012 3456 7890 122', '6217001234567890122'],
    ['full-width digits', '６２２８４８０４０２５６４８９００１８', '6228480402564890018'],
  ])('takes %s', (_, typed, canonical) => {
    expect(checkBankCardNumber(typed)).toEqual({ ok: true, canonical, lastFour: canonical.slice(-4) });
  });

  it('only warns when the Luhn digit does not fit, because some old cards have none', () => {
    expect(checkBankCardNumber('6222021234567890123')).toEqual({
      ok: true,
      canonical: '6222021234567890123',
      lastFour: '0123',
      warning: 'check-digit',
    });
  });

  it.each([
    ['nothing was typed', '', 'empty'],
    ['12 digits are too few', '622848040256', 'length'],
    ['20 digits are too many', '62284804025648900180', 'length'],
    ['a letter is among them', '622848040256489O018', 'characters'],
  ])('when %s, says so', (_, typed, reason) => {
    expect(checkBankCardNumber(typed)).toEqual({ ok: false, reason });
  });

  it('does not warn about a number with its check digit', () => {
    fc.assert(
      fc.property(body, (digits) => {
        expect(checkBankCardNumber(digits + bankCardCheckDigit(digits))).not.toHaveProperty('warning');
      }),
    );
  });

  it('warns about any single wrong digit', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.integer({ min: 1, max: 9 }), (digits, at, change) => {
        const number = [...digits, bankCardCheckDigit(digits)];
        const index = at % number.length;
        number[index] = String((Number(number[index]) + change) % 10);
        expect(checkBankCardNumber(number.join(''))).toMatchObject({ warning: 'check-digit' });
      }),
    );
  });
});
