import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { checkMobile } from '../../../src/domain/person/mobile.ts';

const mobile = fc.stringMatching(/^1[3-9][0-9]{9}$/);

describe('checkMobile', () => {
  it.each([
    ['as it is', '15012347931'],
    ['with spaces', '150 1234 7931'],
    ['with dashes', '150-1234-7931'],
    ['in full width', '１５０１２３４７９３１'],
    ['with the country code', '+8615012347931'],
    ['with the country code and brackets', '(+86) 150-1234-7931'],
    ['with the country code in full width', '＋８６ 15012347931'],
    ['with the dialled country code', '0086 15012347931'],
    ['with the country code and no sign', '8615012347931'],
    ['copied from a contact card', '\u202d+86 150 1234 7931\u202c'],
  ])('takes a number %s', (_, typed) => {
    expect(checkMobile(typed)).toEqual({ ok: true, canonical: '15012347931' });
  });

  it.each([
    ['nothing was typed', ' ', 'empty'],
    ['a digit is missing', '1501234793', 'length'],
    ['a digit is too many', '150123479311', 'length'],
    ['no mobile begins with 12', '12012347931', 'prefix'],
    ['it is a landline', '010-62345678', 'prefix'],
    ['the national part behind the country code is wrong', '+8612012347931', 'prefix'],
    ['it is of Hong Kong', '+85291234567', 'other-country'],
    ['it is of the United States, dialled', '0012025550123', 'other-country'],
    ['it holds letters', '1501234793l', 'characters'],
    ['it is masked', '150****7931', 'characters'],
    ['its digits are Arabic-Indic', '١٥٠١٢٣٤٧٩٣١', 'characters'],
  ])('when %s, says so', (_, typed, reason) => {
    expect(checkMobile(typed)).toEqual({ ok: false, reason });
  });

  it('takes every number from 13 to 19, whatever the carrier', () => {
    fc.assert(fc.property(mobile, (number) => expect(checkMobile(number)).toEqual({ ok: true, canonical: number })));
  });
});
