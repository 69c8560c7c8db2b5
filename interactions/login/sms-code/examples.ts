import { Refused } from '../../../src/domain/refused.ts';
import type { Example } from '../../journey.ts';
import { housingFund, several, unfilled } from '../../layout/samples.ts';
import { sampleLogin, type LoginState } from '../sample.ts';

const example = (state: string, form: LoginState = {}) => sampleLogin('sms-code', ['mobile', 'code'], state, { code: 'unsent', ...form });

const values = { mobile: '13800000001' };

export const examples: readonly Example[] = [
  example('empty'),
  example('service', { service: housingFund }),
  example('sent', { code: 'sent', values }),
  example('sent-before', { code: 'sent-before', values }),
  example('nothing-filled', { refused: several(unfilled('mobile'), unfilled('code')) }),
  example('mobile-too-short', { values: { mobile: '1380000' }, refused: new Refused('mobile.invalid', 'mobile', { reason: 'length' }) }),
  example('captcha-wrong', { values, refused: new Refused('captcha.wrong', 'captcha') }),
  example('code-wrong', { code: 'sent', values, refused: new Refused('otp.wrong', 'code') }),
  example('code-expired', { code: 'sent-before', values, refused: new Refused('otp.expired', 'code') }),
  example('too-soon', { code: 'sent', values, refused: new Refused('otp.cooldown', 'code', { seconds: 47 }) }),
  example('hour-limit', { code: 'sent-before', values, refused: new Refused('otp.hour-limit', 'code', { seconds: 3100 }) }),
  example('day-limit', { code: 'sent-before', values, refused: new Refused('otp.day-limit', 'code', { seconds: 40_000 }) }),
  example('address-limit', { values, refused: new Refused('otp.address-limit', 'code', { seconds: 3100 }) }),
  example('locked', { code: 'sent', values, refused: new Refused('account.locked') }),
];
