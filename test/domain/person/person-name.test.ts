import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  canonicalPersonName,
  checkPersonName,
  displayWidth,
  hasRareCharacter,
  isSameName,
  nameOrders,
} from '../../../src/domain/person/person-name.ts';

const guangzhou = { minWidth: 4, maxWidth: 60, digits: true };

describe('checkPersonName', () => {
  it.each([
    ['a name of two characters', '王伟', '王伟'],
    ['a name with space around it', ' 王伟\u3000', '王伟'],
    ['a name with a space to align it', '王\u3000伟', '王伟'],
    ['a name with a middle dot', '阿卜杜拉·买买提', '阿卜杜拉·买买提'],
    ['a bullet for the dot', '阿卜杜拉•买买提', '阿卜杜拉·买买提'],
    ['a katakana dot for the dot', '阿卜杜拉・买买提', '阿卜杜拉·买买提'],
    ['a full stop for the dot', '阿卜杜拉.买买提', '阿卜杜拉·买买提'],
    ['a full-width stop for the dot', '阿卜杜拉．买买提', '阿卜杜拉·买买提'],
    ['spaces around the dot', '阿卜杜拉 · 买买提', '阿卜杜拉·买买提'],
    ['a name of letters', '  John  A.  Smith ', 'JOHN A. SMITH'],
    ['a name of letters as a keyboard of a phone writes it', 'anne‑marie o’neill', "ANNE-MARIE O'NEILL"],
    ['a name of letters in full width', 'ＣＡＲＴＥＲ　Ｅｍｉｌｙ', 'CARTER EMILY'],
    ['a surname in front of a comma', 'Carter, Emily Rose', 'CARTER EMILY ROSE'],
    ['ligatures of a PDF file', 'So\ufb01a Ho\ufb00mann', 'SOFIA HOFFMANN'],
    ['radicals of a PDF file', '\u2f45\u2ee2\u2ef0\u2ee9', '方马龙黄'],
    ['a compatibility ideograph', '隆\uf9dc', '隆隆'],
    ['an ideograph that only stands among those', '王\ufa0e', '王\ufa0e'],
    ['the full stop of a Chinese keyboard for the dot', '阿卜杜拉。买买提', '阿卜杜拉·买买提'],
    ['an apostrophe and a hyphen', "Anne-Marie O'Neill", "ANNE-MARIE O'NEILL"],
    ['an accent typed in two parts', 'Jose\u0301', 'JOS\u00c9'],
    ['25 Han characters', '阿'.repeat(25), '阿'.repeat(25)],
    ['a character of Extension E', '王𬀩', '王𬀩'],
    ['a character that Node does not know yet', '王\u{3fff0}', '王\u{3fff0}'],
    ['a character of private use', '王\ue863', '王\ue863'],
    ['the zero that is a Han character', '王〇一', '王〇一'],
    ['a character with a variation selector', '葛\u{e0101}平', '葛\u{e0101}平'],
    ['invisible characters from a chat', '\u200b王\u2060伟\ufeff', '王伟'],
    ['fifty characters outside the BMP', '𬀩'.repeat(50), '𬀩'.repeat(50)],
  ])('takes %s', (_, typed, canonical) => {
    expect(checkPersonName(typed)).toMatchObject({ ok: true, canonical });
  });

  it.each([
    [' emily  rose\u200b carter ', 'emily rose carter'],
    ['Anne\u2011Marie O\u2019Neill', 'Anne\u2011Marie O\u2019Neill'],
  ])('shows "%s" as it was typed, without what nobody sees', (typed, shown) => {
    expect(checkPersonName(typed)).toMatchObject({ ok: true, shown });
  });

  it.each([
    ['nothing was typed', ' \u200b', 'empty'],
    ['only dots were typed', '···', 'characters'],
    ['a place was left for a missing character', '王□', 'characters'],
    ['it is of letters, and a sign is among them', 'CARTER & ROSE', 'letters'],
    ['a character is described', '王⿰火华', 'characters'],
    ['markup is among it', '<b>王伟</b>', 'characters'],
    ['a digit is among it', '王伟2', 'digits'],
    ['it has 51 characters', '𬀩'.repeat(51), 'length'],
  ])('when %s, says so', (_, typed, reason) => {
    expect(checkPersonName(typed)).toEqual({ ok: false, reason });
  });

  it.each([
    ['two Han characters fill the four columns', '王伟', true],
    ['one Han character does not', '王', false],
    ['25 fit, and the dots between them (民委发〔2016〕33号)', `${'阿'.repeat(12)}·${'阿'.repeat(6)}·${'阿'.repeat(7)}`, true],
    ['31 do not', '阿'.repeat(31), false],
    ['digits may stand in it', '王伟2', true],
  ])('with the rule of Guangzhou (REG-21), %s', (_, typed, ok) => {
    expect(checkPersonName(typed, guangzhou).ok).toBe(ok);
  });

  it('tells a narrow name from a wide one', () => {
    expect(checkPersonName('王', guangzhou)).toEqual({ ok: false, reason: 'too-narrow' });
    expect(checkPersonName('阿'.repeat(31), guangzhou)).toEqual({ ok: false, reason: 'too-wide' });
  });
});

