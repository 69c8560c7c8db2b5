import { describe, expect, it } from '@jest/globals';
import { createPasskeyVerifier } from '../../adapters/webauthn/verifier.ts';
import type { PasskeyResponse } from '../../src/domain/authenticator/passkey.ts';
import type { Passkey } from '../../src/domain/authenticator/passkey-store.ts';
import { softwareAuthenticator, type Authenticator, type Lies } from '../support/authenticator.ts';

const origin = 'https://id.example.gov.cn';
const rpId = 'id.example.gov.cn';
const verifier = createPasskeyVerifier(origin);
const challenge = Buffer.alloc(32, 7).toString('base64url');
const read = (credential: string): PasskeyResponse => JSON.parse(credential);

async function enrolled(synced = false): Promise<{ authenticator: Authenticator; passkey: Passkey }> {
  const authenticator = softwareAuthenticator(origin, { synced });
  const created = await verifier.created(read(authenticator.creates({ challenge, rp: { id: rpId }, user: { id: 'dXNlcg' } })), challenge);
  if (!created) throw new Error('not created');
  const passkey = {
    id: 'p',
    accountId: 'a',
    ...created,
    transports: [],
    name: 'key',
    createdAt: new Date(0),
    lastUsedAt: undefined,
    setBy: undefined,
  };
  return { authenticator, passkey };
}

/** Each is one thing wrong with an answer. */
const lies: readonly (readonly [string, Lies])[] = [
  ['another origin', { origin: 'https://id.example.gov.cn.evil.example' }],
  ['our host on another port', { origin: `${origin}:8443` }],
  ['a site of another name', { rpId: 'gov.cn' }],
  ['another challenge', { challenge: Buffer.alloc(32, 8).toString('base64url') }],
  ['nobody at the authenticator', { userPresent: false, userVerified: false }],
  ['somebody whom the authenticator did not verify', { userVerified: false }],
];

describe('answers of authenticators', () => {
  it.each([
    ['bound to its device', false],
    ['that may be synced', true],
  ])('a passkey %s is created and signs', async (_, synced) => {
    const { authenticator, passkey } = await enrolled(synced);
    expect(passkey).toMatchObject({ credentialId: authenticator.credentialId, synced, counter: 1 });
    expect(await verifier.signed(read(authenticator.signs({ challenge, rpId })), challenge, passkey)).toEqual({ counter: 2 });
  });

  it('a counter is reported as it was signed, even when it went back', async () => {
    const { authenticator, passkey } = await enrolled();
    authenticator.counter = 0;
    const signed = read(authenticator.signs({ challenge, rpId }));
    expect(await verifier.signed(signed, challenge, { ...passkey, counter: 9 })).toEqual({ counter: 1 });
  });

  it.each(lies)('nothing is created with %s', async (_, lie) => {
    const answer = softwareAuthenticator(origin).creates({ challenge, rp: { id: rpId }, user: { id: 'dXNlcg' } }, lie);
    expect(await verifier.created(read(answer), challenge)).toBeUndefined();
  });

  it.each([
    ...lies,
    ['the signature of another key', { forged: true }],
    ['the answer of a creation', { type: 'webauthn.create' }],
  ] as const)('nobody signs in with %s', async (_, lie) => {
    const { authenticator, passkey } = await enrolled();
    expect(await verifier.signed(read(authenticator.signs({ challenge, rpId }, lie)), challenge, passkey)).toBeUndefined();
  });

  it.each([
    '{}',
    '{"id":"x","response":{"clientDataJSON":"e30"}}',
    '{"id":"x","rawId":"x","type":"public-key","response":{"clientDataJSON":"bm9uc2Vuc2U"}}',
  ])('nonsense is refused, not thrown: %s', async (text) => {
    const { passkey } = await enrolled();
    expect(await verifier.created(read(text), challenge)).toBeUndefined();
    expect(await verifier.signed(read(text), challenge, passkey)).toBeUndefined();
  });
});
