import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import { freePort } from '../support/free-port.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';

let product: OwnProduct;
let server: Server;
/** What stands at the address of the client's keys. */
let published: KeyObject;
beforeAll(async () => {
  const port = await freePort();
  server = createServer((_, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [published.export({ format: 'jwk' })] }));
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  const fetched = (client_id: string) => ({
    client_id,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: `http://localhost:${port}/keys`,
    grant_types: ['client_credentials'],
  });
  product = await startProduct({ clients: ['sound', 'short'].map(fetched) });
});
afterAll(async () => {
  await product?.remove();
  server?.close();
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** By hand: libraries refuse to sign with a key that is too short. */
function assertion(clientId: string, key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: product.issuer, jti: randomUUID(), iat: now, exp: now + 60 };
  const input = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${input}.${createSign('sha256').update(input).sign(key, 'base64url')}`;
}

async function authenticates(clientId: string, modulusLength: number): Promise<number> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  published = publicKey;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion(clientId, privateKey),
  });
  return (await fetchAlone(`${product.address}/token`, { method: 'POST', body })).status;
}

describe('keys that a client publishes at its jwks_uri', () => {
  it('are read on a network of our own where OUTBOUND_ALLOW says so', async () => {
    expect(await authenticates('sound', 2048)).toBe(200);
  });

  it('count only when they are long enough', async () => {
    expect(await authenticates('short', 1024)).toBe(401);
  });
});
