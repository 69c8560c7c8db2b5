import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AppContext, Next } from './app-context.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

export interface Assets {
  /** Address of a file, with its hash, so that it can be cached for ever. */
  href(name: string): string;
  readonly middleware: (ctx: AppContext, next: Next) => Promise<void>;
}

/** The few static files, read once and served from memory under `/assets/`. */
export function loadAssets(folder: string): Assets {
  const files = new Map<string, { body: Buffer; zipped: Buffer; type: string }>();
  const hrefs = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (!type) continue;
    const body = asSent(name, readFileSync(join(folder, name)));
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
    const href = `/assets/${name.replace(/(?=\.\w+$)/, `.${hash}`)}`;
    files.set(href, { body, zipped: gzipSync(body, { level: 9 }), type });
    hrefs.set(name, href);
  }
  return {
    href(name) {
      const href = hrefs.get(name);
      if (!href) throw new Error(`no asset ${name}`);
      return href;
    },
    async middleware(ctx, next) {
      const file = ctx.method === 'GET' || ctx.method === 'HEAD' ? files.get(ctx.path) : undefined;
      if (!file) return void (await next());
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.vary('Accept-Encoding');
      ctx.type = file.type;
      if (ctx.acceptsEncodings('gzip')) ctx.set('Content-Encoding', 'gzip');
      ctx.body = ctx.acceptsEncodings('gzip') ? file.zipped : file.body;
    },
  };
}

/** What is written for people who read the style sheet is not sent to everybody who opens a page. */
function asSent(name: string, file: Buffer): Buffer {
  if (extname(name) !== '.css') return file;
  const lean = file
    .toString('utf8')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, '\n');
  return Buffer.from(lean);
}
