/**
 * Names of persons as their documents print them. A name is compared with the records of an authority, so it is kept
 * as typed: NFC only. NFKC would replace characters that a record distinguishes.
 */

/** Why a name is refused; part of a locale key. */
export type PersonNameReason = 'empty' | 'digits' | 'characters' | 'length' | 'too-narrow' | 'too-wide';

export type PersonNameCheck = { ok: true; canonical: string } | { ok: false; reason: PersonNameReason };

/** A deployment's rule for names, in columns: "4–20 characters" of the Guangzhou manual lets 王伟 pass (REG-21). */
export interface PersonNamePolicy {
  minWidth: number;
  maxWidth: number;
  /** Whether Arabic digits may stand in a name. */
  digits: boolean;
}

/** No rule of width; every document's name fits. */
export const anyPersonName: PersonNamePolicy = { minWidth: 1, maxWidth: 100, digits: false };

const maxCodePoints = 50;

/** Format characters that come along when names are copied, and the Hangul fillers, letters that nobody sees. */
const invisible = /[\p{Cf}\u115f\u1160\u3164\uffa0]/gu;

/** Signs that input methods and older systems use for the dot between the parts of a name (U+00B7 in GB 18030). */
const middleDots = /[\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65]/g;

/** Full stops are the dot only in names written in Han: in `J. Smith` they are full stops. */
const fullStops = /[.\uff0e]/g;

/** Planes 2 and 3 are set aside for ideographs: newly encoded ones count although this Node does not know them yet. */
const ideograph = '\\p{Unified_Ideograph}\\p{Script=Han}\\p{Co}\\u{20000}-\\u{3fffd}';
const han = new RegExp(`[${ideograph}]`, 'u');
const spaceBetweenHan = new RegExp(`(?<=[${ideograph}]) (?=[${ideograph}])`, 'gu');
const allowed = /^[\p{L}\p{M}\p{Nd}\u3007\p{Co}\u{20000}-\u{3fffd}\u00b7'\u2019.\- ]+$/u;
const letter = /[\p{L}\u3007\p{Co}\u{20000}-\u{3fffd}]/u;

/**
 * The name with one form for what looks alike: NFC, `·` for every middle dot and no space around it, single spaces
 * inside Latin names, none between Han characters, where people type them only to align two-character names.
 *
 * @param text - as typed
 */
export function normalisePersonName(text: string): string {
  const name = text.replace(invisible, '').normalize('NFC').replace(middleDots, '\u00b7').replace(/\s+/g, ' ').trim();
  const dotted = han.test(name) ? name.replace(fullStops, '\u00b7') : name;
  return dotted.replace(/ ?\u00b7 ?/g, '\u00b7').replace(spaceBetweenHan, '');
}

/**
 * Checks that a text can be a name. It is not asked whether it is one: that the identity source knows.
 *
 * @param text - as typed
 * @param policy - the deployment's rule
 */
export function checkPersonName(text: string, policy: PersonNamePolicy = anyPersonName): PersonNameCheck {
  const canonical = normalisePersonName(text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (!allowed.test(canonical) || !letter.test(canonical)) return { ok: false, reason: 'characters' };
  if (!policy.digits && /\p{Nd}/u.test(canonical)) return { ok: false, reason: 'digits' };
  if ([...canonical].length > maxCodePoints) return { ok: false, reason: 'length' };
  const width = displayWidth(canonical);
  if (width < policy.minWidth) return { ok: false, reason: 'too-narrow' };
  if (width > policy.maxWidth) return { ok: false, reason: 'too-wide' };
  return { ok: true, canonical };
}

/** Blocks of UAX 11 that take two columns, with the private-use characters that stand in for ideographs. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Co}\u{20000}-\u{3fffd}\uff01-\uff60]/u;

/**
 * Columns a name takes in a form: two for a Han character, one for a letter, none for a combining mark.
 *
 * @param name - normalised
 */
export function displayWidth(name: string): number {
  const columns = (character: string) => (/\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1);
  return [...name].reduce((width, character) => width + columns(character), 0);
}

/**
 * Whether a name holds a character that authorities' systems may write differently or not at all, so that a mismatch
 * may be theirs and another way must be offered: Extension A and what was encoded after GB 13000 (䶮, 㛃, 𬀩), Extension B
 * and later, private use, compatibility ideographs.
 *
 * @param name - as typed: normalising replaces most compatibility ideographs
 */
export function hasRareCharacter(name: string): boolean {
  return /[\u3400-\u4dbf\u9fa6-\u9fff\uf900-\ufaff\p{Co}\u{20000}-\u{3fffd}]/u.test(name);
}
