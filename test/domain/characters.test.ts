import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { beginning } from '../../src/domain/characters.ts';

describe('what a text begins with', () => {
  it.each([
    ['all of a short one', '张伟', 5, '张伟'],
    ['as many characters as are wanted', 'zhangwei', 5, 'zhang'],
    ['no half of an emoji', 'abc😀', 4, 'abc😀'],
    ['an emoji or nothing of it', 'abc😀', 3, 'abc'],
    ['a flag, which is two signs', 'ab🇨🇳x', 3, 'ab🇨🇳'],
    ['a family, which is seven', '👨‍👩‍👧‍👦x', 1, ''],
    ['the same where there is room', '👨‍👩‍👧‍👦x', 3, '👨‍👩‍👧‍👦x'],
    ['an accent with its letter', 'éa', 1, 'é'],
    ['a rare character, which is a pair', '𠮷林', 1, '𠮷'],
    ['nothing of a pile of accents', `a${'\u0301'.repeat(100)}`, 5, ''],
    ['nothing', '', 5, ''],
  ])('is %s', (_, text, most, kept) => {
    expect(beginning(text, most)).toBe(kept);
  });

  it('is a beginning of it, never too long, and whole where the text is whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 20 }), (text, most) => {
        const kept = beginning(text, most);
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(most * 4);
        expect(kept.isWellFormed()).toBe(true);
      }),
    );
  });
});
