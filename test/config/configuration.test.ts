import { describe, expect, it } from '@jest/globals';
import { questionIds } from '../../interactions/help/questions.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { runMain } from '../support/product.ts';
import { formatProblems } from '../../src/config/problems.ts';

const known = {
  loginMethods: ['password', 'sms-code', 'passkey', 'qr-code', 'national-platform'],
  proofingMethods: ['real-name', 'bank-card'],
  questions: questionIds,
  smsGateways: ['log'],
  mailGateways: ['log', 'smtp'],
};

const load = (env: Record<string, string>): ReturnType<typeof loadConfiguration> =>
  loadConfiguration(env, { profilesDir: 'profiles', known });

describe('a configuration', () => {
  it('is complete without a single variable', () => {
    const { configuration, problems } = load({});
    expect(problems).toEqual([]);
    expect(configuration?.profile.name).toBe('demo');
    expect(configuration?.clients.map(({ client_id }) => client_id)).toEqual(['social-insurance', 'housing-fund', 'citizen-app']);
  });

  it('has the problems of environment, profile and clients reported in one run', () => {
    const { configuration, problems } = load({
      PORT: 'x',
      PROFILE: 'atlantis',
      CLIENTS: 'nowhere.json',
      SMS_GATEWAY: 'pigeon',
      MAIL_GATEWAY: 'post',
    });
    expect(configuration).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual(['PORT', 'SMS_GATEWAY', 'MAIL_GATEWAY', 'PROFILE', 'CLIENTS']);
  });

  it('without the sandbox needs the authorities that its profile asks, and only those', () => {
    const env = { SANDBOX: 'off', SMS_GATEWAY: 'log', MAIL_GATEWAY: 'log' };
    expect(load({ ...env, PROFILE: 'beijing' }).problems.map(({ path }) => path)).toEqual([
      'PUBLIC_SECURITY_URL',
      'BANK_CARD_URL',
      'NATIONAL_PLATFORM_URL',
    ]);
    expect(load({ ...env, PROFILE: 'guangzhou' }).problems).toEqual([]);
  });
});

describe('the problems of a configuration', () => {
  it('are all that a process writes that cannot start, in whole lines', async () => {
    const { code, output } = await runMain([], { PORT: '0' });
    expect(code).toBe(1);
    expect(output).toMatch(/nothing was started\.\n {2}1\. PORT is 0\n {5}expected: .*\n$/);
  });

  it('are numbered, each with its place and what is expected', () => {
    const { problems } = load({ PORT: '0', SMS_GATEWAY: 'lgo' });
    expect(formatProblems(problems)).toBe(
      [
        'The configuration has 2 problems; nothing was started.',
        '  1. PORT is 0',
        '     expected: a whole number 1 to 65535',
        '  2. SMS_GATEWAY is "lgo", which is not known (did you mean log?)',
        '     expected: one of log',
      ].join('\n'),
    );
  });
});
