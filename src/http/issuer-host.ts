import type { AppContext, Next } from './app-context.ts';
import type { CookieJar } from './cookies.ts';
import { endpointAt } from './endpoints.ts';
import { ownPath } from './own-path.ts';

/**
 * Whether a browser came by another name than the issuer's. Whoever opens such an address would sign in with cookies of a host
 * that no answer ever comes back to, and passkeys are made for one name alone.
 *
 * @param names - of `Host` and `X-Forwarded-Host`; a proxy may rewrite the one and keep the other, so one right name is enough
 */
export function isForeign(names: readonly (string | readonly string[] | undefined)[], issuer: URL): boolean {
  const port = issuer.protocol === 'https:' ? ':443' : ':80';
  const asked = names
    .flat()
    .flatMap((name) => (name ?? '').split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return asked.length > 0 && !asked.some((name) => name === issuer.host || name === `${issuer.host}${port}`);
}

/** A proxy that rewrites `Host` makes every request look foreign: a browser that was sent here is not sent again so soon. */
const againSeconds = 10;

/**
 * Sends people who look at a page by another name of this machine to the same page under the issuer's. Programs are answered where
 * they ask: they follow no redirect with their credentials, and everything they are told names the issuer anyway.
 */
export function toIssuerHost({ issuer, cookies }: { readonly issuer: string; readonly cookies: CookieJar }) {
  const { origin } = new URL(issuer);
  return async (ctx: AppContext, next: Next): Promise<unknown> => {
    if (!ctx.state.foreignHost || !isLook(ctx) || cookies.get(ctx, 'moved') !== undefined) return next();
    cookies.set(ctx, 'moved', 'here', againSeconds);
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 303;
    return ctx.redirect(`${origin}${ownPath(ctx.url, issuer) ?? '/'}`);
  };
}

function isLook(ctx: AppContext): boolean {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  const endpoint = endpointAt(ctx.path);
  // Where nothing can be looked at, whoever asks is told so, or led on, where they ask.
  if (endpoint && !(endpoint.askedBy === 'person' && endpoint.methods.includes(ctx.method))) return false;
  if (ctx.path.endsWith('.json') || ctx.get('Authorization') !== '') return false;
  return ctx.accepts(['html', 'json']) !== 'json';
}
