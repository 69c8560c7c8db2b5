import type Koa from 'koa';
import koaViews from 'koa-views';
import type { AppContext, AppState } from './app-context.ts';

/**
 * Templates of pug, compiled once each. The only file that knows koa-views, which its author no longer maintains
 * (docs/adr/0037): whoever replaces it writes these two functions anew.
 */
export function templates(folder: string): Koa.Middleware<AppState> {
  // Without the cache every request compiles its template. A key `cache` among the locals would override it.
  return koaViews(folder, { extension: 'pug', autoRender: false, options: { cache: true } });
}

/** @param view - path of the template under the folder, without extension */
export async function renderTemplate(
  ctx: AppContext,
  view: string,
  locals: { readonly page: object; readonly model: object },
): Promise<string> {
  // Its types do not know `autoRender`.
  const html: unknown = await ctx.render(view, locals);
  return String(html);
}
