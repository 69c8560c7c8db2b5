import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';

/** The endpoints of the provider and how each may be asked; the library says "Not Found" in plain text to all else. */
const methods: Readonly<Record<string, readonly string[]>> = {
  '/auth': ['GET', 'HEAD', 'POST'],
  '/auth/:uid': ['GET', 'HEAD'],
  '/token': ['POST', 'OPTIONS'],
  '/token/introspection': ['POST', 'OPTIONS'],
  '/token/revocation': ['POST', 'OPTIONS'],
  '/request': ['POST', 'OPTIONS'],
  '/me': ['GET', 'HEAD', 'POST', 'OPTIONS'],
  '/jwks': ['GET', 'HEAD', 'OPTIONS'],
  '/session/end': ['GET', 'HEAD', 'POST'],
  '/session/end/confirm': ['POST'],
  '/session/end/success': ['GET', 'HEAD'],
  '/.well-known/openid-configuration': ['GET', 'HEAD', 'OPTIONS'],
  '/.well-known/oauth-authorization-server': ['GET', 'HEAD', 'OPTIONS'],
};

/** To the letter: the library also takes capital letters and a slash at the end, which rules of ours by path would miss. */
function allowedAt(path: string): readonly string[] | undefined {
  const endpoint = path.replace(/^\/auth\/[^/]+$/, '/auth/:uid');
  return Object.hasOwn(methods, endpoint) ? methods[endpoint] : undefined;
}

/** Whether somebody looks at the answer, or a program reads it. */
export function wantsPage(ctx: AppContext): boolean {
  return ctx.get('Accept').includes('text/html');
}

/**
 * What the library does not answer: 405 with `Allow` where the endpoint exists, else 404; in JSON for programs.
 *
 * @returns whether the request was answered here
 * @throws Refused page.method, page.not-found, for whoever wants a page
 */
export function answersUnknown(ctx: AppContext): boolean {
  const allowed = allowedAt(ctx.path);
  if (allowed?.includes(ctx.method)) return false;
  if (allowed) ctx.set('Allow', allowed.join(', '));
  if (wantsPage(ctx)) throw new Refused(allowed ? 'page.method' : 'page.not-found');
  ctx.status = allowed ? 405 : 404;
  ctx.body = {
    error: 'invalid_request',
    error_description: allowed ? `this endpoint takes ${allowed.join(', ')}` : 'there is no such endpoint',
  };
  return true;
}
