import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { FormOwner } from '../../src/http/form-owner.ts';
import { createFormTokens, preferencesScope } from '../../src/http/form-token.ts';

const vault = createFileVault({ keyEncryptionKey: randomBytes(32), indexKey: randomBytes(32), pairwiseKey: randomBytes(32) });
const tokensWith = (...keys: string[]) =>
  createFormTokens({ keys, issuer: 'https://id.example', vault, nameOf: async (accountId) => `masked ${accountId}` });
const tokens = tokensWith('newest', 'older');

const anna: FormOwner = { sessionUid: 'session-1', accountId: 'anna' };
const bert: FormOwner = { sessionUid: 'session-2', accountId: 'bert' };

function browser({ seed = 'seed', owner, headers = {} }: { seed?: string; owner?: FormOwner; headers?: Record<string, string> } = {}) {
  return { state: { seed, ...(owner ? { owner } : {}) }, get: (name: string) => headers[name] ?? '' } as unknown as AppContext;
}

describe('the token of a form', () => {
  it('is good for the browser, page and revision it was made for', () => {
    const token = tokens.issue(browser(), '/page', 3);
    expect(tokens.judge(browser(), '/page', token)).toEqual({ is: 'ours', revision: 3 });
    expect(tokens.judge(browser(), '/other', token)).toEqual({ is: 'unknown' });
    expect(tokens.judge(browser({ seed: 'another' }), '/page', token)).toEqual({ is: 'unknown' });
    for (const made of [undefined, '', '0.forged', `1${token}`, token.replace(/^3/, '4'), `${token}x`, '3..', 'x'.repeat(10_000)]) {
      expect(tokens.judge(browser(), '/page', made)).toEqual({ is: 'unknown' });
    }
  });

  it('is another one each time, so that nobody makes up what a browser was given', () => {
    const made = [1, 2, 3].map(() => tokens.issue(browser(), '/page', 3));
    expect(new Set(made).size).toBe(3);
    for (const token of made) expect(tokens.judge(browser(), '/page', token)).toEqual({ is: 'ours', revision: 3 });
  });

  it('survives a rotation of keys, and not the withdrawal of the key it was made with', () => {
    const token = tokensWith('older').issue(browser(), '/page');
    expect(tokens.judge(browser(), '/page', token)).toEqual({ is: 'ours', revision: 0 });
    expect(tokensWith('newest').judge(browser(), '/page', token)).toEqual({ is: 'unknown' });
  });

  it('of one person is that of another in the hands of another, and an old one in a later session', async () => {
    const token = tokens.issue(browser({ owner: anna }), '/page');
    expect(tokens.judge(browser({ owner: anna }), '/page', token)).toEqual({ is: 'ours', revision: 0 });
    expect(tokens.judge(browser({ owner: bert }), '/page', token)).toEqual({ is: 'of-another', accountId: 'anna' });
    expect(tokens.judge(browser({ owner: { ...anna, sessionUid: 'later' } }), '/page', token)).toEqual({ is: 'old' });
    expect(tokens.judge(browser({ owner: bert }), '/page', tokens.issue(browser(), '/page'))).toEqual({ is: 'unknown' });
    await expect(tokens.refuseOfAnother(browser({ owner: bert }), token)).rejects.toMatchObject({
      code: 'session.other',
      params: { account: 'masked anna' },
    });
    await tokens.refuseOfAnother(browser({ owner: anna }), token);
    // What was tampered with says nothing of anybody.
    await tokens.refuseOfAnother(browser({ owner: bert }), '0.AAAA.AAAA');
  });

  it('of a switch that every page has is about the browser, whoever is signed in', () => {
    const token = tokens.issue(browser({ owner: anna }), preferencesScope);
    expect(tokens.judge(browser({ owner: bert }), preferencesScope, token)).toEqual({ is: 'ours', revision: 0 });
    expect(tokens.judge(browser(), preferencesScope, token)).toEqual({ is: 'ours', revision: 0 });
  });

  it('says nothing where a browser tells that another site sent it', () => {
    const token = tokens.issue(browser(), '/page');
    for (const headers of [
      { Origin: 'https://elsewhere.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      expect(tokens.judge(browser({ headers }), '/page', token)).toEqual({ is: 'foreign' });
    }
    for (const headers of [{ Origin: 'null' }, { Origin: 'https://id.example' }, { 'Sec-Fetch-Site': 'none' }]) {
      expect(tokens.judge(browser({ headers }), '/page', token)).toEqual({ is: 'ours', revision: 0 });
    }
  });
});
