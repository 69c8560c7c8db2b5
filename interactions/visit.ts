import { createHash } from 'node:crypto';
import type { Client, Provider } from 'oidc-provider';
import type { AppContext } from '../src/http/app-context.ts';
import type { CookieJar } from '../src/http/cookies.ts';
import { sentToken } from '../src/http/form.ts';
import { interactionPath } from '../src/http/endpoints.ts';
import { preferredChannel, preferredLocale } from '../src/http/preferences.ts';
import { Refused } from '../src/domain/refused.ts';
import { serviceOf, type Service } from '../src/oidc/clients.ts';
import { keepSession, requireOwn, type BrowserSessionDeps } from '../src/oidc/browser-session.ts';
import { refuseExpired, type Finish } from '../src/oidc/outcome.ts';
import { AnsweredAlready, type Submissions } from '../src/oidc/submission.ts';

/** An interaction under way: who asks, what for, and where we are in it. */
export interface Visit {
  readonly ctx: AppContext;
  /**
   * Of this interaction in this browser, and in this session where it is asked of somebody who is signed in: what is
   * learnt, sent and asked here is found by it and by nobody who merely holds the cookie of the interaction.
   */
  readonly uid: string;
  /** `/interaction/:uid`. */
  readonly base: string;
  readonly prompt: { readonly name: string; readonly details: Readonly<Record<string, unknown>> };
  readonly params: Readonly<Record<string, unknown>>;
  readonly client: Client;
  /** The waiting service, as pages name it; absent for our own pages. */
  readonly service: Service | undefined;
  /** Who is signed in already, when the interaction began with a session. */
  readonly session: { readonly accountId: string; readonly uid: string } | undefined;
}

export interface VisitDeps {
  readonly provider: () => Provider;
  readonly cookies: CookieJar;
  readonly submissions: Pick<Submissions, 'isAgain'>;
  readonly finish: Finish;
  readonly session: Pick<BrowserSessionDeps, 'provider' | 'policy' | 'tokens'>;
}

/** Answered by whoever comes; every other prompt is asked of somebody who is signed in. */
const forAnybody: ReadonlySet<string> = new Set(['login', 'create']);

/**
 * The interaction of this request; language and channel follow its parameters.
 *
 * @throws Refused interaction.expired when it is over, was never there, or belongs to another browser; session.other
 * @throws AnsweredAlready when this very request has ended it
 */
export async function visitOf(deps: VisitDeps, ctx: AppContext & { params?: { uid?: string } }): Promise<Visit> {
  const { provider, cookies } = deps;
  const details = await provider()
    .interactionDetails(ctx.req, ctx.res)
    .catch((error: unknown) => refuseOver(deps, ctx, error));
  const client = await provider().Client.find(String(details.params.client_id));
  if (!client || details.uid !== ctx.params?.uid) throw new Refused('interaction.expired');
  if (deps.submissions.isAgain(ctx, details.uid, details.result?.['submission'])) throw new AnsweredAlready();
  const { ui_locales: uiLocales, display } = details.params;
  ctx.state.locale = preferredLocale(ctx, cookies, typeof uiLocales === 'string' ? uiLocales : undefined, details.uid);
  ctx.state.channel = preferredChannel(ctx, typeof display === 'string' ? display : undefined);
  const session = await sessionOf(deps, ctx, details);
  return {
    ctx,
    uid: createHash('sha256')
      .update(JSON.stringify([details.uid, ctx.state.seed, ctx.state.owner]))
      .digest('base64url'),
    base: interactionPath(details.uid),
    prompt: { name: details.prompt.name, details: details.prompt.details },
    params: details.params,
    client,
    service: serviceOf(client, ctx.state.locale),
    session,
  };
}

/** The library knows that the session has changed, and not whose it was: the form that was sent says that. */
async function refuseOver({ session }: VisitDeps, ctx: AppContext, error: unknown): Promise<never> {
  const here = await keepSession(session, ctx);
  if (here) {
    ctx.state.owner = here;
    await session.tokens.refuseOfAnother(ctx, sentToken(ctx));
  }
  return refuseExpired(error);
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The session that an interaction began with, in the browser that has it: another one that holds its cookie has none. */
async function sessionOf(deps: VisitDeps, ctx: AppContext, { session, prompt }: Details): Promise<Visit['session']> {
  if (!session?.accountId || !session.uid) return undefined;
  const asked = { sessionUid: session.uid, accountId: session.accountId };
  const here = await keepSession(deps.session, ctx);
  if (!forAnybody.has(prompt.name)) await requireOwn(deps.session, asked, here);
  else if (here?.sessionUid !== asked.sessionUid || here.accountId !== asked.accountId) return undefined;
  ctx.state.owner = asked;
  return { accountId: asked.accountId, uid: asked.sessionUid };
}
