import { describe, expect, it } from '@jest/globals';
import { amrOf, levelRequest, recent } from '../../src/oidc/level.ts';

const client = { clientId: 'c' };
const claims = (acr: unknown) => JSON.stringify({ id_token: { acr } });

describe('what a request asks of the level', () => {
  it.each<[string, object, object, object]>([
    ['nothing', {}, client, { essential: undefined, voluntary: [], minimum: undefined }],
    ['acr_values in their order', { acr_values: 'L3  L2' }, client, { voluntary: ['L3', 'L2'] }],
    ['a voluntary claim', { claims: claims({ value: 'L2' }) }, client, { essential: undefined, voluntary: ['L2'] }],
    ['a claim without a value', { claims: claims({ essential: true }) }, client, { essential: undefined, voluntary: [] }],
    ['a claim that is null', { claims: claims(null) }, client, { essential: undefined, voluntary: [] }],
    [
      'an essential claim beside acr_values',
      { claims: claims({ essential: true, values: ['L3', 7] }), acr_values: 'L1' },
      client,
      { essential: ['L3'], voluntary: ['L1'] },
    ],
    ['what the client prefers', {}, { ...client, defaultAcrValues: ['L2'] }, { voluntary: ['L2'] }],
    ['what it prefers gives way to the request', { acr_values: 'L1' }, { ...client, defaultAcrValues: ['L2'] }, { voluntary: ['L1'] }],
    ['the minimum of the client', {}, { ...client, minimum_acr: 'L2' }, { minimum: 'L2' }],
  ])('%s', (_, params, record, expected) => {
    expect(levelRequest({ ...params }, { clientId: 'c', ...record }, false)).toMatchObject(expected);
  });
});

describe('the factors that count', () => {
  const now = new Date('2026-11-22T04:00:00Z');
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  const factors = [
    { amr: 'pwd', at: ago(400) },
    { amr: 'sms', at: ago(20) },
  ];
  const loginTs = ago(20).getTime() / 1000;

  it('are all of the session, where the service does not say how old they may be', () => {
    expect(recent(factors, undefined, loginTs, now)).toEqual(factors);
  });

  it('are those no older than it says, and those of the last sign-in', () => {
    expect(recent(factors, '300', loginTs, now).map(({ amr }) => amr)).toEqual(['sms']);
    expect(recent(factors, '400', loginTs, now).map(({ amr }) => amr)).toEqual(['pwd', 'sms']);
    expect(recent(factors, '1', loginTs, now).map(({ amr }) => amr)).toEqual(['sms']);
  });

  it('are told in order, and as several when something known and something held were shown', () => {
    expect(amrOf(factors)).toEqual(['mfa', 'pwd', 'sms']);
    expect(amrOf([...factors].slice(1))).toEqual(['sms']);
  });
});
