import type { Example } from '../journey.ts';
import { helpModel, helpTexts, textModel } from './help.ts';

export const examples: readonly Example[] = [
  { view: 'help/help', state: 'questions', model: helpModel },
  ...helpTexts.map((text): Example => ({
    view: 'help/text',
    state: text.name,
    model: (scene) => textModel(scene, text),
  })),
];
