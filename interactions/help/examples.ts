import type { Example } from '../journey.ts';
import { helpModel, helpTexts, textModel } from './help.ts';

export const examples: readonly Example[] = [
  { view: 'help/help', state: 'questions', model: ({ locale, words, profile }) => helpModel({ locale, words, brand: profile.brand }) },
  ...helpTexts.map((text): Example => ({
    view: 'help/text',
    state: text.name,
    model: ({ locale, words, profile }) => textModel({ locale, words, brand: profile.brand }, text),
  })),
];
