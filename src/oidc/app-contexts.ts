import type { IncomingMessage } from 'node:http';
import type { AppContext } from '../http/app-context.ts';

/**
 * The library is a koa application of its own inside ours: both work on the same request, and our pages
 * need our context. This is the only bridge.
 */
const contexts = new WeakMap<IncomingMessage, AppContext>();

export function bridge(ctx: AppContext): void {
  contexts.set(ctx.req, ctx);
}

export function appContextOf({ req }: { req: IncomingMessage }): AppContext {
  const ctx = contexts.get(req);
  if (!ctx) throw new Error('a request reached the library past our middleware');
  return ctx;
}
