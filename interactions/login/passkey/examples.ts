import { Refused } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import { housingFund } from '../../layout/samples.ts';
import { sampleLogin, type LoginState } from '../sample.ts';

const example = (state: string, form: LoginState = {}) => sampleLogin('passkey', ['credential'], state, form);

export const examples: readonly Example[] = [
  example('empty'),
  example('service', { service: housingFund }),
  example('refused', { refused: new Refused('passkey.wrong', 'credential') }),
  example('cloned', { refused: new Refused('passkey.cloned', 'credential') }),
  example('locked', { refused: new Refused('account.locked') }),
];
