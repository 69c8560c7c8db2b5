import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { citizenNumberCheckCharacter } from '../../../src/domain/person/citizen-number.ts';
import { documentTypes, isDocumentType, resemblesDocumentNumber } from '../../../src/domain/person/document-number.ts';
import type { DocumentType } from '../../../src/domain/person/document-number.ts';

const now = new Date('2026-11-22T04:00:00Z');
const check = (type: DocumentType, text: string) => documentTypes[type].check(text, now);

const typeNames = Object.keys(documentTypes).filter(isDocumentType);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[A-Za-z0-9() （）１２Ａ—-]{0,24}$/),
  fc.stringMatching(/^[0-9]{10}[(（【][0-9A-Z][)）】]$/),
);

/** Numbers that could be issued: `prefix` is the six characters in front of the birth date. */
const numberWith = (prefix: fc.Arbitrary<string>) =>
  fc
    .tuple(
      prefix,
      fc.date({ min: new Date('1880-01-01T00:00:00Z'), max: new Date('2026-11-22T00:00:00Z'), noInvalidDate: true }),
      fc.stringMatching(/^[0-9]{3}$/),
    )
    .map(([front, birth, sequence]) => `${front}${birth.toISOString().slice(0, 10).replaceAll('-', '')}${sequence}`)
    .map((body) => `${body}${citizenNumberCheckCharacter(body)}`);
const provinces = fc.constantFrom('11', '13', '21', '37', '42', '44', '54', '65', '71');
const residentNumber = numberWith(fc.tuple(provinces, fc.stringMatching(/^[0-9]{4}$/)).map((parts) => parts.join('')));
const residencePermitNumber = numberWith(fc.constantFrom('810000', '820000', '830000'));
const permanentResidentNumber = numberWith(
  fc.tuple(provinces, fc.stringMatching(/^[0-9]{3}$/)).map(([province, country]) => `9${province}${country}`),
);

const accepted: Readonly<Record<DocumentType, fc.Arbitrary<string>>> = {
  'resident-id-card': residentNumber,
  'hk-permit': fc.stringMatching(/^[Hh][0-9]{8}(?:[(][0-9]{2}[)])?$/),
  'macao-permit': fc.stringMatching(/^m[0-9]{8}(?: [0-9]{2})?$/),
  'taiwan-permit': fc.stringMatching(/^[0-9]{8}(?:[0-9]{2}(?:[(][0-9A-Z][)])?)?$/),
  'foreign-permanent-resident': permanentResidentNumber,
  'hmt-residence-permit': residencePermitNumber,
  'foreign-passport': fc.stringMatching(/^[a-zA-Z]{1,2}[- ]?[0-9]{5,9}$/),
  other: fc.stringMatching(/^[军士证]{1,3}字第[0-9]{4,9}号$/),
};

