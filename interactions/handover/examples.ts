import { Refused } from '../../src/domain/refused.ts';
import { problemsOf } from '../../src/http/form.ts';
import type { Example, ExampleScene } from '../journey.ts';
import { housingFund, longService, nowhere, sampleAct, sampleForm, sampleTicket, unfilled } from '../layout/samples.ts';
import { endModel, type End } from './handover.ts';
import { askerModel, refusedModel, type DecideModel, type RefusedModel, type SignInModel } from './pages.ts';

type Service = typeof housingFund | undefined;

const since = Date.parse('2026-11-22T08:17:00+08:00');

function asker({ locale, say }: ExampleScene, service: Service, browser?: string) {
  const place = locale === 'en' ? 'Demonstration City' : '示范市';
  return askerModel({ locale, say }, { asker: { clientId: '', browser, place, since }, service: service?.(locale).name });
}

function decide(state: string, service: Service, { browser, refused }: { browser?: string; refused?: Refused } = {}): Example {
  return {
    view: 'handover/decide',
    state,
    model: (scene): DecideModel => ({
      asker: asker(scene, service, browser),
      numbers: sampleTicket.choices,
      form: sampleForm(scene, { fields: ['number'], refused }),
      deny: sampleAct,
    }),
  };
}

function signIn(state: string, tooOld: boolean): Example {
  return {
    view: 'handover/sign-in',
    state,
    model: (scene): SignInModel => ({
      asker: asker(scene, housingFund, 'Chrome, Windows'),
      tooOld,
      signIn: { href: nowhere, label: scene.say('handover.sign-in') },
    }),
  };
}

function over(state: string, why: Refused): Example {
  return {
    view: 'handover/refused',
    state,
    model: ({ words, locale, say }): RefusedModel => refusedModel(say, problemsOf(words, locale, why), nowhere),
  };
}

function end(how: End): Example {
  return { view: 'layout/result', state: `handover-${how}`, model: ({ say }) => endModel(say, how) };
}

export const examples: readonly Example[] = [
  signIn('not-signed-in', false),
  signIn('signed-in-too-long-ago', true),
  decide('service', housingFund, { browser: 'Chrome, Windows' }),
  decide('own-page', undefined, { browser: 'Firefox, Linux' }),
  decide('long-service', longService),
  decide('nothing-picked', housingFund, { browser: 'Chrome, Windows', refused: unfilled('number') }),
  over('wrong-number', new Refused('handover.number')),
  over('too-late', new Refused('handover.gone')),
  over('signed-in-too-long-ago', new Refused('handover.sign-in')),
  end('confirmed'),
  end('denied'),
  end('gone'),
];
