import { createHmac, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose';

/** A client that proves who it is by its key, and every token of its is signed the same way. */
export interface KeyClient {
  readonly clientId: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function keyClient(alg: string): Promise<KeyClient> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: `key-${alg}`, use: 'sig' };
  return { clientId: `alg-${alg}`, alg, privateKey, publicJwk };
}

/** The entry of a clients file. */
export function entryOf({ clientId, alg, publicJwk }: Pick<KeyClient, 'clientId' | 'alg' | 'publicJwk'>): object {
  return {
    client_id: clientId,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [publicJwk] },
    redirect_uris: [`https://${clientId.toLowerCase()}.example/callback`],
    id_token_signed_response_alg: alg,
    introspection_signed_response_alg: alg,
    grant_types: ['authorization_code', 'client_credentials'],
    pkce_required: false,
  };
}

/** RFC 7523 3: what a right one says. */
export function assertionClaims(clientId: string, issuer: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 };
}

export async function assertionOf(
  client: KeyClient,
  claims: Readonly<Record<string, unknown>>,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: client.alg, kid: `key-${client.alg}`, ...header }).sign(client.privateKey);
}

export function withAssertion(assertion: string): Readonly<Record<string, string>> {
  return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion };
}

/** A JWT that no library would make. */
export function forged(header: object, claims: object, sign: (input: string) => Buffer): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign(input).toString('base64url')}`;
}

/** HMAC under what is public: the confusion of CVE-2015-9235 and its many children. */
export const hmacUnder =
  (secret: string | Buffer) =>
  (input: string): Buffer =>
    createHmac('sha256', secret).update(input).digest();

/** A public RSA key that is too short. */
export function weakRsa(): JWK {
  const { publicKey }: { publicKey: KeyObject } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { kty = 'RSA', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return { kty, n, e, kid: 'weak', use: 'sig' };
}
