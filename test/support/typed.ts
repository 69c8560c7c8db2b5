import { checkBankCardNumber } from '../../src/domain/person/bank-card-number.ts';
import { readCivilDate } from '../../src/domain/person/civil-date.ts';
import { checkContactAddress } from '../../src/domain/person/contact-address.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';
import { checkEmail } from '../../src/domain/person/email.ts';
import { checkMobile } from '../../src/domain/person/mobile.ts';
import { checkPersonName } from '../../src/domain/person/person-name.ts';
import { unmetUsernameRules } from '../../src/domain/person/username.ts';
import { fieldKinds, fold } from '../../src/domain/folding.ts';
import { foldField, type FieldName } from '../../src/domain/form-fields.ts';

/** What people type and paste into a field: by its name, whether it is right, and why somebody would type it so. */
export interface Typed {
  readonly field: FieldName;
  readonly typed: string;
  /** What it is read as; undefined: it is refused. */
  readonly read: string | undefined;
  readonly because: string;
}

/** The same number, grouped, wrapped and copied in the ways that occur. */
const copies = (digits: string): readonly (readonly [typed: string, because: string])[] => {
  const half = Math.floor(digits.length / 2);
  const [head, tail] = [digits.slice(0, half), digits.slice(half)];
  const wide = [...digits].map((digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)).join('');
  return [
    [digits, 'as it is'],
    [`${head} ${tail}`, 'in groups'],
    [`${head}\u00a0${tail}`, 'with a no-break space of a web page'],
    [`${head}\u3000${tail}`, 'with an ideographic space'],
    [`${head}-${tail}`, 'with a hyphen'],
    [`${head}\u2011${tail}`, 'with a no-break hyphen'],
    [`${head}\u2013${tail}`, 'with the dash that a phone makes of two hyphens'],
    [`${head}\uff0d${tail}`, 'with a full-width hyphen'],
    [`${head}.${tail}`, 'with a dot'],
    [`\u200b${head}\u200b${tail}\u200b`, 'with zero-width spaces'],
    [`\ufeff${digits}`, 'with a byte-order mark'],
    [`\u202d${digits}\u202c`, 'copied from a contact card'],
    [`  ${digits}\t`, 'with space around it'],
    [`${digits}。`, 'with the full stop behind it'],
    [wide, 'in full width'],
    [`${wide.slice(0, half)}　${wide.slice(half)}`, 'in full width, in groups'],
  ];
};

const right = (field: FieldName, read: string, ways: readonly (readonly [typed: string, because: string])[]): readonly Typed[] =>
  ways.map(([typed, because]) => ({ field, typed, read, because }));
const wrong = (field: FieldName, ways: readonly (readonly [typed: string, because: string])[]): readonly Typed[] =>
  ways.map(([typed, because]) => ({ field, typed, read: undefined, because }));

const mobile = '13800000001';
const card = '6299000000000000010';
const citizen = '11010519491231002X';

const mobiles = (field: FieldName): readonly Typed[] => [
  ...right(field, mobile, [
    ...copies(mobile),
    ['+86 138 0000 0001', 'with the country code'],
    ['+86-138-0000-0001', 'with the country code and hyphens'],
    ['（+86）13800000001', 'with the country code in full-width brackets'],
    ['＋８６１３８０００００００１', 'with the country code in full width'],
    ['0086 13800000001', 'with the country code as it is dialled'],
    ['8613800000001', 'with the country code alone'],
  ]),
  ...wrong(field, [
    ['1380000', 'too short'],
    ['138000000012', 'too long'],
    ['12800000001', 'of no carrier'],
    ['138****0001', 'masked'],
    ['+852 9123 4567', 'of Hong Kong'],
  ]),
];

