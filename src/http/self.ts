import type { AppContext } from './app-context.ts';

/**
 * Address that leads back to this page, by a reload as well as by a switch of language or another captcha: of a page that
 * answers a form the one that shows the form.
 */
export function selfOf(ctx: AppContext): string {
  return ctx.state.shownAt ?? (ctx.method === 'GET' ? ctx.url : ctx.path);
}
