import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { mask } from '../../../src/domain/person/masking.ts';

const shape = fc.record({ head: fc.nat(20), tail: fc.nat(20), stars: fc.integer({ min: 1, max: 20 }) });
const hanName = fc.stringMatching(/^[\u4e00-\u9fa5]{2,12}$/u);
/** What the asterisks leave to be read. */
const shown = (text: string) => text.replaceAll('*', '');

describe('mask.mobile', () => {
  it.each([
    ['15012347931', '150****7931', { kind: 'mobile', ending: '7931' }],
    ['+85291234567', '****4567', { kind: 'mobile', ending: '4567' }],
    ['1501234', '****', { kind: 'hidden' }],
    ['', '****', { kind: 'hidden' }],
  ])('shows "%s" as %s', (mobile, text, spoken) => {
    expect(mask.mobile(mobile)).toEqual({ text, spoken });
  });

  it('hides the four digits in the middle', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^1[3-9][0-9]{9}$/), (mobile) => {
        expect(mask.mobile(mobile).text).toBe(`${mobile.slice(0, 3)}****${mobile.slice(7)}`);
      }),
    );
  });
});

describe('mask.document', () => {
  it.each([
    ['Beijing, verified identity', '222405199001011223', undefined, '2224**********23', '23'],
    ['Guangzhou', '441481199001013581', { head: 4, tail: 4, stars: 5 }, '4414*****3581', '3581'],
    ['Hubei', '420106199001011211', { head: 0, tail: 4, stars: 11 }, '***********1211', '1211'],
    ['Beijing, recovery', '110101199001010013', { head: 0, tail: 4, stars: 5 }, '*****0013', '0013'],
    ['Beijing, recovery in 2019', '372901199001010046', { head: 4, tail: 2, stars: 5 }, '3729*****46', '46'],
    ['a check character X', '11010519491231002X', undefined, '1101**********2X', '2X'],
    ['a permit, half of it', 'H12345678', undefined, 'H1**********78', '78'],
    ['an old permanent residence card', 'KAZ110090123105', undefined, 'KAZ1**********05', '05'],
  ])('shows it as in %s', (_, number, asked, text, ending) => {
    expect(mask.document(number, asked)).toEqual({ text, spoken: { kind: 'document', ending } });
  });

  it.each(['', '1'])('hides "%s" whole', (number) => {
    expect(mask.document(number)).toEqual({ text: '**********', spoken: { kind: 'hidden' } });
  });

  it('never shows any of the birth date of an 18-character number, whatever the shape asks for', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-8][0-9]{16}[0-9X]$/), shape, (number, asked) => {
        const [front, behind] = mask.document(number, asked).text.split(/\*+/);
        expect(number.slice(0, 6).startsWith(front ?? '-')).toBe(true);
        expect(number.slice(14).endsWith(behind ?? '-')).toBe(true);
      }),
    );
  });

  it('never shows more than half of a number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{1,20}$/), shape, (number, asked) => {
        expect(shown(mask.document(number, asked).text).length).toBeLessThanOrEqual(number.length / 2);
      }),
    );
  });
});

describe('mask.name', () => {
  it.each([
    ['keep-last', '朴格', '*格', { kind: 'name-ending', ending: '格' }],
    ['keep-last', '欧阳小明', '***明', { kind: 'name-ending', ending: '明' }],
    ['keep-first', '陈伟', '陈*', { kind: 'name-starting', starting: '陈' }],
    ['keep-first', '陈小明', '陈**', { kind: 'name-starting', starting: '陈' }],
    ['keep-last', '阿卜杜拉·买买提', '****提', { kind: 'name-ending', ending: '提' }],
    ['keep-last', '王𬀩', '*𬀩', { kind: 'name-ending', ending: '𬀩' }],
    ['keep-last', '平葛\u{e0101}', '*葛\u{e0101}', { kind: 'name-ending', ending: '葛\u{e0101}' }],
    ['keep-last', '王', '*', { kind: 'hidden' }],
    ['keep-first', '', '*', { kind: 'hidden' }],
  ] as const)('%s shows "%s" as %s', (style, name, text, spoken) => {
    expect(mask.name(name, style)).toEqual({ text, spoken });
  });

  it('shows one character of a name, never another', () => {
    fc.assert(
      fc.property(hanName, fc.constantFrom('keep-last', 'keep-first'), (name, style) => {
        const kept = style === 'keep-last' ? name.slice(-1) : name.slice(0, 1);
        expect(shown(mask.name(name, style).text)).toBe(kept);
      }),
    );
  });
});

describe('mask.email', () => {
  it.each([
    ['zhangwei@example.cn', 'zh***@example.cn', { kind: 'email', starting: 'zh', domain: 'example.cn' }],
    ['abc@example.cn', 'a***@example.cn', { kind: 'email', starting: 'a', domain: 'example.cn' }],
    ['a@example.cn', '***@example.cn', { kind: 'email-domain', domain: 'example.cn' }],
    ['"a@b"@example.cn', '"a***@example.cn', { kind: 'email', starting: '"a', domain: 'example.cn' }],
    ['zhangwei', '****', { kind: 'hidden' }],
    ['@example.cn', '****', { kind: 'hidden' }],
    ['', '****', { kind: 'hidden' }],
  ])('shows "%s" as %s', (email, text, spoken) => {
    expect(mask.email(email)).toEqual({ text, spoken });
  });
});

describe('mask.username', () => {
  it.each([
    ['beijing9', 'b****9', { kind: 'username', starting: 'b', ending: '9' }],
    ['bjt_18001319749', 'b****9', { kind: 'username', starting: 'b', ending: '9' }],
    ['欧阳小明', '欧****明', { kind: 'username', starting: '欧', ending: '明' }],
    ['abc', '****', { kind: 'hidden' }],
    ['', '****', { kind: 'hidden' }],
  ])('shows "%s" as %s', (username, text, spoken) => {
    expect(mask.username(username)).toEqual({ text, spoken });
  });
});

describe('mask.bankCard', () => {
  it.each([
    ['6228480402564891234', '**** **** **** 1234', { kind: 'bank-card', ending: '1234' }],
    ['1234', '**** **** **** 1234', { kind: 'bank-card', ending: '1234' }],
    ['12345', '****', { kind: 'hidden' }],
    ['', '****', { kind: 'hidden' }],
  ])('shows "%s" as %s', (number, text, spoken) => {
    expect(mask.bankCard(number)).toEqual({ text, spoken });
  });
});

describe('every mask', () => {
  it('says aloud nothing that it does not show', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), shape, (personal, asked) => {
        const all = [
          mask.mobile(personal),
          mask.document(personal, asked),
          mask.name(personal, 'keep-last'),
          mask.name(personal, 'keep-first'),
          mask.email(personal),
          mask.username(personal),
          mask.bankCard(personal),
        ];
        for (const { text, spoken } of all) {
          const { kind: _, ...said } = spoken;
          for (const part of Object.values(said)) expect(text).toContain(part);
        }
      }),
    );
  });
});
