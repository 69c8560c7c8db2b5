import { Refused } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import { housingFund, longService, several, unfilled } from '../../layout/samples.ts';
import { sampleLogin, type LoginState } from '../sample.ts';

const example = (state: string, form: LoginState = {}) => sampleLogin('password', ['identifier', 'password'], state, form);

const values = { identifier: 'zhangwei' };

export const examples: readonly Example[] = [
  example('empty'),
  example('captcha', { captcha: true }),
  example('service', { service: housingFund, captcha: true }),
  example('long-service', { service: longService }),
  example('again', { service: housingFund, reauthenticate: true, values }),
  example('nothing-filled', { refused: several(unfilled('identifier'), unfilled('password')) }),
  example('wrong', { values, refused: new Refused('credentials.wrong', 'identifier') }),
  example('wrong-too-often', { captcha: true, values, refused: new Refused('credentials.throttled', 'identifier', { minutes: 15 }) }),
  example('too-long', {
    values: { identifier: 'x'.repeat(64) },
    refused: new Refused('field.invalid', 'identifier', { reason: 'identifier' }),
  }),
  example('captcha-missing', { captcha: true, values, refused: new Refused('captcha.required', 'captcha') }),
  example('captcha-wrong', { captcha: true, values, refused: new Refused('captcha.wrong', 'captcha') }),
  example('locked', { values, refused: new Refused('account.locked') }),
  example('bind-weak', { values, refused: new Refused('bind.weak') }),
  example('bind-other-person', { values, refused: new Refused('bind.other-person') }),
  example('bind-taken', { values, refused: new Refused('bind.taken') }),
  example('bind-already', { values, refused: new Refused('bind.already') }),
  example('busy', { values, refused: new Refused('service.busy') }),
];
