/**
 * What people type on Chinese keyboards, brought to the half-width form that identifiers are written in.
 *
 * Only the full-width block is folded. NFKC would go further and turn superscripts, circled digits and
 * the like into digits, so that a number nobody can read off a document would be accepted.
 */

/** U+FF01 is the full-width twin of U+0021, and so on to U+FF5E. */
const fullWidthOffset = 0xff01 - 0x21;

/** Spaces, invisible format characters, dashes and brackets: what people put between groups of digits. */
const separators = /[\s\p{Cf}\p{Pd}\p{Ps}\p{Pe}\u2212]/gu;

/**
 * Full-width letters, digits and punctuation (U+FF01–FF5E) and the ideographic space as their ASCII twins.
 *
 * @param text - as typed
 */
export function toHalfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - fullWidthOffset))
    .replaceAll('\u3000', ' ');
}

/**
 * An identifier without what people add for the eye: half-width, no spaces, dashes, brackets or invisible
 * characters, ASCII letters in upper case. Other letters stay as they are: `toUpperCase` would turn `ı` and
 * `ſ` into the ASCII letters `I` and `S`, and two different inputs would become one identifier.
 *
 * @param text - as typed
 */
export function compactIdentifier(text: string): string {
  return toHalfWidth(text)
    .replace(separators, '')
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
