import { beginning } from '../../src/domain/characters.ts';
import type { Answer } from './answers.ts';

/** A text in pieces, those that were looked for marked. */
export type Marked = readonly { readonly text: string; readonly hit: boolean }[];

export interface Found {
  readonly id: string;
  readonly title: Marked;
  /** The paragraph that fits best. */
  readonly excerpt: Marked;
}

/** How much of a query an answer must have: people leave out words and swap them. */
const enough = 0.6;
const longestQuery = 100;

/**
 * Answers that fit a query, the best first.
 *
 * Chinese has no spaces, so it is compared by pairs of characters: “收不到验证码” finds “收不到短信验证码”. Other
 * words are compared whole, wherever they stand in a longer one. Width and case do not matter.
 *
 * @returns nothing for a query without a letter or digit
 */
export function search(answers: readonly Answer[], query: string): readonly Found[] {
  const pieces = piecesOf(query);
  if (pieces.length === 0) return [];
  return answers
    .map((answer) => ({ answer, ...fit(answer, pieces) }))
    .filter(({ share }) => share >= enough)
    .toSorted((a, b) => b.share - a.share || b.inTitle - a.inTitle)
    .map(({ answer: { id, title, paragraphs } }) => ({ id, title: mark(title, pieces), excerpt: mark(best(paragraphs, pieces), pieces) }));
}

/** What a person typed, as it is shown and looked for; a parameter that came twice counts once. */
export function queryOf(parameter: string | string[] | undefined): string {
  return beginning(([parameter].flat()[0] ?? '').normalize('NFC').trim(), longestQuery);
}

function piecesOf(query: string): readonly string[] {
  const words = folded(query).match(/\p{Script=Han}+|[^\p{Script=Han}\P{L}]+|\p{N}+/gu) ?? [];
  return [...new Set(words.flatMap((word) => (/\p{Script=Han}/u.test(word) ? pairs(word) : [word])))];
}

function pairs(word: string): readonly string[] {
  const characters = [...word];
  return characters.length === 1 ? characters : characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

function fit({ title, paragraphs }: Answer, pieces: readonly string[]): { share: number; inTitle: number } {
  const inTitle = count(title, pieces);
  return { share: count([title, ...paragraphs].join('\n'), pieces) / pieces.length, inTitle };
}

function count(text: string, pieces: readonly string[]): number {
  const where = folded(text);
  return pieces.filter((piece) => where.includes(piece)).length;
}

function best(paragraphs: readonly string[], pieces: readonly string[]): string {
  return paragraphs.toSorted((a, b) => count(b, pieces) - count(a, pieces))[0] ?? '';
}

function mark(text: string, pieces: readonly string[]): Marked {
  const where = folded(text);
  const hits = new Array<boolean>(text.length).fill(false);
  for (const piece of pieces) {
    for (let at = where.indexOf(piece); at >= 0; at = where.indexOf(piece, at + 1)) hits.fill(true, at, at + piece.length);
  }
  const marked: { text: string; hit: boolean }[] = [];
  for (const [at, hit] of hits.entries()) {
    const last = marked.at(-1);
    if (last?.hit === hit) last.text += text.charAt(at);
    else marked.push({ text: text.charAt(at), hit });
  }
  return marked;
}

/** Full-width letters and capitals as the others; as long as the text, so that places in it stay what they are. */
function folded(text: string): string {
  return text.replaceAll(/[\uff01-\uff5e]|\p{Lu}/gu, (character) => {
    const plain = character.normalize('NFKC').toLowerCase();
    return plain.length === character.length ? plain : character;
  });
}
