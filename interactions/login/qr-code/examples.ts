import { Refused } from '../../../src/domain/refused.ts';
import { problemsOf } from '../../../src/http/form.ts';
import { qrModel } from '../../../src/http/qr.ts';
import type { Example } from '../../journey.ts';
import { housingFund, sampleAct, sampleTicket } from '../../layout/samples.ts';
import type { HandoverModel } from '../handover.ts';
import { sampleCard, type CardState } from '../sample.ts';

type State = HandoverModel['handover']['state'];

interface Shown extends CardState {
  readonly name?: string;
  readonly refused?: Refused;
}

function example(state: State, { name = state, refused, ...card }: Shown = {}): Example {
  const isOpen = state === 'waiting' || state === 'scanned';
  return {
    view: 'login/qr-code/view',
    state: name,
    ...(card.service ? { service: card.service } : {}),
    model: (scene): HandoverModel => ({
      ...sampleCard(scene, 'qr-code', card),
      handover: {
        state,
        code: isOpen ? { url: sampleTicket.url, qr: qrModel(sampleTicket.url), number: sampleTicket.number } : undefined,
        // A picture of a page follows nothing.
        events: '',
        changes: '',
      },
      form: sampleAct,
      renew: { ...sampleAct, problems: problemsOf(scene.words, scene.locale, refused) },
    }),
  };
}

export const examples: readonly Example[] = [
  example('waiting'),
  example('waiting', { name: 'service', service: housingFund }),
  example('waiting', { name: 'again', service: housingFund, reauthenticate: true }),
  example('scanned'),
  example('confirmed'),
  example('denied'),
  example('expired'),
  example('expired', { name: 'too-late', refused: new Refused('handover.gone') }),
  example('expired', { name: 'too-many', refused: new Refused('handover.too-many', undefined, { seconds: 42 }) }),
];
