import type Koa from 'koa';
import koaViews from 'koa-views';
import { compileFile } from 'pug';
import type { AppContext, AppState } from './app-context.ts';

/**
 * Templates of pug, compiled once each. The only file that knows koa-views, which its author no longer maintains
 * (docs/adr/0037): whoever replaces it writes these two functions anew.
 */
export function templates(folder: string): Koa.Middleware<AppState> {
  return koaViews(folder, { extension: 'pug', autoRender: false, engineSource: { pug: createEngine() } });
}

interface Locals {
  readonly page: object;
  readonly model: object;
}

/**
 * A template sees `page` and `model` and nothing else. What koa-views hands over besides – all of `ctx.state` – its own
 * engine takes for options of the compiler: one request whose state has a `self` or a `doctype` compiled a page for all
 * that came after it.
 */
function createEngine(): (path: string, given: Locals) => Promise<string> {
  const compiled = new Map<string, ReturnType<typeof compileFile>>();
  return async (path, { page, model }) => {
    const template = compiled.get(path) ?? compileFile(path);
    compiled.set(path, template);
    return template({ page, model });
  };
}

/** @param view - path of the template under the folder, without extension */
export async function renderTemplate(ctx: AppContext, view: string, locals: Locals): Promise<string> {
  // Its types do not know `autoRender`.
  const html: unknown = await ctx.render(view, locals);
  return String(html);
}
