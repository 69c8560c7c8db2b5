const segmenter = new Intl.Segmenter('zh-CN', { granularity: 'grapheme' });

/** What a reader sees as one character: a variation selector or an accent stays with its letter. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Code units of a character on the average; a flag is four, a family eleven, and a pile of accents has no end. */
const unitsEach = 4;

/**
 * What a text begins with, in whole characters: a cut by code units would leave half an emoji, which nothing can show,
 * store or send on.
 *
 * @param most - characters as a reader counts them
 */
export function beginning(text: string, most: number): string {
  let kept = '';
  let count = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (count === most || kept.length + segment.length > most * unitsEach) break;
    kept += segment;
    count += 1;
  }
  return kept;
}