/** Every field that somebody types into, as far as there are several ways to type the same. */
export const typedCases: readonly Typed[] = [
  ...mobiles('mobile'),
  ...mobiles('reservedMobile'),
  ...right('code', '012345', copies('012345')),
  ...wrong('code', [
    ['01234', 'too short'],
    ['0123456', 'too long'],
    ['01234o', 'with a letter'],
  ]),
  ...right('totpCode', '755224', copies('755224')),
  ...wrong('totpCode', [['75522', 'too short']]),
  ...right('recoveryCode', '0a1b2c3d4e5f6g7h', [
    ['0a1b-2c3d-4e5f-6g7h', 'as it was written down'],
    ['0A1B 2C3D 4E5F 6G7H', 'in capitals, in groups'],
    ['oalb2c3d4e5f6g7h', 'with letters that are taken for digits'],
    ['０ａ１ｂ－２ｃ３ｄ－４ｅ５ｆ－６ｇ７ｈ', 'in full width'],
    ['0a1b–2c3d—4e5f‑6g7h', 'with the dashes of a word processor'],
  ]),
  ...wrong('recoveryCode', [['0a1b-2c3d-4e5f', 'too short']]),
  ...right('bankCard', card, copies(card)),
  ...wrong('bankCard', [
    ['62990000', 'too short'],
    ['6299 **** **** 0010', 'masked'],
  ]),
  ...right('documentNumber', citizen, [
    [citizen, 'as it is'],
    ['11010519491231002x', 'in lower case'],
    ['110105 19491231 002X', 'in groups'],
    ['110105-19491231-002X', 'with hyphens'],
    ['１１０１０５１９４９１２３１００２Ｘ', 'in full width'],
    ['\u200b11010519491231002X\u200b', 'with zero-width spaces'],
    ['11010519491231002Ⅹ', 'with the Roman ten that the standard writes'],
    ['11010519491231002×', 'with the sign of multiplication'],
  ]),
  ...wrong('documentNumber', [['110105194912310021', 'another check character']]),
  ...right('username', 'zhang-wei', [
    ['zhang-wei', 'as it is'],
    [' zhang-wei\u3000', 'with space around it'],
    ['ｚｈａｎｇ－ｗｅｉ', 'in full width'],
    ['zhang\u2011wei', 'with a no-break hyphen'],
    ['\u200bzhang-wei\u200b', 'with zero-width spaces'],
  ]),
  ...wrong('username', [['张伟', 'of letters that the rule does not allow']]),
  ...right('email', 'zhang.wei@example.cn', [
    ['zhang.wei@example.cn', 'as it is'],
    [' Zhang.Wei@Example.CN\u00a0', 'with space and capitals'],
    ['ｚｈａｎｇ．ｗｅｉ＠ｅｘａｍｐｌｅ．ｃｎ', 'in full width'],
    ['zhang.wei@example。cn', 'with the full stop of a Chinese keyboard'],
    ['mailto:zhang.wei@example.cn', 'copied from a link'],
    ['\u200bzhang.wei@example.cn', 'with a zero-width space'],
  ]),
  ...wrong('email', [['zhang wei@example.cn', 'with a space in it']]),
  ...right('address', '天河区龙口西路2号-1', [
    ['天河区龙口西路2号-1', 'as it is'],
    ['　天河区龙口西路２号－１', 'in full width'],
    ['天河区龙口西路2号—1\u200b', 'with a dash and a zero-width space'],
  ]),
  ...right('validFrom', '2018-06-06', [
    ['2018-06-06', 'as it is'],
    ['2018/6/6', 'with strokes'],
    ['2018.06.06', 'as the card prints it'],
    ['2018年6月6日', 'in words'],
    ['２０１８－０６－０６', 'in full width'],
    ['20180606', 'without anything between'],
  ]),
  ...wrong('validFrom', [['2018-02-29', 'a day that there is not']]),
];

const anyUsername = {
  minLength: 4,
  maxLength: 20,
  firstLetter: true,
  allow: ['letters', 'digits', 'hyphen'],
  notDigitsOnly: true,
} as const;

type Verdict = (typed: string) => { readonly ok: boolean; readonly canonical?: string };

const byPattern =
  (kind: 'code' | 'recovery-code'): Verdict =>
  (typed) => ({ ok: new RegExp(`^${fieldKinds[kind].pattern}$`).test(fold(kind, typed)), canonical: fold(kind, typed) });
const ofMobile: Verdict = (typed) => checkMobile(typed);

const verdicts: Readonly<Partial<Record<FieldName, Verdict>>> = {
  mobile: ofMobile,
  reservedMobile: ofMobile,
  code: byPattern('code'),
  totpCode: byPattern('code'),
  recoveryCode: byPattern('recovery-code'),
  bankCard: checkBankCardNumber,
  documentNumber: (typed) => documentTypes['resident-id-card'].check(typed, new Date()),
  username: (typed) => ({ ok: unmetUsernameRules(anyUsername, typed).length === 0, canonical: foldField('username', typed) }),
  email: checkEmail,
  name: checkPersonName,
  address: (typed) => checkContactAddress(typed, { minLength: 8, maxLength: 80 }),
  validFrom: (typed) => ({ ok: readCivilDate(typed) !== undefined, canonical: readCivilDate(typed) ?? '' }),
};

/** What the domain makes of it; undefined: it is refused. */
export function readByDomain({ field, typed }: Pick<Typed, 'field' | 'typed'>): string | undefined {
  const verdict = verdicts[field]?.(typed);
  if (!verdict) throw new Error(`nobody judges ${field}`);
  return verdict.ok ? verdict.canonical : undefined;
}
