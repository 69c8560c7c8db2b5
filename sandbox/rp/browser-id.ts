import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SandboxContext } from '../context.ts';

/** The cookie of a demonstration service: a random id, signed, for its own pages only. */
export interface BrowserIds {
  /** Undefined for a browser without one, or with one that was not made here. */
  read(ctx: SandboxContext): string | undefined;
  /** A fresh one; whatever was kept under the old one is not found any more. */
  renew(ctx: SandboxContext): string;
}

export interface BrowserIdOptions {
  /** Newest first; the newest signs, all of them are believed. */
  readonly keys: readonly string[];
  readonly https: boolean;
  /** `/sandbox/rp/<name>/` */
  readonly path: string;
}

const cookie = 'mx_rp';

export function createBrowserIds({ keys, https, path }: BrowserIdOptions): BrowserIds {
  const [newest] = keys;
  if (newest === undefined) throw new Error('cookie keys must not be empty');
  const sign = (key: string, id: string) => createHmac('sha256', key).update(`${cookie} ${path} ${id}`).digest();
  return {
    read(ctx) {
      const [id = '', signature = ''] = ctx.cookies.get(cookie, { signed: false })?.split('.') ?? [];
      const given = Buffer.from(signature, 'base64url');
      const believed = keys.some((key) => {
        const expected = sign(key, id);
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
      return believed ? id : undefined;
    },
    renew(ctx) {
      const id = randomBytes(24).toString('base64url');
      const value = `${id}.${sign(newest, id).toString('base64url')}`;
      // Lax: the answer of the platform arrives by a redirect from its pages.
      ctx.cookies.set(cookie, value, { path, httpOnly: true, sameSite: 'lax', secure: https, signed: false, overwrite: true });
      return id;
    },
  };
}
