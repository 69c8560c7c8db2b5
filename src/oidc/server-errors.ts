import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Next } from '../http/app-context.ts';

/** Seconds after which a store that was away may be back. */
const retryAfterSeconds = '5';

/** What failed on our side is answered in our words, and says when it is worth another try (RFC 9110 15.6.4). */
export async function serverErrors(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next();
  if (ctx.status === 503) ctx.set('Retry-After', retryAfterSeconds);
  if (!isServerError(ctx.body)) return;
  ctx.body = {
    ...ctx.body,
    error_description: ctx.status === 503 ? 'temporarily unavailable, try again later' : 'the request failed on our side',
  };
}

function isServerError(body: unknown): body is { readonly error: 'server_error' } {
  return body !== null && typeof body === 'object' && 'error' in body && body.error === 'server_error';
}