describe('canonicalPersonName', () => {
  it('is idempotent', () => {
    const parts = fc.constantFrom(
      '王',
      '伟',
      'J',
      'é',
      'e\u0301',
      ' ',
      '\u3000',
      '·',
      '.',
      '・',
      '．',
      '\u200b',
      '𬀩',
      '-',
      '\u2019',
      ',',
      '\u0149',
      'ß',
      '\u2ee2',
      '\ufb01',
      '。',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (typed) => {
        expect(canonicalPersonName(canonicalPersonName(typed))).toBe(canonicalPersonName(typed));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the order of a name of letters', () => {
  it('is asked as typed, with the last word in front, and with the first behind', () => {
    expect(nameOrders('EMILY ROSE CARTER')).toEqual(['EMILY ROSE CARTER', 'CARTER EMILY ROSE', 'ROSE CARTER EMILY']);
    expect(nameOrders('AIGERIM SADYKOVA')).toEqual(['AIGERIM SADYKOVA', 'SADYKOVA AIGERIM']);
    expect(nameOrders('阿卜杜拉·买买提')).toEqual(['阿卜杜拉·买买提']);
  });

  it.each([
    ['EMILY ROSE CARTER', 'CARTER EMILY ROSE', true],
    ['EMILY CARTER', 'CARTER EMILY ROSE', false],
    ['EMILY ROSE CARTIER', 'CARTER EMILY ROSE', false],
    ['王伟', '伟王', false],
  ])('makes %s and %s one name: %s', (one, other, same) => {
    expect(isSameName(one, other)).toBe(same);
  });
});

describe('displayWidth', () => {
  it.each([
    ['王伟', 4],
    ['阿卜·买', 7],
    ['王𬀩', 4],
    ['王\ue863', 4],
    ['John', 4],
    ['Jose\u0301', 4],
    ['葛\u{e0101}', 2],
    ['Ｊ', 2],
    ['', 0],
  ])('%s takes %i columns', (name, width) => {
    expect(displayWidth(name)).toBe(width);
  });
});

describe('hasRareCharacter', () => {
  it.each([
    ['Extension A', '王㛃'],
    ['Extension A, a surname', '龚䶮'],
    ['Extension B', '王𠮷'],
    ['Extension E', '王𬀩'],
    ['what was added behind the first block', '王\u9fcd'],
    ['private use', '王\ue863'],
    ['a compatibility ideograph', '王\uf9dc'],
    ['a compatibility ideograph that NFC keeps', '王\ufa0e'],
  ])('sees %s', (_, name) => {
    expect(hasRareCharacter(name)).toBe(true);
  });

  it.each(['王伟', '阿卜杜拉·买买提', '龥', 'José', '王〇一'])('finds nothing in %s', (name) => {
    expect(hasRareCharacter(name)).toBe(false);
  });
});
