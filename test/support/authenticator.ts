import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** An authenticator in software, and one that lies: makes what a browser would send (`PublicKeyCredential.toJSON()`). */
export interface Authenticator {
  /** Base64url, once it has made a passkey. */
  readonly credentialId: string;
  /** Of the newest signature; may be set back. */
  counter: number;
  /** Makes a key pair for an account. Attestation: none. */
  creates(options: CreationOptions, lies?: Lies): string;
  /** Signs in with it. */
  signs(options: RequestOptions, lies?: Lies): string;
}

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

/** What is said in place of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly userHandle?: string | undefined;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  /** Signs with a key that nobody knows. */
  readonly forged?: boolean;
}

/** @param synced - the passkey may be copied to other devices (backup eligible) */
export function softwareAuthenticator(origin: string, { synced = false, counts = true } = {}): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  let userHandle = '';
  const authenticator: Authenticator = {
    credentialId: id.toString('base64url'),
    counter: 0,
    creates({ challenge, rp, user }, lies = {}) {
      userHandle = user.id;
      if (counts) authenticator.counter += 1;
      const data = authenticatorData({ rpId: rp.id, counter: authenticator.counter, synced, attested: attestedData(id, publicKey) }, lies);
      const attestationObject = cborMap([
        ['fmt', cborText('none')],
        ['attStmt', cborMap([])],
        ['authData', cborBytes(data)],
      ]);
      return credential(id, {
        clientDataJSON: clientData('webauthn.create', challenge, origin, lies),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      });
    },
    signs({ challenge, rpId }, lies = {}) {
      if (counts) authenticator.counter += 1;
      const data = authenticatorData({ rpId, counter: authenticator.counter, synced, attested: undefined }, lies);
      const client = clientData('webauthn.get', challenge, origin, lies);
      const signed = Buffer.concat([data, sha256(Buffer.from(client, 'base64url'))]);
      return credential(id, {
        clientDataJSON: client,
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, lies.forged ? strangerKey() : privateKey).toString('base64url'),
        userHandle: 'userHandle' in lies ? lies.userHandle : userHandle,
      });
    },
  };
  return authenticator;
}

const strangerKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

function credential(id: Buffer, response: object): string {
  const encoded = id.toString('base64url');
  return JSON.stringify({ id: encoded, rawId: encoded, type: 'public-key', response, clientExtensionResults: {} });
}

function clientData(type: string, challenge: string, origin: string, lies: Lies): string {
  const said = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin: lies.origin ?? origin, crossOrigin: false };
  return Buffer.from(JSON.stringify(said)).toString('base64url');
}

interface Signed {
  readonly rpId: string;
  readonly counter: number;
  readonly synced: boolean;
  readonly attested: Buffer | undefined;
}

/** Web Authentication Level 3, 6.1. */
function authenticatorData(
  { rpId, counter, synced, attested }: Signed,
  { rpId: otherId, userPresent = true, userVerified = true }: Lies,
): Buffer {
  const flags = (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (synced ? 0x18 : 0) | (attested ? 0x40 : 0);
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(otherId ?? rpId), head, attested ?? Buffer.alloc(0)]);
}

/** Attested credential data: a model that does not say what it is, the id, the public key as COSE_Key. */
function attestedData(id: Buffer, publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const key = cborMap([
    [1, cborInteger(2)],
    [3, cborInteger(-7)],
    [-1, cborInteger(1)],
    [-2, cborBytes(Buffer.from(x, 'base64url'))],
    [-3, cborBytes(Buffer.from(y, 'base64url'))],
  ]);
  return Buffer.concat([Buffer.alloc(16), length, id, key]);
}

/* As much of CBOR (RFC 8949) as that takes. */

function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value);
  if (value < 256) return Buffer.of((major << 5) | 24, value);
  return Buffer.of((major << 5) | 25, value >> 8, value & 0xff);
}

const cborInteger = (value: number): Buffer => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (value: Buffer): Buffer => Buffer.concat([cborHead(2, value.length), value]);
const cborText = (value: string): Buffer => Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);

function cborMap(entries: readonly (readonly [string | number, Buffer])[]): Buffer {
  const parts = entries.flatMap(([key, value]) => [typeof key === 'number' ? cborInteger(key) : cborText(key), value]);
  return Buffer.concat([cborHead(5, entries.length), ...parts]);
}
