/**
 * What people type and paste into a field, brought to the one form that it is read in: full-width signs of Chinese
 * keyboards, spaces and dashes between groups, what copied text brings along unseen. One folding for each kind of field,
 * as data: the domain applies it, and so does the script of the page (interactions/layout/assets/minxin.js), so that the
 * page never refuses what the server takes.
 *
 * Only what is listed is folded. NFKC would go further and turn superscripts, circled digits and the like into digits,
 * so that a number nobody can read off a document would be accepted.
 */

/**
 * Replaces every match of `each`, a regular expression (flags `gu`): by a text, by a character so many code points away,
 * or by its normalisation form. Without `each` the whole text is normalised.
 */
export type FoldStep = { readonly each: string; readonly to: string | number } | { readonly each?: string; readonly form: 'NFC' | 'NFKC' };

/** U+FF01 is the full-width twin of U+0021, and so on to U+FF5E; the ideographic space is that of U+0020. */
export const halfWidth: readonly FoldStep[] = [
  { each: '[\\uff01-\\uff5e]', to: 0x21 - 0xff01 },
  { each: '\\u3000', to: ' ' },
];

/** Format characters: zero-width signs, marks of direction, soft hyphens. */
const invisible: FoldStep = { each: '\\p{Cf}', to: '' };

/** What stands between groups of characters for the eye: spaces, dashes of every kind, brackets. */
const separators = '\\s\\p{Cf}\\p{Pd}\\p{Ps}\\p{Pe}\\u2212\\u30fc';
const compact: FoldStep = { each: `[${separators}]`, to: '' };
/** Digits are grouped by dots as well, and copied with the full stop behind them. */
const compactDigits: FoldStep = { each: `[${separators}.\\u00b7\\u3002]`, to: '' };

/** What is left of an emoji that something cut in half on its way. */
const halves: FoldStep = { each: '[\\ufffd\\p{Cs}]', to: '' };

const trim: FoldStep = { each: '^\\s+|\\s+$', to: '' };
const singleSpaces: FoldStep = { each: '\\s+', to: ' ' };
const dashes: FoldStep = { each: '[\\p{Pd}\\u2212]', to: '-' };
const nfc: FoldStep = { form: 'NFC' };

/** Letters of ASCII alone: `toUpperCase` would turn `ı` and `ſ` into `I` and `S`, and two inputs into one identifier. */
const upper: FoldStep = { each: '[a-z]', to: -32 };
const lower: FoldStep = { each: '[A-Z]', to: 32 };

export interface FieldKind {
  /** In this order. Folding twice is folding once. */
  readonly fold: readonly FoldStep[];
  /** What the folded text of a right value looks like, where the page may say so before the server does. */
  readonly pattern?: string;
  /** Two of them are compared by the page. */
  readonly compared?: true;
  /** Longest text that is looked at, in code points as typed: room for whatever is pasted along. */
  readonly room: number;
}

const digitsOnly: readonly FoldStep[] = [...halfWidth, compactDigits];

/** Every kind of field. */
export const fieldKinds = {
  /** One-time codes: by SMS, by e-mail, of an authenticator app. */
  code: { fold: digitsOnly, pattern: '[0-9]{6}', room: 64 },
  /** Crockford's alphabet: letters that are taken for digits are those digits. */
  'recovery-code': {
    fold: [...halfWidth, compact, lower, { each: 'o', to: '0' }, { each: '[il]', to: '1' }],
    pattern: '[0-9a-hjkmnp-tv-z]{16}',
    room: 128,
  },
  captcha: { fold: [...halfWidth, compact, upper], room: 64 },
  /** National digits: the country code of China is taken off, a bare `86` only in front of a complete number. */
  mobile: {
    fold: [...digitsOnly, { each: '^(?:\\+86|0086)+', to: '' }, { each: '^86(?=1[3-9][0-9]{9}$)', to: '' }],
    pattern: '1[3-9][0-9]{9}',
    room: 64,
  },
  /** Numbers of documents and codes of organisations; GB 11643 writes the check character as a Roman ten. */
  'document-number': { fold: [...halfWidth, compact, upper, { each: '(?<=^[0-9]{17})[\\u2169\\u2179\\u00d7]$', to: 'X' }], room: 128 },
  'bank-card': { fold: digitsOnly, pattern: '[0-9]{13,19}', room: 128 },
  username: { fold: [invisible, ...halfWidth, nfc, dashes, trim], room: 128 },
  /** A user name, a mobile or a document number; each is read by its own folding. */
  identifier: { fold: [invisible, ...halfWidth, nfc, trim], room: 128 },
  /** `。` is the full stop of a Chinese keyboard; a domain knows it anyway (IDNA). */
  email: {
    fold: [invisible, ...halfWidth, nfc, { each: '[\\u3002\\uff61]', to: '.' }, lower, { each: '^(?:\\s*mailto:)+', to: '' }, trim],
    room: 400,
  },
  /** As it is shown; what an authority is asked is folded further (person/person-name.ts). */
  name: { fold: [invisible, ...halfWidth, nfc, singleSpaces, trim], room: 200 },
  /** `2018年6月6日` and `2018/6/6` as `2018-06-06`, for browsers without a calendar. */
  date: {
    fold: [
      ...halfWidth,
      { each: '[\\s\\p{Cf}\\u65e5]', to: '' },
      { each: '[./\\u5e74\\u6708\\p{Pd}\\u2212]', to: '-' },
      { each: '\\b(?=\\d\\b)', to: '0' },
    ],
    room: 40,
  },
  address: { fold: [invisible, ...halfWidth, nfc, dashes, singleSpaces, trim], room: 400 },
  /** The code points that are hashed: nothing is trimmed or taken away (authenticator/password-policy.ts). */
  password: { fold: [nfc, { each: '\\p{Zs}', to: ' ' }], compared: true, room: 256 },
  /** What somebody calls a thing of theirs. */
  label: { fold: [halves, nfc, { each: '[\\p{Z}\\p{Cc}\\p{Cf}]+', to: ' ' }, trim], room: 200 },
  /** Several lines. */
  text: { fold: [halves, nfc, { each: '\\r\\n?', to: '\\n' }, trim], room: 2000 },
  /** One of a list, a box that is ticked. */
  choice: { fold: [], room: 64 },
  /** What a script sends. */
  credential: { fold: [], room: 16_384 },
} as const satisfies Readonly<Record<string, FieldKind>>;

export type FieldKindName = keyof typeof fieldKinds;

/**
 * The text as a field of this kind is read.
 *
 * @param text - as typed
 */
export function fold(kind: FieldKindName, text: string): string {
  return applySteps(fieldKinds[kind].fold, text);
}

/** Takes the steps one after the other. */
export function applySteps(steps: readonly FoldStep[], text: string): string {
  return steps.reduce(applyStep, text);
}

function applyStep(text: string, step: FoldStep): string {
  if ('form' in step)
    return step.each === undefined ? text.normalize(step.form) : text.replace(expressionOf(step.each), normalised(step.form));
  const { each, to } = step;
  return text.replace(expressionOf(each), (found) => (typeof to === 'string' ? to : String.fromCodePoint(codePoint(found) + to)));
}

const normalised = (form: 'NFC' | 'NFKC') => (found: string) => found.normalize(form);
const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

const expressions = new Map<string, RegExp>();

function expressionOf(source: string): RegExp {
  const known = expressions.get(source);
  if (known) return known;
  const expression = new RegExp(source, 'gu');
  expressions.set(source, expression);
  return expression;
}
