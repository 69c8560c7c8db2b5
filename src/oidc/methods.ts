import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { endpointAt } from '../http/endpoints.ts';

/** Whether somebody looks at the answer, or a program reads it. */
export function wantsPage(ctx: AppContext): boolean {
  return ctx.get('Accept').includes('text/html');
}

/**
 * What the library does not answer: 405 with `Allow` where the endpoint exists, else 404; in JSON for programs. Whoever opens
 * the address that a form is sent to is led to the form.
 *
 * @returns whether the request was answered here
 * @throws Refused page.method, page.not-found, for whoever wants a page
 */
export function answersUnknown(ctx: AppContext): boolean {
  const { methods: allowed, formAt } = endpointAt(ctx.path) ?? {};
  if (allowed?.includes(ctx.method)) return false;
  if (formAt !== undefined && ctx.method === 'GET' && wantsPage(ctx)) {
    ctx.status = 303;
    ctx.redirect(formAt);
    return true;
  }
  if (allowed) ctx.set('Allow', allowed.join(', '));
  if (wantsPage(ctx)) throw new Refused(allowed ? 'page.method' : 'page.not-found');
  ctx.status = allowed ? 405 : 404;
  ctx.body = {
    error: 'invalid_request',
    error_description: allowed ? `this endpoint takes ${allowed.join(', ')}` : 'there is no such endpoint',
  };
  return true;
}
