import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type Router from '@koa/router';
import type { SandboxState } from './context.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Address of a file under `/sandbox/assets/`, with its hash, so that it can be cached for ever. */
export type AssetHref = (name: string) => string;

/** Serves the few static files of the sandbox from memory. */
export function assetRoutes(router: Router<SandboxState>, folder: URL): AssetHref {
  const files = new Map<string, { body: Buffer; type: string }>();
  const hashed = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (!type) continue;
    const body = readFileSync(new URL(name, folder));
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
    const file = name.replace(/(?=\.\w+$)/, `.${hash}`);
    files.set(file, { body, type });
    hashed.set(name, file);
  }
  router.get('/sandbox/assets/:file', (ctx) => {
    const file = files.get(ctx.params['file'] ?? '');
    if (!file) return;
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.type = file.type;
    ctx.body = file.body;
  });
  return (name) => {
    const file = hashed.get(name);
    if (!file) throw new Error(`no asset ${name}`);
    return `/sandbox/assets/${file}`;
  };
}
