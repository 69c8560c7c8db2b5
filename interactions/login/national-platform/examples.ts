import { Refused } from '../../../src/domain/refused.ts';
import { problemsOf } from '../../../src/http/form.ts';
import type { Example } from '../../journey.ts';
import { sampleAct } from '../../layout/samples.ts';
import type { RedirectModel } from '../redirect.ts';
import { sampleCard } from '../sample.ts';

const away = (state: string, refused?: Refused): Example => ({
  view: 'login/redirect',
  state,
  model: (scene): RedirectModel => ({
    ...sampleCard(scene, 'national-platform', {}),
    leave: { ...sampleAct, problems: problemsOf(scene.words, scene.locale, refused) },
    label: scene.say('login.national-platform.name'),
  }),
});

export const examples: readonly Example[] = [
  away('empty'),
  away('refused', new Refused('upstream.refused')),
  away('unavailable', new Refused('upstream.unavailable')),
  away('invalid', new Refused('upstream.invalid')),
  away('other-person', new Refused('upstream.other-person')),
];
