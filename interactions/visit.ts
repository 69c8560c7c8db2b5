import type { Client, Provider } from 'oidc-provider';
import type { AppContext } from '../src/http/app-context.ts';
import type { CookieJar } from '../src/http/cookies.ts';
import { interactionPath } from '../src/http/endpoints.ts';
import { preferredChannel, preferredLocale } from '../src/http/preferences.ts';
import { Refused } from '../src/domain/refused.ts';
import { serviceOf, type Service } from '../src/oidc/clients.ts';
import { keepSession, type BrowserSessionDeps } from '../src/oidc/browser-session.ts';
import { refuseExpired, type Finish } from '../src/oidc/outcome.ts';
import { AnsweredAlready, type Submissions } from '../src/oidc/submission.ts';

/** An interaction under way: who asks, what for, and where we are in it. */
export interface Visit {
  readonly ctx: AppContext;
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
  readonly session: Pick<BrowserSessionDeps, 'provider' | 'policy'>;
}

/**
 * The interaction of this request; language and channel follow its parameters.
 *
 * @throws Refused interaction.expired when it is over, was never there, or belongs to another browser
 * @throws AnsweredAlready when this very request has ended it
 */
export async function visitOf(deps: VisitDeps, ctx: AppContext & { params?: { uid?: string } }): Promise<Visit> {
  const { provider, cookies } = deps;
  const details = await provider().interactionDetails(ctx.req, ctx.res).catch(refuseExpired);
  const client = await provider().Client.find(String(details.params.client_id));
  if (!client || details.uid !== ctx.params?.uid) throw new Refused('interaction.expired');
  if (deps.submissions.isAgain(ctx, details.uid, details.result?.['submission'])) throw new AnsweredAlready();
  const { ui_locales: uiLocales, display } = details.params;
  ctx.state.locale = preferredLocale(ctx, cookies, typeof uiLocales === 'string' ? uiLocales : undefined, details.uid);
  ctx.state.channel = preferredChannel(ctx, typeof display === 'string' ? display : undefined);
  const { session } = details;
  if (session?.accountId) await keepSession(deps.session, ctx);
  return {
    ctx,
    uid: details.uid,
    base: interactionPath(details.uid),
    prompt: { name: details.prompt.name, details: details.prompt.details },
    params: details.params,
    client,
    service: serviceOf(client, ctx.state.locale),
    session: session?.accountId && session.uid ? { accountId: session.accountId, uid: session.uid } : undefined,
  };
}
