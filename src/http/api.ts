import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Refused } from '../domain/refused.ts';
import type { AppContext, AppState, Next } from './app-context.ts';
import { openApi, type ApiDescription, type JsonSchema, type OperationDescription } from './openapi.ts';
import { acceptedLocale } from './preferences.ts';
import { showProblem, type ProblemDeps } from './problem.ts';

/**
 * An API of ours: JSON by bearer token, beside the pages and without anything of theirs – no cookie, no CORS, no language but
 * that of the request. Its description is made of the same table and schemas that requests are checked with.
 */
export interface Api<Caller> extends ApiDescription {
  readonly operations: readonly Operation<Caller>[];
  /** Who asks. @throws Challenge, Refused */
  readonly callerOf: (ctx: AppContext) => Promise<Caller>;
}

export interface Operation<Caller> extends OperationDescription {
  readonly run: (asked: Asked<Caller>) => Promise<object>;
}

export interface Asked<Caller> {
  readonly ctx: AppContext;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  /** As the schema has it. */
  readonly body: Readonly<Record<string, unknown>>;
}

const nothing: JsonSchema = { type: 'object', additionalProperties: false };

/** Answers everything at and below the base of the API. */
export function createApi<Caller>(api: Api<Caller>, deps: ProblemDeps): (ctx: AppContext, next: Next) => Promise<unknown> {
  const { base } = api;
  const router = routerOf(api);
  const routes = router.routes() as (ctx: AppContext, next: Next) => Promise<unknown>;
  const otherMethods = router.allowedMethods() as (ctx: AppContext, next: Next) => Promise<unknown>;
  return async (ctx, next) => {
    if (ctx.path !== base && !ctx.path.startsWith(`${base}/`)) return next();
    const locale = acceptedLocale(ctx);
    ctx.state.locale = locale;
    ctx.set({ 'Cache-Control': 'no-store', Vary: 'Accept-Language', 'Content-Language': locale });
    try {
      await otherMethods(ctx, () => routes(ctx, async () => {}));
      if (ctx.body === undefined && ctx.status >= 400) throw new Refused(ctx.status === 404 ? 'page.not-found' : 'page.method');
    } catch (error) {
      showProblem(deps, ctx, locale, error);
    }
    return undefined;
  };
}

function routerOf<Caller>(api: Api<Caller>): Router<AppState> {
  const router = new Router<AppState>();
  const description = openApi(api, api.operations);
  router.get(`${api.base}/openapi.json`, (ctx) => {
    ctx.body = description;
  });
  const ajv = new Ajv2020({ strict: true });
  for (const { method, path, body: schema = nothing, run } of api.operations) {
    const isSound = ajv.compile(schema);
    router[method](`${api.base}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (ctx) => {
      const caller = await api.callerOf(ctx);
      const body = method === 'get' ? {} : await jsonBody(ctx);
      if (!isSound(body)) throw new Refused('form.malformed');
      ctx.body = await run({ ctx, caller, params: ctx.params, body: body as Asked<Caller>['body'] });
    });
  }
  return router;
}

const parse = bodyParser({
  enableTypes: ['json'],
  jsonLimit: '1kb',
  onError(error) {
    throw new Refused((error as { status?: number }).status === 413 ? 'form.too-large' : 'form.malformed');
  },
});

/** @throws Refused form.malformed, form.too-large */
async function jsonBody(ctx: AppContext): Promise<unknown> {
  // Nothing at all is sent without a type; something of another kind is not read.
  if (ctx.request.length && !ctx.is('application/json')) throw new Refused('form.malformed');
  await parse(ctx, async () => {});
  return (ctx.request as { body?: unknown }).body ?? {};
}
