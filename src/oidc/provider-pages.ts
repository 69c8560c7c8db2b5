import { errors, type Client, type ErrorOut, type Interaction, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { refusals, type Refused } from '../domain/refused.ts';
import type { CookieJar } from '../http/cookies.ts';
import { endpoints, interactionPath, resumedAt } from '../http/endpoints.ts';
import { errorModel, isCookieless, type ExpiredModel, type ProtocolErrorModel } from '../http/errors.ts';
import type { FormTokens } from '../http/form-token.ts';
import type { Link, Locale } from '../http/page-model.ts';
import type { Pages } from '../http/page.ts';
import { preferredChannel, preferredLocale } from '../http/preferences.ts';
import type { AppContext } from '../http/app-context.ts';
import { appContextOf } from './app-contexts.ts';
import { serviceOf, type Service } from './clients.ts';
import { secretOf, secretOfSelfSubmittingPage } from './library.ts';
import type { SubjectOf } from './subject.ts';

/** Every page the library would show is ours, in both languages, with a way back to the service. */
export interface ProviderPages {
  interactionUrl(ctx: KoaContextWithOIDC, interaction: Interaction): string;
  error(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): Promise<void>;
  logout(ctx: KoaContextWithOIDC): Promise<void>;
  loggedOut(ctx: KoaContextWithOIDC): Promise<void>;
  readonly formPost: Parameters<Provider['registerResponseMode']>[1];
  /** The library's two other self-submitting pages, shown anew; does nothing for any other answer. */
  switchPage(ctx: KoaContextWithOIDC): Promise<void>;
}

/** Whether to sign out here as well, after a service (or nobody) asked. */
export interface LogoutModel {
  readonly action: string;
  /** Good for one session: the library compares it. */
  readonly xsrf: string | undefined;
  /** Says whose session it was, where another one is here now. */
  readonly token: string;
  readonly service: Service | undefined;
}

export interface LoggedOutModel {
  /** The person chose to stay. */
  readonly stayed: boolean;
  readonly next: Link | undefined;
}

/** A form that goes on by itself: an answer for a service, or the change to another account. */
export interface FormPostModel {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly reason: 'form_post' | 'switch';
}

/** Where the answer to the question whether to sign out goes. */
const signOutPath = endpoints.end_session_confirm.path;

/** How long the way back to a service is remembered after its interaction is gone (PRT-11). */
const wayBackSeconds = 86_400;

export interface ProviderPagesDeps {
  readonly pages: Pages;
  readonly cookies: CookieJar;
  readonly tokens: Pick<FormTokens, 'issue' | 'madeFor' | 'ofAnother'>;
  readonly subjectOf: SubjectOf;
  /** Whether an interaction was answered just now. */
  readonly answered: (uid: string) => Promise<boolean>;
}

export function createProviderPages({ pages, cookies, tokens, subjectOf, answered }: ProviderPagesDeps): ProviderPages {
  const show = async (ctx: KoaContextWithOIDC, view: string, model: object, status = ctx.status): Promise<void> => {
    const app = localised(ctx, cookies);
    await pages.render(app, { view, model, status, service: serviceOf(ctx.oidc.client, app.state.locale) });
    ctx.status = status;
    ctx.type = 'html';
    ctx.body = app.body;
  };
  const formPost = (ctx: KoaContextWithOIDC, action: string, fields: Record<string, unknown>, reason: FormPostModel['reason']) => {
    const pairs = Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }));
    const model: FormPostModel = { action, fields: pairs, reason };
    return show(ctx, 'form-post/form-post', model, 'error' in fields ? 400 : 200);
  };
  const wayBackOf = (ctx: KoaContextWithOIDC, client: Client | undefined) => {
    const service = serviceOf(client, localised(ctx, cookies).state.locale);
    return service?.href === undefined ? undefined : { href: service.href, label: service.name };
  };
  const last = lastService(cookies);
  const logout = logoutPages({ show, pages, tokens }, async (ctx) => wayBackOf(ctx, ctx.oidc.client ?? (await last.recall(ctx))));

  return {
    interactionUrl(ctx, interaction) {
      last.remember(ctx, ctx.oidc.client);
      return interactionPath(interaction.uid);
    },
    async error(ctx, out, error) {
      // Nobody sent a wrong request: a page of a sign-in that is over was opened again.
      if (error instanceof errors.SessionNotFound) {
        const model: ExpiredModel = { back: wayBackOf(ctx, await last.recall(ctx)), cookieless: isCookieless(ctx) };
        const uid = resumedAt(ctx.path);
        const done = uid !== undefined && ctx.oidc.session?.accountId !== undefined && (await answered(uid));
        return done
          ? show(ctx, 'error/done', model, refusals['interaction.done'])
          : show(ctx, 'error/expired', model, refusals['interaction.expired']);
      }
      if (ctx.path === signOutPath && error instanceof errors.InvalidRequest && (await logout.answersAgain(ctx))) return;
      const model: ProtocolErrorModel = { code: out.error, back: wayBackOf(ctx, ctx.oidc.client) };
      await show(ctx, 'error/protocol', model);
    },
    async logout(ctx) {
      const { client } = ctx.oidc;
      last.remember(ctx, client);
      await logout.ask(ctx, (await hintsAtAnother(ctx, subjectOf)) ? undefined : serviceOf(client, localised(ctx, cookies).state.locale));
    },
    async loggedOut(ctx) {
      const { accountId } = await ctx.oidc.provider.Session.get(ctx);
      await logout.done(ctx, accountId !== undefined);
    },
    formPost: (ctx, redirectUri, payload) => formPost(ctx, redirectUri, payload, 'form_post'),
    async switchPage(ctx) {
      const xsrf = secretOfSelfSubmittingPage(ctx);
      if (xsrf === undefined) return;
      // Who is not signed in and signs out comes by here as well.
      const reason = ctx.oidc.session?.accountId === undefined ? 'form_post' : 'switch';
      await formPost(ctx, signOutPath, { xsrf, logout: 'yes' }, reason);
    },
  };
}