describe('documentTypes', () => {
  it.each([
    ['resident-id-card', '11010519491231002X', { sex: 'female', birthDate: '1949-12-31' }],
    ['resident-id-card', '440524188001010014', { sex: 'male', birthDate: '1880-01-01' }],
    ['resident-id-card', '34052419800101001X', { sex: 'male', birthDate: '1980-01-01' }],
    ['resident-id-card', '130503196704010016', { sex: 'male', birthDate: '1967-04-01' }],
    ['hmt-residence-permit', '810000199001010019', { sex: 'male', birthDate: '1990-01-01' }],
    ['hmt-residence-permit', '820000198506150022', { sex: 'female', birthDate: '1985-06-15' }],
    ['hmt-residence-permit', '830000197811200038', { sex: 'male', birthDate: '1978-11-20' }],
    ['foreign-permanent-resident', '911124198108030024', { birthDate: '1981-08-03' }],
    ['foreign-permanent-resident', '932682198501010017', { birthDate: '1985-01-01' }],
    ['foreign-permanent-resident', 'KAZ110090123105', {}],
    ['hk-permit', 'H12345678', {}],
    ['macao-permit', 'M12345678', {}],
    ['taiwan-permit', '01234567', {}],
    ['foreign-passport', 'TK1234567', {}],
    ['other', '军字第1234567号', {}],
  ] as const)('%s %s is accepted and tells what it holds', (type, number, tells) => {
    expect(check(type, number)).toEqual({ ok: true, canonical: number, key: number, ...tells });
  });

  it.each([
    ['hk-permit', 'H1234567802', { canonical: 'H1234567802', key: 'H12345678', suffix: '02' }],
    ['macao-permit', 'm 12345678 (00)', { canonical: 'M1234567800', key: 'M12345678', suffix: '00' }],
    ['taiwan-permit', '0123456789(B)', { canonical: '0123456789B', key: '01234567', suffix: '89B', outdated: true }],
    ['taiwan-permit', '0123456789（1）', { canonical: '0123456789', key: '01234567', suffix: '89', outdated: true }],
    ['taiwan-permit', '0123456789', { canonical: '0123456789', key: '01234567', suffix: '89', outdated: true }],
  ] as const)('%s %s has the same key as before it was reissued', (type, number, expected) => {
    expect(check(type, number)).toEqual({ ok: true, ...expected });
  });

  it.each([
    ['lower case', '11010519491231002x'],
    ['full width', '１１０１０５１９４９１２３１００２Ｘ'],
    ['spaces and dashes', ' 110105-19491231-002X '],
    ['brackets', '（110105）19491231002X'],
  ])('an identity number may be typed with %s', (_, typed) => {
    expect(check('resident-id-card', typed)).toMatchObject({ ok: true, canonical: '11010519491231002X' });
  });

  it.each([
    ['resident-id-card', '110105194912310021', 'check-character'],
    ['resident-id-card', '', 'empty'],
    ['resident-id-card', '（）', 'empty'],
    ['resident-id-card', '1101051949123100', 'length'],
    ['resident-id-card', '11010519491231002X0', 'characters'],
    ['resident-id-card', 'X1010519491231002X', 'characters'],
    ['resident-id-card', '１１０１０５１９４９１２３１００２Х', 'characters'],
    ['resident-id-card', '130503670401001', 'legacy-15-digits'],
    ['resident-id-card', '160105194912310020', 'province'],
    ['resident-id-card', '010105194912310020', 'province'],
    ['resident-id-card', '110105194913310020', 'birth-date'],
    ['resident-id-card', '110105202302290020', 'birth-date'],
    ['resident-id-card', '110105174912310020', 'birth-date'],
    ['resident-id-card', '110105202611230020', 'future-birth-date'],
    ['resident-id-card', '810000199001010019', 'other-document-type'],
    ['resident-id-card', '911124198108030024', 'other-document-type'],
    ['hmt-residence-permit', '11010519491231002X', 'prefix'],
    ['hmt-residence-permit', '810001199001010019', 'prefix'],
    ['hmt-residence-permit', '810000199001010018', 'check-character'],
    ['hmt-residence-permit', '81000019900101001', 'length'],
    ['foreign-permanent-resident', '911124198108030025', 'check-character'],
    ['foreign-permanent-resident', '916124198108030024', 'province'],
    ['foreign-permanent-resident', '11010519491231002X', 'prefix'],
    ['foreign-permanent-resident', 'KAZ110091323105', 'birth-date'],
    ['foreign-permanent-resident', 'KAZ11009012310', 'length'],
    ['foreign-permanent-resident', 'KA1110090123105', 'characters'],
    ['hk-permit', 'M12345678', 'other-document-type'],
    ['macao-permit', 'H1234567802', 'other-document-type'],
    ['hk-permit', 'C12345678', 'prefix'],
    ['hk-permit', '12345678', 'prefix'],
    ['hk-permit', 'H1234567', 'length'],
    ['hk-permit', 'H123456780', 'length'],
    ['hk-permit', 'H1234567A', 'characters'],
    ['hk-permit', '', 'empty'],
    ['taiwan-permit', '1234567', 'length'],
    ['taiwan-permit', '13800000001', 'length'],
    ['taiwan-permit', '1234567B', 'length'],
    ['taiwan-permit', 'A1234567', 'characters'],
    ['taiwan-permit', '', 'empty'],
    ['foreign-passport', 'AB12', 'length'],
    ['foreign-passport', 'A'.repeat(21), 'length'],
    ['foreign-passport', '护照1234567', 'characters'],
    ['foreign-passport', '11010519491231002X', 'other-document-type'],
    ['foreign-passport', '', 'empty'],
    ['other', '810000199001010019', 'other-document-type'],
    ['other', '911124198108030024', 'other-document-type'],
    ['other', '军字第1/2号', 'characters'],
    ['other', '123', 'length'],
    ['other', '军'.repeat(31), 'length'],
    ['other', '', 'empty'],
  ] as const)('%s "%s" is refused for its %s', (type, number, reason) => {
    expect(check(type, number)).toEqual({ ok: false, reason });
  });

  it.each([
    ['the passport numbers of two countries differ', 'KOR', { ok: true, canonical: 'M12345678', key: 'KOR-M12345678' }],
    ['a country is three letters', 'KR', { ok: false, reason: 'issuing-country' }],
  ])('%s', (_, country, expected) => {
    expect(documentTypes['foreign-passport'].check('m12345678', now, country)).toEqual(expected);
  });

  it('a child born today in Shanghai has a number before that day begins in UTC', () => {
    const body = '11010520261123002';
    const number = `${body}${citizenNumberCheckCharacter(body)}`;
    const born = (moment: string) => documentTypes['resident-id-card'].check(number, new Date(moment)).ok;
    expect([born('2026-11-22T15:59:59Z'), born('2026-11-22T16:00:00Z')]).toEqual([false, true]);
  });

  it.each([
    ['resident-id-card', residentNumber],
    ['hmt-residence-permit', residencePermitNumber],
    ['foreign-permanent-resident', permanentResidentNumber],
  ] as const)('every %s that could be issued is accepted, whatever its county', (type, number) => {
    fc.assert(fc.property(number, (issued) => expect(check(type, issued)).toMatchObject({ ok: true, key: issued })));
  });

  it.each([
    ['resident-id-card', residentNumber],
    ['hmt-residence-permit', residencePermitNumber],
    ['foreign-permanent-resident', permanentResidentNumber],
  ] as const)('any one character of a %s typed wrong is refused', (type, number) => {
    fc.assert(
      fc.property(number, fc.integer({ min: 0, max: 17 }), fc.constantFrom(...'0123456789X'), (issued, at, typed) => {
        fc.pre(issued[at] !== typed);
        expect(check(type, issued.slice(0, at) + typed + issued.slice(at + 1)).ok).toBe(false);
      }),
    );
  });

  it('two neighbouring digits of an identity number swapped are refused', () => {
    fc.assert(
      fc.property(residentNumber, fc.integer({ min: 0, max: 16 }), (issued, at) => {
        fc.pre(issued[at] !== issued[at + 1]);
        const swapped = `${issued.slice(0, at)}${issued[at + 1]}${issued[at]}${issued.slice(at + 2)}`;
        expect(check('resident-id-card', swapped).ok).toBe(false);
      }),
    );
  });

  it('no number with a lifelong person behind it is accepted under two types', () => {
    fc.assert(
      fc.property(fc.oneof(residentNumber, residencePermitNumber, permanentResidentNumber), (issued) => {
        expect(typeNames.filter((type) => check(type, issued).ok)).toHaveLength(1);
      }),
    );
  });

  it.each(typeNames)('normalising a %s twice is normalising it once', (type) => {
    const { normalise } = documentTypes[type];
    fc.assert(fc.property(text, (typed) => expect(normalise(normalise(typed))).toBe(normalise(typed))));
  });

  it.each(typeNames)('the canonical form of a %s is accepted again and tells the same', (type) => {
    fc.assert(
      fc.property(accepted[type], (typed) => {
        const first = check(type, typed);
        expect(first.ok && check(type, first.canonical)).toEqual(first);
      }),
    );
  });
});

