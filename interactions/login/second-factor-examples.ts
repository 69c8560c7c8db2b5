import { Refused } from '../../src/domain/refused.ts';
import type { SecondFactorKind } from '../../src/domain/authenticator/second-factor.ts';
import { problemsOf } from '../../src/http/form.ts';
import type { Example } from '../journey.ts';
import { housingFund, interaction, sampleAct, unfilled } from '../layout/samples.ts';
import { secondFactorModel } from './second-factor.ts';

function example(kind: SecondFactorKind, state: string, refused?: Refused): Example {
  return {
    view: 'login/second-factor',
    state: `${kind}-${state}`,
    service: housingFund,
    model: ({ words, locale, say }) =>
      secondFactorModel(say, interaction, kind, { ...sampleAct, values: {}, problems: problemsOf(words, locale, refused) }),
  };
}

export const examples: readonly Example[] = [
  example('totp', 'empty'),
  example('totp', 'nothing-filled', unfilled('totpCode')),
  example('totp', 'wrong', new Refused('totp.wrong', 'totpCode')),
  example('totp', 'wrong-too-often', new Refused('credentials.throttled', 'totpCode', { minutes: 15, reason: 'second-factor' })),
  example('recovery-code', 'empty'),
  example('recovery-code', 'wrong', new Refused('recovery-code.wrong', 'recoveryCode')),
];
