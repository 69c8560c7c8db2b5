import type { Example } from '../journey.ts';
import type { ResultModel } from './result.ts';

function result(outcome: ResultModel['outcome'], titleKey: string, textKey: string): Example {
  return {
    view: 'layout/result',
    state: outcome,
    model: ({ say }): ResultModel => ({
      outcome,
      title: say(titleKey),
      text: say(textKey),
      next: { href: '/', label: say('layout.continue') },
      secondary: [{ href: '/help', label: say('layout.help') }],
    }),
  };
}

/** However a wizard may end. */
export const examples: readonly Example[] = [
  result('done', 'step-up.result.title', 'register.result.text'),
  result('pending', 'error.busy', 'refused.identity.pending'),
  result('failed', 'error.title', 'refused.identity.refused'),
];
