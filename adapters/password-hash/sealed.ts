import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Hashes that were made elsewhere know no pepper of ours, and fast ones are guessed in hours by whoever has the table. So
 * they are kept encrypted (AES-256-GCM) under a key derived from the pepper, until the first sign-in makes a hash of our own.
 *
 * `$sealed$keyid=1$<nonce, tag and hash in base64>`
 */
const form = /^\$sealed\$keyid=(\d{1,6})\$([A-Za-z0-9+/]+={0,2})$/;

const algorithm = 'aes-256-gcm';
const [nonceLength, tagLength] = [12, 16];

export interface SealedHash {
  readonly pepperVersion: number;
  readonly sealed: Buffer;
}

/** Reads what `seal` wrote; undefined for anything else. */
export function readSealed(stored: string): SealedHash | undefined {
  const [, version, sealed] = form.exec(stored) ?? [];
  return version === undefined || sealed === undefined
    ? undefined
    : { pepperVersion: Number(version), sealed: Buffer.from(sealed, 'base64') };
}

export function seal(pepper: Buffer, pepperVersion: number, hash: string): string {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, keyOf(pepper), nonce);
  const text = Buffer.concat([cipher.update(hash, 'utf8'), cipher.final()]);
  return `$sealed$keyid=${pepperVersion}$${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')}`;
}

/** @throws Error when it was sealed under another pepper, or is not whole */
export function unseal(pepper: Buffer, { sealed }: SealedHash): string {
  const decipher = createDecipheriv(algorithm, keyOf(pepper), sealed.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength));
  return Buffer.concat([decipher.update(sealed.subarray(nonceLength + tagLength)), decipher.final()]).toString('utf8');
}

/** Apart from what the pepper does to passwords. */
function keyOf(pepper: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', pepper, Buffer.alloc(0), 'minxin imported password hash', 32));
}
