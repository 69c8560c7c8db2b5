import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AppContext } from './app-context.ts';

/**
 * Our own cookies: HttpOnly, SameSite Lax, no Domain, at most 30 days; `__Host-` over https, or `__Secure-` where they are
 * for one address. Signed ones carry an HMAC under the newest cookie key and are read under any of them.
 */
export interface CookieJar {
  get(ctx: AppContext, name: CookieName): string | undefined;
  set(ctx: AppContext, name: CookieName, value: string | undefined, maxAgeSeconds: number): void;
  /** One that the browser sends to a single address; undefined deletes it. */
  setAt(ctx: AppContext, name: 'submission', cookie: { value: string | undefined; path: string; maxAgeSeconds: number }): void;
}

const cookieNames = {
  /** Seed of anti-forgery tokens. */
  seed: 'mx_seed',
  locale: 'mx_locale',
  elder: 'mx_elder',
  /** Way back to the service, outlives the interaction (PRT-11). */
  service: 'mx_service',
  /** Accounts this browser signed in to, as keyed hashes. */
  device: 'mx_device',
  /** Where to go after signing in without a waiting service. */
  target: 'mx_target',
  /** Was sent to the issuer's host a moment ago. */
  moved: 'mx_moved',
  /** Secret of the browser whose codes are shown for another device to scan (handover-desk.ts). */
  handover: 'mx_handover',
  /** Secret of the browser that left for a third party (upstream-desk.ts). */
  upstream: 'mx_upstream',
  /** Secret of what was submitted last in an interaction, for its way back alone (src/oidc/submission.ts). */
  submission: 'mx_submission',
} as const;
export type CookieName = keyof typeof cookieNames;

const maxAgeLimitSeconds = 30 * 86_400;

export function createCookieJar({ keys, https }: { keys: readonly string[]; https: boolean }): CookieJar {
  const [newest] = keys;
  if (!newest) throw new Error('cookie keys must not be empty');
  const prefix = (name: CookieName) => (name === 'submission' ? '__Secure-' : '__Host-');
  const full = (name: CookieName) => `${https ? prefix(name) : ''}${cookieNames[name]}`;
  const mac = (key: string, name: string, value: string) => createHmac('sha256', key).update(`${name}=${value}`).digest('base64url');
  const signed = (name: CookieName, value: string, signature: string) => keys.some((key) => equal(mac(key, full(name), value), signature));

  const write = (ctx: AppContext, name: CookieName, value: string | undefined, place: { path: string; maxAgeSeconds: number }) => {
    const encoded = value === undefined ? undefined : Buffer.from(value).toString('base64url');
    ctx.cookies.set(full(name), encoded === undefined ? null : `${encoded}.${mac(newest, full(name), encoded)}`, {
      httpOnly: true,
      sameSite: 'lax',
      secure: https,
      overwrite: true,
      signed: false,
      path: place.path,
      ...(value === undefined ? {} : { maxAge: Math.min(place.maxAgeSeconds, maxAgeLimitSeconds) * 1000 }),
    });
  };

  return {
    get(ctx, name) {
      const raw = ctx.cookies.get(full(name), { signed: false });
      const split = raw?.lastIndexOf('.') ?? -1;
      if (raw === undefined || split < 0) return undefined;
      const value = raw.slice(0, split);
      if (!signed(name, value, raw.slice(split + 1))) return undefined;
      return Buffer.from(value, 'base64url').toString('utf8');
    },
    set: (ctx, name, value, maxAgeSeconds) => write(ctx, name, value, { path: '/', maxAgeSeconds }),
    setAt: (ctx, name, { value, path, maxAgeSeconds }) => write(ctx, name, value, { path, maxAgeSeconds }),
  };
}

/** Compares two texts in a time that does not tell where they differ. */
export function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
