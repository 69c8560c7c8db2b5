import Router from '@koa/router';
import Koa from 'koa';
import { interactionsFolder, type Assembly } from './assembly.ts';
import { createApi } from '../http/api.ts';
import type { AppContext, AppState } from '../http/app-context.ts';
import { appLinks } from '../http/app-links.ts';
import { endpointAt, interactionsPath, isProtocolPath } from '../http/endpoints.ts';
import { errorPages } from '../http/errors.ts';
import { formBody } from '../http/form.ts';
import { constantHeaders, securityHeaders } from '../http/headers.ts';
import { health, type HealthChecks } from '../http/health.ts';
import { toIssuerHost } from '../http/issuer-host.ts';
import { requestLog, type Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Link } from '../http/page-model.ts';
import type { ProblemDeps } from '../http/problem.ts';
import { preferences, switches } from '../http/preferences.ts';
import { requestContext } from '../http/request.ts';
import { templates } from '../http/views.ts';
import { appApi } from '../oidc/app-api.ts';
import { bridge } from '../oidc/app-contexts.ts';
import { serviceOf } from '../oidc/clients.ts';
import { servedDocuments } from '../oidc/documents.ts';
import { answersUnknown, wantsPage } from '../oidc/methods.ts';
import { asGet, postedPaths } from '../oidc/posted-requests.ts';

export interface AppOptions {
  readonly assembly: Assembly;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly checks: HealthChecks;
  readonly draining: () => boolean;
  /** The sandbox's own pages, in development and tests. */
  readonly sandbox: Koa.Middleware<AppState> | undefined;
}

/** The order of all middleware, on one screen. */
export function createApp({ assembly, log, metrics, checks, draining, sandbox }: AppOptions): Koa<AppState> {
  const { environment, cookies, pages, assets, profile } = assembly;
  const https = environment.issuer.startsWith('https:');
  const router = pageRouter(assembly);
  // Protocol and host are those that requestContext wrote, never what a browser sent.
  const app = new Koa<AppState>({ proxy: true });
  app.on('error', (error: unknown) => {
    // A browser that leaves a page while it waits for another device has done nothing wrong.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) log.error('request.failed', error, {});
  });

  const failed = (ctx: AppContext, error: unknown): void => log.error('request.failed', error, { requestId: ctx.state.requestId });

  app.use(health({ checks, draining, headers: constantHeaders(https) }));
  app.use(requestContext({ issuer: environment.issuer, proxyHops: environment.trustProxy }));
  app.use(requestLog(log));
  app.use(metrics.middleware);
  app.use(servedDocuments(() => assembly.ring.current()));
  app.use(securityHeaders({ https }));
  app.use(appLinks(profile.appLinks));
  app.use(machineEndpoints(assembly));
  app.use(ownAppApi(assembly, failed));
  app.use(assets.middleware);
  app.use(toIssuerHost({ issuer: environment.issuer, cookies }));
  app.use(preferences(cookies, new URL(environment.issuer).origin));
  app.use(templates(interactionsFolder));
  app.use(
    errorPages({
      pages,
      tokens: assembly.tokens,
      wayBack: (ctx) => wayBack(assembly, ctx),
      failed,
    }),
  );
  if (sandbox) app.use(sandbox);
  app.use(router.routes() as Koa.Middleware<AppState>);
  app.use(router.allowedMethods() as Koa.Middleware<AppState>);
  app.use(openIdProvider(assembly));
  return app;
}

/** Our own routes; no other body is parsed in front of the provider's. */
export function pageRouter({ journeys, resumes, submissions, cookies, environment }: Assembly): Router<AppState> {
  const router = new Router<AppState>();
  router.use(interactionsPath, resumes.leadToAnswer);
  router.use([interactionsPath, '/account', '/h'], formBody(), switches(cookies, new URL(environment.issuer).origin));
  router.use(interactionsPath, submissions.oneByOne);
  router.post(postedPaths, formBody(), asGet);
  for (const journey of journeys) journey.routes(router);
  return router;
}

/** What relying parties call needs no language, no page and no session of a browser; people who look get a page. */
function machineEndpoints({ ring }: Assembly): Koa.Middleware<AppState> {
  return (ctx, next) => {
    if (endpointAt(ctx.path)?.askedBy !== 'program' || wantsPage(ctx)) return next();
    if (answersUnknown(ctx)) return undefined;
    bridge(ctx);
    ctx.respond = false;
    return ring.handle(ctx.req, ctx.res);
  };
}

/** What the city's own app calls: no page either, no cookie, no language but that of the request. */
function ownAppApi({ app, words, environment }: Assembly, failed: ProblemDeps['failed']): Koa.Middleware<AppState> {
  return createApi(appApi(app), { words, issuer: environment.issuer, failed });
}

function openIdProvider({ ring }: Assembly): Koa.Middleware<AppState> {
  return async (ctx, next) => {
    if (!isProtocolPath(ctx.path)) return next();
    if (answersUnknown(ctx)) return;
    bridge(ctx);
    ctx.respond = false;
    await ring.handle(ctx.req, ctx.res);
  };
}

/** Way back to the service this browser came from, kept in a cookie that outlives the interaction (PRT-11). */
async function wayBack({ cookies, ring }: Assembly, ctx: AppContext): Promise<Link | undefined> {
  const clientId = cookies.get(ctx, 'service');
  const client = clientId === undefined ? undefined : await ring.current().Client.find(clientId);
  const service = serviceOf(client, ctx.state.locale);
  return service?.href === undefined ? undefined : { href: service.href, label: service.name };
}
