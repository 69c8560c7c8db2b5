import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import { jwksMaxAgeSeconds } from '../domain/keys/rotation.ts';
import type { AppContext, Next } from '../http/app-context.ts';
import { endpointAt } from '../http/endpoints.ts';

/**
 * Discovery and JWKS: the same bytes for everybody, so they are made once for each provider and then served
 * in front of everything else, with an ETag. Relying parties may keep them as long as key rotation allows for.
 */
interface Document {
  /** As text: Node sends it with the headers in one piece, unlike a buffer. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const documents = new WeakMap<Provider, Map<string, Document>>();

/** Keeps what the provider answers the first time. */
export function rememberDocuments(provider: Provider, securityHeaders: Readonly<Record<string, string>>): void {
  const kept = new Map<string, Document>();
  documents.set(provider, kept);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.method !== 'GET' || ctx.status !== 200 || !endpointAt(ctx.path)?.kept) return;
    const body = JSON.stringify(ctx.body);
    const headers = {
      ...securityHeaders,
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': `public, max-age=${jwksMaxAgeSeconds}`,
      'Content-Type': ctx.response.get('Content-Type') || 'application/json; charset=utf-8',
      ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 24)}"`,
    };
    kept.set(ctx.path, { body, headers });
    ctx.set(headers);
    ctx.remove('Vary');
  });
}

/** Serves what is kept for the provider in use. */
export function servedDocuments(current: () => Provider) {
  return (ctx: AppContext, next: Next): Promise<unknown> | undefined => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    const document = documents.get(current())?.get(ctx.path);
    if (!document) return next();
    ctx.set(document.headers);
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = document.body;
    return undefined;
  };
}
