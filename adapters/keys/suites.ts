import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

export type SuiteName = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';

/**
 * Authenticated encryption under a 32-byte key. Every sealed value begins with the suite's version byte. Keys are
 * KeyObjects: with a Buffer each operation costs Node several times as much.
 */
export interface Suite {
  readonly name: SuiteName;
  readonly version: number;
  seal(key: KeyObject, aad: Buffer, plain: Buffer): Buffer;
  /** Throws when key, aad or any bit differs. */
  open(key: KeyObject, aad: Buffer, sealed: Buffer): Buffer;
}

/** NIST SP 800-38D: 96-bit random nonce, 128-bit tag. iv | ciphertext | tag. */
const aes256Gcm: Suite = {
  name: 'aes-256-gcm',
  version: 1,
  seal(key, aad, plain) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad);
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, aad, sealed) {
    if (sealed.length < 12 + 16) throw new Error('a sealed value is too short');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  },
};

/**
 * GB/T 32907 (SM4) in counter mode, then HMAC with GB/T 32905 (SM3) over everything, with two keys made from the one:
 * encrypt-then-MAC of approved parts, since Node has no SM4-GCM. iv | ciphertext | tag.
 */
const sm4CtrHmacSm3: Suite = {
  name: 'sm4-ctr-hmac-sm3',
  version: 2,
  seal(key, aad, plain) {
    const { encryption, authentication } = gmKeys(key);
    const iv = randomBytes(16);
    const cipher = createCipheriv('sm4-ctr', encryption, iv);
    const body = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
    return Buffer.concat([body, gmTag(authentication, aad, body)]);
  },
  open(key, aad, sealed) {
    if (sealed.length < 16 + 32) throw new Error('a sealed value is too short');
    const { encryption, authentication } = gmKeys(key);
    const body = sealed.subarray(0, -32);
    const tag = gmTag(authentication, aad, body);
    if (!timingSafeEqual(tag, sealed.subarray(-32))) throw new Error('a sealed value is not authentic');
    const decipher = createDecipheriv('sm4-ctr', encryption, body.subarray(0, 16));
    return Buffer.concat([decipher.update(body.subarray(16)), decipher.final()]);
  },
};

function gmKeys(key: KeyObject): { encryption: KeyObject; authentication: KeyObject } {
  const derived = Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), 'minxin sm4-ctr hmac-sm3', 48));
  return { encryption: createSecretKey(derived.subarray(0, 16)), authentication: createSecretKey(derived.subarray(16)) };
}

function gmTag(key: KeyObject, aad: Buffer, body: Buffer): Buffer {
  const length = Buffer.alloc(4); // where the one part ends and the other begins must not be open to choice
  length.writeUInt32BE(aad.length);
  return createHmac('sm3', key).update(length).update(aad).update(body).digest();
}

export const suites: Readonly<Record<SuiteName, Suite>> = {
  'aes-256-gcm': aes256Gcm,
  'sm4-ctr-hmac-sm3': sm4CtrHmacSm3,
};

/** The suite that made a sealed value, by its first byte. */
export function suiteOf(sealed: Buffer): Suite {
  const suite = Object.values(suites).find(({ version }) => version === sealed[0]);
  if (!suite) throw new Error('a sealed value has an unknown version');
  return suite;
}
