import type { SandboxContext } from '../context.ts';
import type { Failure } from './failure.ts';
import { experiments, frameModel, offeringModels, offeringState, sessionModel, wayTo } from './service-model.ts';
import type { Offering } from './services.ts';
import type { ServiceSession } from './sessions.ts';
import type { Route, Site } from './site.ts';

/** Pages of a demonstration service. */

/** Where everything stands; says who is signed in. */
export function home(site: Site): Route {
  return async (ctx) => {
    // Without the slash the cookie of the service does not come along.
    if (ctx.path !== site.base) return ctx.redirect(`${site.base}${ctx.search}`);
    const { session, ended } = await whoIsThere(site, ctx);
    const say = site.pages.words.in(site.pages.locale(ctx));
    site.pages.render(ctx, 'rp/home', {
      frame: frame(site, ctx, session),
      notice: noticeOf(ctx, { session, ended }),
      offerings: offeringModels(site, session, site.clock.now()),
      session: session && sessionModel(session, site.pages, say),
      experiments: experiments(site.base),
    });
  };
}

function noticeOf(ctx: SandboxContext, { session, ended }: { session: ServiceSession | undefined; ended: boolean }): string | undefined {
  if (ended) return 'ended';
  return session === undefined && ctx.query['state'] === signedOut ? signedOut : undefined;
}

/** The `state` that comes back from RP-initiated logout. */
export const signedOut = 'signed-out';

/** One thing the service does; open to whoever is known well enough. */
export function offering(site: Site) {
  return async (ctx: SandboxContext & { readonly params: Readonly<Record<string, string>> }): Promise<void> => {
    const wanted = offeringNamed(site, ctx.params['offering']);
    if (!wanted) return showFailure(site, ctx, { error: 'offering_unknown', description: undefined, status: 404 });
    const { session } = await whoIsThere(site, ctx);
    const state = session && offeringState(wanted, session.claims, site.clock.now());
    if (state !== 'open') return ctx.redirect(wayTo(wanted, site.base));
    return site.pages.render(ctx, 'rp/offering', { frame: frame(site, ctx, session), offering: wanted });
  };
}

export function offeringNamed({ service }: Site, name: string | undefined): Offering | undefined {
  return service.offerings.find((candidate) => candidate.name === name);
}

/**
 * Says what went wrong and what to do.
 *
 * @param retry - address that asks the platform the same again
 */
export async function showFailure(site: Site, ctx: SandboxContext, failure: Failure, retry?: string): Promise<void> {
  const { pages, base } = site;
  const { session } = await whoIsThere(site, ctx);
  const model = {
    frame: frame(site, ctx, session),
    ...failure,
    known: pages.words.has(`rp.error.${failure.error}`),
    retry,
    // Asked without pages, the platform would say the same again; with them it can go on.
    needsPages: failure.error.endsWith('_required'),
  };
  // The address of an answer must not be asked for again in another language.
  pages.render(ctx, 'rp/failure', model, { status: failure.status, self: base });
}

/** The session of this browser; what the platform ended from behind is forgotten with the first page that says so. */
async function whoIsThere({ sessions }: Site, ctx: SandboxContext): Promise<{ session: ServiceSession | undefined; ended: boolean }> {
  const current = await sessions.current(ctx);
  if (current !== 'ended') return { session: current, ended: false };
  await sessions.end(ctx);
  return { session: undefined, ended: true };
}

function frame(site: Site, ctx: SandboxContext, session: ServiceSession | undefined) {
  return frameModel(site, site.pages.locale(ctx), session);
}
