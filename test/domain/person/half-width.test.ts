import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compactIdentifier, toHalfWidth } from '../../../src/domain/person/half-width.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('toHalfWidth', () => {
  it.each([
    ['full-width digits and letters', '１２３ＡＢｘ', '123ABx'],
    ['full-width punctuation', '＋－（）＠', '+-()@'],
    ['the ideographic space', '张\u3000伟', '张 伟'],
  ])('folds %s', (_, typed, folded) => {
    expect(toHalfWidth(typed)).toBe(folded);
  });

  it.each(['²', '①', '٣', '〇', 'ｱ'])('leaves %s alone, which is no full-width ASCII', (character) => {
    expect(toHalfWidth(character)).toBe(character);
  });
});

describe('compactIdentifier', () => {
  it.each([
    ['spaces of every width', ' 1105\u00a0 19\u30004912\t', '1105194912'],
    ['dashes of every kind', '110-105–1949—12−31－002', '11010519491231002'],
    ['brackets of every kind', '0123456789（B）[1]【2】', '0123456789B12'],
    ['invisible characters that come along with copied text', '\u202d13800000001\u202c\u200b\ufeff', '13800000001'],
    ['lower case', 'h12345678x', 'H12345678X'],
  ])('removes or folds %s', (_, typed, compact) => {
    expect(compactIdentifier(typed)).toBe(compact);
  });

  it('does not turn letters that upper-case to ASCII into ASCII', () => {
    expect(compactIdentifier('ıſ')).toBe('ıſ');
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(text, (typed) => {
        expect(compactIdentifier(compactIdentifier(typed))).toBe(compactIdentifier(typed));
      }),
    );
  });
});
