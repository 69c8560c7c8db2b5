import type { Masked } from '../domain/person/masking.ts';
import type { Locale, MaskedModel } from './page-model.ts';
import type { Words } from './words.ts';

/** A masked value with the words a screen reader says instead of "star star star" (UXP-03). */
export function maskedModel(words: Words, locale: Locale, { text, spoken }: Masked): MaskedModel {
  const { kind, ...parts } = spoken;
  return { text, spoken: words.text(locale, `layout.spoken.${kind}`, parts) };
}
