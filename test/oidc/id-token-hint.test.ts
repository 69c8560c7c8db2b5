import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { errors, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { publicPart } from '../../src/domain/keys/rotation.ts';
import type { Jwk } from '../../src/domain/keys/signing-keys.ts';
import { createHintVerifier, hintedSubject } from '../../src/oidc/id-token-hint.ts';

const issuer = 'https://id.example';
const claims = { iss: issuer, aud: 'service', sub: 'somebody', exp: 1_000_000_000 };
const clientWith = (alg: string) => ({ clientId: 'service', idTokenSignedResponseAlg: alg }) as unknown as Client;

interface Retired {
  readonly privateKey: CryptoKey;
  readonly jwk: Jwk;
}

async function retiredKey(alg: string): Promise<Retired> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const { kty = '', ...members } = await exportJWK(privateKey);
  return { privateKey, jwk: publicPart({ ...members, kty, kid: `retired-${kty}`, use: 'sig' }) };
}

const signed = (payload: JWTPayload, { privateKey, jwk }: Retired, header: { alg?: string; kid?: string } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: jwk.kid, ...header }).sign(privateKey);

describe('an ID token that was signed by a key that is not published any more', () => {
  let key: Retired;
  let verify: ReturnType<typeof createHintVerifier>;
  beforeAll(async () => {
    key = await retiredKey('ES256');
    verify = createHintVerifier([key.jwk], issuer);
  });
  const service = clientWith('ES256');

  it('is a hint, however old', async () => {
    expect(await verify(await signed(claims, key), service)).toEqual({ header: { alg: 'ES256', kid: 'retired-EC' }, payload: claims });
  });

  it.each(['RS256', 'PS256', 'EdDSA'])('under %s as well, and under no other than the client is registered with', async (alg) => {
    const other = await retiredKey(alg);
    const token = await signed(claims, other, { alg });
    expect(await createHintVerifier([other.jwk], issuer)(token, clientWith(alg))).toMatchObject({ payload: claims });
    expect(await createHintVerifier([other.jwk], issuer)(token, service)).toBeUndefined();
  });

  const wrong: Readonly<Record<string, () => Promise<string> | string>> = {
    'was issued to another service': () => signed({ ...claims, aud: 'another' }, key),
    'was issued to several': () => signed({ ...claims, aud: ['service', 'another'] }, key),
    'was issued by somebody else': () => signed({ ...claims, iss: 'https://evil.example' }, key),
    'names nobody': () => signed({ iss: issuer, aud: 'service' }, key),
    'was changed': async () => {
      const [head, , signature] = (await signed(claims, key)).split('.');
      return [head, Buffer.from(JSON.stringify({ ...claims, sub: 'somebody else' })).toString('base64url'), signature].join('.');
    },
    'lost its signature': () => new UnsecuredJWT(claims).encode(),
    'was signed by another key under its name': async () => signed(claims, { ...(await retiredKey('ES256')), jwk: key.jwk }),
    'names no key': () => signed(claims, key, { kid: '' }),
    'names a key that was withdrawn or was never ours': () => signed(claims, key, { kid: 'another' }),
    'is no token': () => 'nothing',
  };
  it.each(Object.keys(wrong))('is none when it %s', async (name) => {
    expect(await verify((await wrong[name]?.()) ?? '', service)).toBeUndefined();
  });
});

describe('whom a request hints at', () => {
  const contextOf = (oidc: object) => ({ oidc }) as unknown as KoaContextWithOIDC;
  const params = { id_token_hint: new UnsecuredJWT({ ...claims, sub: 'named by a forger' }).encode() };
  const client = clientWith('ES256');

  it('is never read from the parameter: what was verified when the request came in counts', async () => {
    const entities = { IdTokenHint: { header: {}, payload: { sub: 'verified' } } };
    expect(await hintedSubject(contextOf({ params, client, entities }))).toBe('verified');
  });

  it('is verified anew when the request goes on, and refused when the key was withdrawn meanwhile', async () => {
    const provider = (validate: () => Promise<unknown>) => ({ IdToken: { validate } });
    const going = { params, client, entities: {} };
    const verified = provider(async () => ({ header: {}, payload: { sub: 'verified' } }));
    expect(await hintedSubject(contextOf({ ...going, provider: verified }))).toBe('verified');
    const withdrawn = provider(async () => Promise.reject(new Error('no key')));
    await expect(hintedSubject(contextOf({ ...going, provider: withdrawn }))).rejects.toThrow(errors.InvalidRequest);
  });

  it('is nobody where the request says nothing', async () => {
    expect(await hintedSubject(contextOf({ params: {}, client, entities: {} }))).toBeUndefined();
  });
});
