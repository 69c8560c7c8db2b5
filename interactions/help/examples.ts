import type { Example } from '../journey.ts';
import { interaction } from '../layout/samples.ts';
import { helpModel, helpTexts, questionModel, textModel } from './help.ts';
import { questionsOf } from './questions.ts';

const stuck = `${interaction}/step-up`;

export const examples: readonly Example[] = [
  { view: 'help/help', state: 'questions', model: (scene) => helpModel(scene) },
  { view: 'help/help', state: 'found', model: (scene) => helpModel(scene, scene.locale === 'en' ? 'SMS code' : '收不到验证码', stuck) },
  { view: 'help/help', state: 'nothing-found', model: (scene) => helpModel(scene, '<b>鼎鼐调和</b>') },
  { view: 'help/question', state: 'first', model: (scene) => firstQuestion(scene) },
  { view: 'help/question', state: 'levels', model: (scene) => questionModel(scene, 'levels') ?? {} },
  { view: 'help/question', state: 'with-a-way-back', model: (scene) => firstQuestion(scene, stuck) },
  ...helpTexts.map((text): Example => ({
    view: 'help/text',
    state: text.name,
    model: (scene) => textModel(scene, text),
  })),
];

/** Of whichever questions the city shows. */
function firstQuestion(scene: Parameters<Example['model']>[0], back?: string): object {
  const [first] = questionsOf(scene.profile.help.questions);
  return (first && questionModel(scene, first.id, back)) ?? {};
}
