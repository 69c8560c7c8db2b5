import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { checkPersonName, displayWidth, hasRareCharacter, normalisePersonName } from '../../../src/domain/person/person-name.ts';

const guangzhou = { minWidth: 4, maxWidth: 20, digits: true };

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
    ['a Latin name', '  John  A.  Smith ', 'John A. Smith'],
    ['an apostrophe and a hyphen', "Anne-Marie O'Neill", "Anne-Marie O'Neill"],
    ['an accent typed in two parts', 'Jose\u0301', 'Jos\u00e9'],
    ['a character of Extension E', '王𬀩', '王𬀩'],
    ['a character that Node does not know yet', '王\u{3fff0}', '王\u{3fff0}'],
    ['a character of private use', '王\ue863', '王\ue863'],
    ['the zero that is a Han character', '王〇一', '王〇一'],
    ['a character with a variation selector', '葛\u{e0101}平', '葛\u{e0101}平'],
    ['invisible characters from a chat', '\u200b王\u2060伟\ufeff', '王伟'],
    ['fifty characters outside the BMP', '𬀩'.repeat(50), '𬀩'.repeat(50)],
  ])('takes %s', (_, typed, canonical) => {
    expect(checkPersonName(typed)).toEqual({ ok: true, canonical });
  });

  it('keeps a name as typed where NFKC would change it', () => {
    expect(checkPersonName('ﬁＪ')).toEqual({ ok: true, canonical: 'ﬁＪ' });
  });

  it.each([
    ['nothing was typed', ' \u200b', 'empty'],
    ['only dots were typed', '···', 'characters'],
    ['a place was left for a missing character', '王□', 'characters'],
    ['a character is described', '王⿰火华', 'characters'],
    ['a radical stands for a character, as in copied PDF text', '⽅伟', 'characters'],
    ['markup is among it', '<b>王伟</b>', 'characters'],
    ['a digit is among it', '王伟2', 'digits'],
    ['it has 51 characters', '𬀩'.repeat(51), 'length'],
  ])('when %s, says so', (_, typed, reason) => {
    expect(checkPersonName(typed)).toEqual({ ok: false, reason });
  });

  it.each([
    ['two Han characters fill the four columns', '王伟', true],
    ['one Han character does not', '王', false],
    ['ten fill the twenty', '阿'.repeat(10), true],
    ['eleven do not fit', '阿'.repeat(11), false],
    ['digits may stand in it', '王伟2', true],
  ])('with the rule of Guangzhou (REG-21), %s', (_, typed, ok) => {
    expect(checkPersonName(typed, guangzhou).ok).toBe(ok);
  });

  it('tells a narrow name from a wide one', () => {
    expect(checkPersonName('王', guangzhou)).toEqual({ ok: false, reason: 'too-narrow' });
    expect(checkPersonName('阿'.repeat(11), guangzhou)).toEqual({ ok: false, reason: 'too-wide' });
  });
});

describe('normalisePersonName', () => {
  it('is idempotent', () => {
    const parts = fc.constantFrom('王', '伟', 'J', 'é', 'e\u0301', ' ', '\u3000', '·', '.', '・', '．', '\u200b', '𬀩', '-');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (typed) => {
        expect(normalisePersonName(normalisePersonName(typed))).toBe(normalisePersonName(typed));
      }),
      { numRuns: 1000 },
    );
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
