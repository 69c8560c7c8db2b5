import type { AppContext } from './app-context.ts';
import { endpointAt } from './endpoints.ts';

/** What logs and metrics may know of a request and its answer: nothing of the address that a person could have put there. */
export interface Answer {
  readonly method: string;
  /** Pattern of the route, `*` for whatever is not ours: bounded in number, free of ids and names. */
  readonly route: string;
  /** 499 when the browser went away before there was one. */
  readonly status: number;
  readonly durationMs: number;
}

/** Calls `tell` once, when the answer has left or its reader has, whoever wrote it (the library answers past koa). */
export function whenAnswered(ctx: AppContext, tell: (answer: Answer) => void): void {
  const start = performance.now();
  ctx.res.once('close', () => {
    const status = ctx.res.headersSent ? ctx.res.statusCode : 499;
    tell({ method: ctx.method, route: routeOf(ctx), status, durationMs: performance.now() - start });
  });
}

/** Answered without our router, besides the endpoints of the provider. */
const assets = /^\/assets\/[^/]+$/;

/** The pattern that the router matched, else that of the endpoint. */
function routeOf(ctx: AppContext): string {
  // Written by @koa/router when it has found a route.
  const matched: unknown = Reflect.get(ctx, '_matchedRoute');
  if (typeof matched === 'string') return matched;
  return endpointAt(ctx.path)?.path ?? (assets.test(ctx.path) ? '/assets/:id' : '*');
}