/** Nothing came of it, and another try is worth it. */
export async function showBusy(pages: Pages, ctx: KoaContextWithOIDC, refused: Refused): Promise<void> {
  const app = appContextOf(ctx);
  const model = errorModel(pages.words, app.state.locale, refused, undefined);
  await pages.render(app, { view: 'error/error', model, status: refused.status });
  ctx.status = refused.status;
  ctx.type = 'html';
  ctx.body = app.body;
  ctx.set('Retry-After', String(refused.retryAfterSeconds ?? 0));
}

type Show = (ctx: KoaContextWithOIDC, view: string, model: object, status?: number) => Promise<void>;

/** The question whether to sign out, and what came of it. */
function logoutPages(
  { show, pages, tokens }: Pick<ProviderPagesDeps, 'pages' | 'tokens'> & { readonly show: Show },
  nextOf: (ctx: KoaContextWithOIDC) => Promise<Link | undefined>,
) {
  const ask = (ctx: KoaContextWithOIDC, service: Service | undefined, status = ctx.status) => {
    const token = tokens.issue(ownedContext(ctx), signOutPath);
    const model: LogoutModel = { action: signOutPath, xsrf: secretOf(ctx.oidc.session), token, service };
    return show(ctx, 'logout/logout', model, status);
  };
  const done = async (ctx: KoaContextWithOIDC, stayed: boolean) => {
    const model: LoggedOutModel = { stayed, next: await nextOf(ctx) };
    // The library sets no status here, and koa's first one is 404.
    await show(ctx, 'logout/done', model, 200);
  };
  /** A second press of the button: what it asks for has happened. */
  const isDone = ({ oidc }: KoaContextWithOIDC) => oidc.session?.accountId === undefined && oidc.params?.logout === 'yes';
  return {
    ask,
    done,
    /**
     * An answer to a question that is no longer open: it was somebody else's, it was answered, or another tab has asked since.
     *
     * @returns false where there was no such question
     */
    async answersAgain(ctx: KoaContextWithOIDC): Promise<boolean> {
      const other = await ofAnother(tokens, ctx);
      if (other) {
        const model = errorModel(pages.words, appContextOf(ctx).state.locale, other, await nextOf(ctx));
        await show(ctx, 'error/other', model, other.status);
      } else if (isDone(ctx)) await done(ctx, false);
      else if (secretOf(ctx.oidc.session) !== undefined) await ask(ctx, undefined, 400);
      else return false;
      return true;
    },
  };
}

/** The service this browser came from last, for when the request does not say it any more. */
function lastService(cookies: CookieJar) {
  return {
    remember(ctx: KoaContextWithOIDC, client: Client | undefined): void {
      if (client) cookies.set(appContextOf(ctx), 'service', client.clientId, wayBackSeconds);
    },
    async recall(ctx: KoaContextWithOIDC): Promise<Client | undefined> {
      const id = cookies.get(appContextOf(ctx), 'service');
      return id === undefined ? undefined : ctx.oidc.provider.Client.find(id);
    },
  };
}

/** The library does not compare the hint with the session; who left a service as somebody else did not leave it now (D1). */
async function hintsAtAnother(ctx: KoaContextWithOIDC, subjectOf: SubjectOf): Promise<boolean> {
  const { session, client, entities } = ctx.oidc;
  const hinted = entities.IdTokenHint?.payload.sub;
  if (hinted === undefined || !client || !session?.accountId) return false;
  return hinted !== (await subjectOf(ctx, session.accountId, client));
}

/** Our context of the request, in which forms belong to whoever is signed in. */
function ownedContext(ctx: KoaContextWithOIDC): AppContext {
  const app = appContextOf(ctx);
  const { session } = ctx.oidc;
  if (session?.accountId) app.state.owner = { sessionUid: session.uid, accountId: session.accountId };
  return app;
}

/**
 * Whether the question was answered that somebody else had been asked. The secret in the form is that of one session, so
 * the library has refused the answer already; it cannot say whose it was.
 */
async function ofAnother(
  { madeFor, ofAnother: refusal }: Pick<FormTokens, 'madeFor' | 'ofAnother'>,
  { oidc }: KoaContextWithOIDC,
): Promise<Refused | undefined> {
  const { _form: token } = (oidc.body ?? {}) as { readonly _form?: unknown };
  const asked = typeof token === 'string' ? madeFor(token) : undefined;
  const here = oidc.session?.accountId;
  return asked && here !== undefined && asked.accountId !== here ? refusal(asked.accountId) : undefined;
}

/** Our context of the request, in language and channel of its parameters. */
function localised(ctx: KoaContextWithOIDC, cookies: CookieJar): AppContext {
  const app = appContextOf(ctx);
  const { display } = paramsOf(ctx);
  app.state.locale = localeOf(ctx, cookies);
  app.state.channel = preferredChannel(app, typeof display === 'string' ? display : undefined);
  return app;
}

/** The language in which the person of this request sees pages. */
export function localeOf(ctx: KoaContextWithOIDC, cookies: CookieJar): Locale {
  const { ui_locales: uiLocales } = paramsOf(ctx);
  const wanted = typeof uiLocales === 'string' ? uiLocales : undefined;
  return preferredLocale(appContextOf(ctx), cookies, wanted, ctx.oidc.entities.Interaction?.uid);
}

function paramsOf({ oidc }: KoaContextWithOIDC): Readonly<Record<string, unknown>> {
  return oidc.params ?? oidc.entities.Interaction?.params ?? {};
}
