import { applySteps, fold, halfWidth, type FoldStep } from '../folding.ts';
import radicals from './radicals.json' with { type: 'json' };

/**
 * Names of persons as their documents print them (docs/adr/0035). What an authority is asked, and what is compared, is the
 * canonical form: one form for every sign that looks like another. What people typed is kept beside it, and shown.
 */

/** Why a name is refused; part of a locale key. */
export type PersonNameReason = 'empty' | 'digits' | 'characters' | 'letters' | 'length' | 'too-narrow' | 'too-wide';

/** `shown`: as typed, without what nobody sees. */
export type PersonNameCheck = { ok: true; canonical: string; shown: string } | { ok: false; reason: PersonNameReason };

/** A deployment's rule for names, in columns: "4–20 characters" of the Guangzhou manual lets 王伟 pass (REG-21). */
export interface PersonNamePolicy {
  minWidth: number;
  /** At least 60: 25 Han characters and the dots between them (民委发〔2016〕33号). */
  maxWidth: number;
  /** Whether Arabic digits may stand in a name. */
  digits: boolean;
}

/** No rule of width; every document's name fits. */
const anyPersonName: PersonNamePolicy = { minWidth: 1, maxWidth: 100, digits: false };

const maxCodePoints = 50;

/** Planes 2 and 3 are set aside for ideographs: newly encoded ones count although this Node does not know them yet. */
const ideograph = '\\p{Unified_Ideograph}\\p{Script=Han}\\p{Co}\\u{20000}-\\u{3fffd}';
const han = new RegExp(`[${ideograph}]`, 'u');
const allowed = /^[\p{L}\p{M}\p{Nd}\u3007\p{Co}\u{20000}-\u{3fffd}\u00b7'.\- ]+$/u;
const letter = /[\p{L}\u3007\p{Co}\u{20000}-\u{3fffd}]/u;

/**
 * Signs that stand for the character they look like, whatever the name. Text copied out of PDF files has the radicals of
 * dictionaries for characters of the same shape: those of Kangxi decompose to them (UAX 15), those of the supplement are
 * mapped by the property Equivalent_Unified_Ideograph (UAX 44). Radicals are symbols and stand in no name. Compatibility
 * ideographs are canonically equivalent to unified ones, which every normalisation form puts in their place; the twelve
 * that are unified themselves (U+FA0E …) stay. NFKC of the whole would go further and is not used.
 */
const lookAlikes: readonly FoldStep[] = [
  // Format characters that come along when names are copied, and the Hangul fillers, letters that nobody sees.
  { each: '[\\p{Cf}\\u115f\\u1160\\u3164\\uffa0]', to: '' },
  ...halfWidth,
  { each: '[\\u2f00-\\u2fd5\\ufb00-\\ufb06]', form: 'NFKC' },
];

const supplement: ReadonlyMap<string, string> = new Map(pairs(radicals.supplement));

function pairs(text: string): (readonly [string, string])[] {
  const characters = [...text];
  return characters.flatMap((character, index) => (index % 2 === 0 ? [[character, characters[index + 1] ?? ''] as const] : []));
}

const signs: readonly FoldStep[] = [
  { form: 'NFC' },
  // The dot between the parts of a name (U+00B7 in GB 18030), by all its look-alikes (UTS 39).
  { each: '[\\u1427\\u2022\\u2027\\u2219\\u22c5\\u2e31\\u2e33\\u30fb\\uff65\\ua78f\\u{10101}]', to: '\u00b7' },
  // Phones set curly apostrophes, other keyboards accents and primes.
  { each: '[\\u0060\\u00b4\\u02b9\\u02bb\\u02bc\\u02bd\\u02c8\\u2018\\u2019\\u201a\\u201b\\u2032\\u2035]', to: "'" },
  { each: '[\\p{Pd}\\u2212\\u02d7\\u2043]', to: '-' },
  // "CARTER, EMILY ROSE": what stands before the comma is the surname, which documents print first.
  { each: '[,\\u3001]', to: ' ' },
  { each: '\\s+', to: ' ' },
];

/** Full stops are the dot only between Han characters: in `J. Smith` they are full stops. */
const betweenHan: readonly FoldStep[] = [
  { each: '[.\\u3002\\uff61]', to: '\u00b7' },
  { each: `(?<=[${ideograph}]) (?=[${ideograph}])`, to: '' },
];

const ends: readonly FoldStep[] = [
  { each: ' ?\\u00b7 ?', to: '\u00b7' },
  { each: '^ | $', to: '' },
];

/**
 * The one form of a name: what an authority is asked and what names are compared by. `·` for every middle dot and no space
 * around it, single spaces inside names of letters, which are in capitals as documents and their machine-readable zones
 * print them (ICAO 9303), no space between Han characters, where people type it only to align names of two.
 *
 * @param text - as typed
 */
export function canonicalPersonName(text: string): string {
  const plain = [...applySteps(lookAlikes, text)].map((character) => supplement.get(character) ?? character).join('');
  const isHan = han.test(plain);
  const signed = applySteps(signs, isHan ? plain : plain.toUpperCase());
  return applySteps([...(isHan ? betweenHan : []), ...ends], signed);
}

/**
 * Checks that a text can be a name. It is not asked whether it is one: that the identity source knows.
 *
 * @param text - as typed
 * @param policy - the deployment's rule
 */
export function checkPersonName(text: string, policy: PersonNamePolicy = anyPersonName): PersonNameCheck {
  const canonical = canonicalPersonName(text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (!allowed.test(canonical) || !letter.test(canonical)) {
    return { ok: false, reason: isNameOfLetters(canonical) ? 'letters' : 'characters' };
  }
  if (!policy.digits && /\p{Nd}/u.test(canonical)) return { ok: false, reason: 'digits' };
  if ([...canonical].length > maxCodePoints) return { ok: false, reason: 'length' };
  const width = displayWidth(canonical);
  if (width < policy.minWidth) return { ok: false, reason: 'too-narrow' };
  if (width > policy.maxWidth) return { ok: false, reason: 'too-wide' };
  return { ok: true, canonical, shown: fold('name', text) };
}

/** How many orders of its words an authority is asked about. */
const mostOrders = 3;

/**
 * The orders in which documents may print a name of letters, the likeliest first: as it was typed, then with the last word
 * in front ("Emily Rose Carter" is printed CARTER EMILY ROSE), then with the first behind. All have every word of the name
 * and no other. A name of Han characters has one.
 *
 * @param canonical - of canonicalPersonName
 */
export function nameOrders(canonical: string): readonly string[] {
  const words = canonical.split(' ');
  if (han.test(canonical) || words.length < 2) return [canonical];
  const [first = '', ...rest] = words;
  const rotated = [words, [words.at(-1) ?? '', ...words.slice(0, -1)], [...rest, first]].map((order) => order.join(' '));
  return [...new Set(rotated)].slice(0, mostOrders);
}

/** Whether two canonical names are one, in whichever order their words stand. */
export function isSameName(one: string, other: string): boolean {
  return one === other || nameOrders(one).includes(other);
}

/** The name as pages show it: as its owner wrote it. */
export function shownName({ name, typedName }: { readonly name: string; readonly typedName?: string | undefined }): string {
  return typedName ?? name;
}

/** Blocks of UAX 11 that take two columns, with the private-use characters that stand in for ideographs. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Co}\u{20000}-\u{3fffd}\uff01-\uff60]/u;

/**
 * Columns a name takes in a form: two for a Han character, one for a letter, none for a combining mark.
 *
 * @param name - canonical
 */
export function displayWidth(name: string): number {
  const columns = (character: string) => (/\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1);
  return [...name].reduce((width, character) => width + columns(character), 0);
}

/** Whether a name has letters and no Han character: what is said of those does not concern it. */
export function isNameOfLetters(name: string): boolean {
  return letter.test(name) && !han.test(name);
}

/**
 * Whether a name holds a character that authorities' systems may write differently or not at all, so that a mismatch
 * may be theirs and another way must be offered: Extension A and what was encoded after GB 13000 (䶮, 㛃, 𬀩), Extension B
 * and later, private use, compatibility ideographs, which GB 18030 encodes apart.
 *
 * @param name - as typed: the canonical form has no compatibility ideographs
 */
export function hasRareCharacter(name: string): boolean {
  return /[\u3400-\u4dbf\u9fa6-\u9fff\uf900-\ufaff\p{Co}\u{20000}-\u{3fffd}]/u.test(name);
}
