import { BadRequest, formBody, urlEncodedBody } from '../body.ts';
import type { SandboxContext } from '../context.ts';
import { toFailure, unknownRequest } from './failure.ts';
import { verifyLogoutToken } from './logout-token.ts';
import { offeringNamed, showFailure, signedOut } from './service-pages.ts';
import type { ServiceSession } from './sessions.ts';
import type { Route, Site } from './site.ts';
import { readWish } from './wish.ts';

/** Signing in at a demonstration service, staying there, and leaving. */

/** `login`: for the links of its own pages, and for third-party-initiated login (OpenID Connect Core 4). */
export function beginSignIn(site: Site): Route {
  const { issuer, base, party, sessions, pages } = site;
  return guarded(site, async (ctx) => {
    const { iss, target } = ctx.query;
    if (iss !== undefined && iss !== issuer) {
      return showFailure(site, ctx, { error: 'issuer_unknown', description: String(iss), status: 400 });
    }
    const { url, pending } = await party.begin(readWish(ctx.query), pages.locale(ctx));
    const wanted = offeringNamed(site, String(target ?? ''));
    await sessions.remember(ctx, {
      ...pending,
      target: wanted ? `${base}services/${wanted.name}` : base,
      retry: `${base}login${ctx.search}`,
    });
    ctx.status = 303;
    return ctx.redirect(url);
  });
}

/** The redirect URI. */
export function finishSignIn(site: Site): Route {
  const { party, sessions, clock } = site;
  return async (ctx) => {
    const pending = await sessions.recall(ctx, String(ctx.query['state'] ?? ''));
    if (!pending) return showFailure(site, ctx, unknownRequest);
    try {
      const received = await party.finish(ctx.querystring, pending);
      await sessions.start(ctx, { ...received, signedInAt: clock.now().getTime(), parameters: pending.parameters });
    } catch (error) {
      const failure = toFailure(error);
      if (!failure) throw error;
      // Somebody who was signed in and asked for more still is.
      return showFailure(site, ctx, failure, pending.retry);
    }
    ctx.status = 303;
    return ctx.redirect(pending.target);
  };
}

/** New tokens for the same sign-in; a session that the platform no longer stands behind ends. */
export function refresh(site: Site): Route {
  const { base, party, sessions } = site;
  return guarded(site, async (ctx) => {
    await formBody(ctx);
    const session = await signedIn(site, ctx);
    if (session?.refreshToken !== undefined) {
      try {
        await sessions.update(ctx, { ...session, ...(await party.refresh(session)) });
      } catch (error) {
        if (toFailure(error)?.status !== 502) await sessions.end(ctx);
        throw error;
      }
    }
    ctx.status = 303;
    return ctx.redirect(base);
  });
}

/** Ends the session here, then asks the platform to end its own (OpenID Connect RP-Initiated Logout 1.0). */
export function signOut(site: Site): Route {
  const { base, party, sessions, pages } = site;
  return guarded(site, async (ctx) => {
    await formBody(ctx);
    const session = await signedIn(site, ctx);
    await sessions.end(ctx);
    ctx.status = 303;
    return ctx.redirect(session ? await party.endSessionUrl(session.idToken, signedOut, pages.locale(ctx)) : base);
  });
}

async function signedIn({ sessions }: Site, ctx: SandboxContext): Promise<ServiceSession | undefined> {
  const session = await sessions.current(ctx);
  return session === 'ended' ? undefined : session;
}

/** The platform says that a session is over (OpenID Connect Back-Channel Logout 1.0, section 2.7). */
export function backchannelLogout(site: Site): Route {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const token = (await urlEncodedBody(ctx).catch(() => undefined))?.get('logout_token');
    const loggedOut = token ? await verifyLogoutToken(site, token, site.clock.now()) : undefined;
    const taken = loggedOut !== undefined && (await site.sessions.endFromBehind(loggedOut));
    ctx.status = taken ? 200 : 400;
    ctx.body = taken ? '' : { error: 'invalid_request', error_description: 'this is no valid, unused logout token' };
  };
}

/** Failures of the protocol become a page; faults of our own stay faults. */
function guarded(site: Site, handle: Route): Route {
  return async (ctx) => {
    try {
      await handle(ctx);
    } catch (error) {
      const failure =
        error instanceof BadRequest ? { error: 'bad_request', description: error.message, status: error.status } : toFailure(error);
      if (!failure) throw error;
      await showFailure(site, ctx, failure);
    }
  };
}
