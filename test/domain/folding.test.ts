import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { applySteps, fieldKinds, fold, halfWidth, type FieldKindName } from '../../src/domain/folding.ts';
import { readByDomain, typedCases } from '../support/typed.ts';

const kinds = Object.keys(fieldKinds) as FieldKindName[];
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '+86',
        '0086',
        '86',
        '+',
        '(',
        '15012347931',
        '\u200b',
        '\u3000',
        '－',
        '。',
        'mailto:',
        '1',
        '.',
        'e',
        '\u0301',
        '年',
        '日',
      ),
      {
        maxLength: 8,
      },
    )
    .map((all) => all.join('')),
);

describe('what people type', () => {
  it.each(typedCases.map(({ field, because, typed, read }) => [field, because, typed, read] as const))(
    '%s %s: "%s" is read as %s',
    (field, _, typed, read) => {
      expect(readByDomain({ field, typed })).toBe(read);
    },
  );

  it.each(['²', '①', '٣', '〇', 'ｱ'])('is no digit where it is %s', (character) => {
    expect(applySteps(halfWidth, character)).toBe(character);
    expect(fold('code', character)).toBe(character);
  });

  it.each([
    ['label', '我的手机\ufffd\ufffd', '我的手机'],
    ['label', 'phone \ud83d', 'phone'],
    ['text', '2003 年参军\ufffd\n😀', '2003 年参军\n😀'],
  ] as const)('loses in a %s what something left of an emoji: %s', (kind, typed, read) => {
    expect(fold(kind, typed)).toBe(read);
  });

  it('does not become ASCII because its capital is', () => {
    expect(fold('document-number', 'ıſ')).toBe('ıſ');
  });

  it.each([
    ['spaces of every width', ' 1105\u00a0 19\u30004912\t', '1105194912'],
    ['dashes of every kind', '110-105–1949—12－31−002', '11010519491231002'],
    ['brackets of every kind', '0123456789（B）[1]【2】', '0123456789B12'],
    ['lower case', 'h12345678x', 'H12345678X'],
  ])('loses %s in a document number', (_, typed, compact) => {
    expect(fold('document-number', typed)).toBe(compact);
  });

  it('keeps every code point of a password but for the kind of space and the way an accent is typed', () => {
    expect(fold('password', ' Cafe\u0301\u3000\u200b１ ')).toBe(' Café \u200b１ ');
  });
});

describe.each(kinds)('the folding of %s', (kind) => {
  it('is idempotent', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        expect(fold(kind, fold(kind, typed))).toBe(fold(kind, typed));
      }),
    );
  });

  it('leaves room for what is pasted along: every sign followed by one that nobody sees, and a word around it', () => {
    for (const { typed } of typedCases.filter(({ field }) => kind.startsWith(field)))
      expect([...typed].length * 2 + 10).toBeLessThanOrEqual(fieldKinds[kind].room);
  });
});
