import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fold } from '../folding.ts';
import type { Setting } from '../presence/strength.ts';

/**
 * Codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds, which is what every app knows. One
 * step early or late is accepted (5.2), and a step is used once: `totp.use` writes it only while it is newer.
 */
export interface Totp {
  readonly secret: Buffer;
  /** The newest step a code was accepted for. */
  readonly lastStep: number;
  readonly confirmedAt: Date;
  /** Undefined: nobody asked then. */
  readonly set: Setting | undefined;
}

/** `held`: its setting-up is frozen (presence/undo.ts); its codes are not taken, and nobody comes in without them either. */
export type TotpStanding = 'none' | 'active' | 'held';

export interface TotpStore {
  /** The one that signs in; undefined where there is none, or it is held. */
  ofAccount(accountId: string): Promise<Totp | undefined>;
  /** Without opening anything. */
  standing(accountId: string): Promise<TotpStanding>;
}

const stepSeconds = 30;
const digits = 6;
const drift = [0, -1, 1];

/** 160 bits, as long as the hash (RFC 4226, 4 R6). */
export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / stepSeconds);
}

/** The code of a step (RFC 4226, 5.3). */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}

/**
 * The step a code belongs to, of those that count now and were not used; undefined when there is none.
 *
 * @param code - as typed
 */
export function matchingStep({ secret, lastStep }: Pick<Totp, 'secret' | 'lastStep'>, code: string, now: Date): number | undefined {
  const typed = Buffer.from(fold('code', code));
  const current = totpStep(now);
  const fitting = drift.map((early) => current + early).filter((step) => equal(typed, Buffer.from(totpCode(secret, step))));
  return fitting.find((step) => step > lastStep);
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, 6, without padding: how apps take a secret that cannot be scanned. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((group) => alphabet[parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** What apps scan (Key URI Format): the platform and a masked name, so that people find the entry again. */
export function totpUri({ secret, platform, account }: { secret: Buffer; platform: string; account: string }): string {
  const label = encodeURIComponent(`${platform}:${account}`);
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(platform)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}
