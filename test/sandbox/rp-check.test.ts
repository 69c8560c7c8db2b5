import { describe, expect, it } from '@jest/globals';
import { checkRefresh, checkSignIn, readLogout, type Claims } from '../../sandbox/rp/check.ts';

const now = new Date('2026-11-22T04:00:00Z');
const seconds = now.getTime() / 1000;
const claims: Claims = {
  iss: 'https://id.example',
  aud: 'housing-fund',
  sub: 'abc',
  exp: seconds + 600,
  nonce: 'n',
  acr: 'L3',
  auth_time: seconds - 30,
};
const expected = { issuer: 'https://id.example', clientId: 'housing-fund', nonce: 'n', minimumAcr: 'L3', maxAgeSeconds: 60 } as const;

/** The claims without one of them. */
const without = (name: string): Claims => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

describe('a relying party that checks an ID token', () => {
  it('believes the one it asked for', () => {
    expect(checkSignIn(claims, expected, now)).toBeUndefined();
    expect(checkSignIn({ ...claims, aud: ['housing-fund', 'other'], azp: 'housing-fund', acr: 'L4' }, expected, now)).toBeUndefined();
    expect(checkSignIn(without('acr'), { ...expected, minimumAcr: undefined }, now)).toBeUndefined();
  });

  it.each([
    ['of another issuer', { iss: 'https://id.example/' }, 'issuer'],
    ['for another client', { aud: 'social-insurance' }, 'audience'],
    ['for several clients, made for another', { aud: ['housing-fund', 'other'], azp: 'other' }, 'audience'],
    ['for several clients that does not say for whom it was made', { aud: ['housing-fund', 'other'] }, 'audience'],
    ['about nobody', { sub: '' }, 'subject'],
    ['about a number', { sub: 7 }, 'subject'],
    ['that has ended', { exp: seconds - 11 }, 'expired'],
    ['that ends some time', { exp: String(seconds + 600) }, 'expired'],
    ['of another request', { nonce: 'm' }, 'nonce'],
    ['of a lower level', { acr: 'L2' }, 'level'],
    ['of a level that nobody here knows', { acr: 'L9' }, 'level'],
    ['of a level in the wrong type', { acr: ['L3'] }, 'level'],
    ['of an older sign-in', { auth_time: seconds - 71 }, 'age'],
  ] as const)('refuses a token %s', (_, change, problem) => {
    expect(checkSignIn({ ...claims, ...change }, expected, now)).toBe(problem);
  });

  it.each([
    ['iss', 'issuer'],
    ['aud', 'audience'],
    ['sub', 'subject'],
    ['exp', 'expired'],
    ['nonce', 'nonce'],
    ['acr', 'level'],
    ['auth_time', 'age'],
  ] as const)('refuses a token without %s', (name, problem) => {
    expect(checkSignIn(without(name), expected, now)).toBe(problem);
  });

  it('takes a refreshed token only for the same person and sign-in', () => {
    const refreshed = without('nonce');
    expect(checkRefresh(claims, refreshed, expected, now)).toBeUndefined();
    expect(checkRefresh(claims, { ...refreshed, sub: 'else' }, expected, now)).toBe('changed');
    expect(checkRefresh(claims, { ...refreshed, auth_time: seconds }, expected, now)).toBe('changed');
    expect(checkRefresh(claims, { ...refreshed, acr: 'L2' }, expected, now)).toBe('level');
    expect(checkRefresh(claims, { ...refreshed, iss: 'https://else.example' }, expected, now)).toBe('issuer');
  });
});

describe('a logout token', () => {
  const logout: Claims = { jti: 'j', sid: 's', sub: 'abc', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };

  it('names a session, a person or both', () => {
    expect(readLogout(logout)).toEqual({ jti: 'j', sid: 's', sub: 'abc' });
    expect(readLogout({ ...logout, sid: undefined })).toEqual({ jti: 'j', sid: undefined, sub: 'abc' });
  });

  it.each([
    ['an ID token', { events: undefined }],
    ['another event', { events: { 'https://else.example': {} } }],
    ['with a nonce', { nonce: 'n' }],
    ['without an id', { jti: undefined }],
    ['about nobody', { sid: undefined, sub: undefined }],
  ])('is not %s', (_, change) => {
    expect(readLogout({ ...logout, ...change })).toBeUndefined();
  });
});
