import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** What the library's cookies are signed with: the interface of keygrip, which compares by hashing twice more each time. */
export interface CookieSignatures {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** Which key made the signature, newest first; -1: none of them. */
  index(data: string, signature: string): number;
}

/** HMAC-SHA256 with the newest key; older ones are still believed. */
export function createCookieSignatures(keys: readonly string[]): CookieSignatures {
  const [newest, ...older] = keys.map((key) => createSecretKey(key, 'utf8'));
  if (!newest) throw new Error('cookie keys must not be empty');
  const all = [newest, ...older];
  const mac = (key: typeof newest, data: string) => createHmac('sha256', key).update(data).digest('base64url');
  const index: CookieSignatures['index'] = (data, signature) => {
    const given = Buffer.from(signature);
    return all.findIndex((key) => {
      const own = Buffer.from(mac(key, data));
      return own.length === given.length && timingSafeEqual(own, given);
    });
  };
  return { sign: (data) => mac(newest, data), verify: (data, signature) => index(data, signature) >= 0, index };
}
