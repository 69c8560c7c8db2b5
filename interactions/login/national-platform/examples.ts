import { Refused } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import { sampleLogin } from '../sample.ts';
import type { RedirectModel } from '../redirect.ts';

const away = (state: string, refused?: Refused): Example => {
  const { model } = sampleLogin('national-platform', [], state, refused ? { refused } : {});
  return {
    view: 'login/redirect',
    state,
    model: (scene) => ({ ...model(scene), label: scene.say('login.national-platform.name') }) satisfies Partial<RedirectModel>,
  };
};

export const examples: readonly Example[] = [
  away('empty'),
  away('refused', new Refused('upstream.refused')),
  away('unavailable', new Refused('upstream.unavailable')),
];