describe('isDocumentType', () => {
  it.each([
    ['resident-id-card', true],
    ['identity-card', false],
    ['toString', false],
  ])('%s: %s', (word, expected) => {
    expect(isDocumentType(word)).toBe(expected);
  });
});

describe('resemblesDocumentNumber', () => {
  it.each([
    ['an identity number', '11010519491231002x'],
    ['an identity number with a wrong check character', '110105194912310021'],
    ['a 15-digit identity number', '130503670401001'],
    ['a Hong Kong permit', 'h12345678'],
    ['a Macao permit with its reissue count', 'M1234567801'],
    ['a Taiwan permit', '12345678'],
    ['a Taiwan booklet', '0123456789B'],
    ['an old permanent residence card', 'KAZ110090123105'],
    ['a Chinese passport', 'EA1234567'],
    ['an American passport', '123456789'],
    ['a diplomatic passport', 'DE12345678'],
    ['a number with dashes', '1101-0519-4912-3100-2X'],
  ])('sees %s', (_, number) => {
    expect(resemblesDocumentNumber(number)).toBe(true);
  });

  it.each(['zhangwei', 'zhangwei1990', 'li19900101', 'bjt_18001319749', 'load10000', '张伟'])('lets %s be', (name) => {
    expect(resemblesDocumentNumber(name)).toBe(false);
  });
});
