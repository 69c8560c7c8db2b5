import type { AppLinks } from '../domain/policy.ts';
import type { AppContext, Next } from './app-context.ts';

/**
 * What Android and iOS read to let an app of the city open the addresses of codes (`/h/…`) itself, in place of the browser.
 * Nobody has to be asked for anything, and without an app there is no such document.
 */
export function appLinks(links: AppLinks): (ctx: AppContext, next: Next) => Promise<unknown> {
  const documents = documentsOf(links);
  return async (ctx, next) => {
    const document = ['GET', 'HEAD'].includes(ctx.method) ? documents.get(ctx.path) : undefined;
    if (document === undefined) return next();
    ctx.set('Cache-Control', 'public, max-age=3600');
    ctx.type = 'application/json';
    ctx.body = document;
    return undefined;
  };
}

function documentsOf({ android, apple }: AppLinks): ReadonlyMap<string, string> {
  const statements = android.map(({ package: name, fingerprints }) => ({
    relation: ['delegate_permission/common.handle_all_urls'],
    target: { namespace: 'android_app', package_name: name, sha256_cert_fingerprints: fingerprints },
  }));
  const details = [{ appIDs: apple, components: [{ '/': '/h/*' }] }];
  return new Map([
    ...(android.length > 0 ? [['/.well-known/assetlinks.json', JSON.stringify(statements)] as const] : []),
    ...(apple.length > 0 ? [['/.well-known/apple-app-site-association', JSON.stringify({ applinks: { details } })] as const] : []),
  ]);
}
