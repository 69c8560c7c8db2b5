import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import { jwksMaxAgeSeconds } from '../domain/keys/rotation.ts';

/**
 * Discovery and JWKS: the same bytes for everybody, so they are made once for each provider and served
 * with an ETag. Relying parties may keep them as long as the key rotation allows for.
 */
const cacheable = new Set(['/.well-known/openid-configuration', '/jwks']);

interface Document {
  readonly body: string;
  readonly type: string;
  readonly etag: string;
}

export function cacheDocuments(provider: Provider): void {
  const documents = new Map<string, Document>();
  provider.use(async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    if (!cacheable.has(ctx.path)) return next();
    let document = documents.get(ctx.path);
    if (!document) {
      await next();
      if (ctx.status !== 200) return;
      const body = JSON.stringify(ctx.body);
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 24)}"`;
      document = { body, type: ctx.response.get('Content-Type') || 'application/json; charset=utf-8', etag };
      documents.set(ctx.path, document);
    }
    ctx.set({
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': `public, max-age=${jwksMaxAgeSeconds}`,
      'Content-Type': document.type,
      ETag: document.etag,
    });
    ctx.remove('Vary');
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = document.body;
  });
}
