import { FormRefused, refusals, Refused, Unavailable, type RefusalCode } from '../domain/refused.ts';
import type { AppContext, Next } from './app-context.ts';
import { problemsOf, sentToken, typedInto } from './form.ts';
import type { FormTokens } from './form-token.ts';
import type { Link, Locale } from './page-model.ts';
import type { Pages } from './page.ts';
import type { Words } from './words.ts';

/**
 * The three kinds of errors at the outer edge: what a person can mend is said by the page that knows the
 * form; what gets here has no form, so it becomes a page of its own with a way back. Failures of ours say
 * "try later" with the request id; their cause is for the log only.
 */
export interface ErrorPagesDeps {
  readonly pages: Pages;
  /** Way back to the service this browser came from, if any (PRT-11). */
  readonly wayBack: (ctx: AppContext) => Promise<Link | undefined>;
  readonly failed: (ctx: AppContext, error: unknown) => void;
  readonly tokens: Pick<FormTokens, 'madeFor'>;
}

/** A page that says what went wrong where there is no form to say it. */
export interface ErrorModel {
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** To the service that waits, where one is known. */
  readonly back: Link | undefined;
}

/** A form that came after its session had ended: the page holds what was typed until its owner has signed in again. */
export interface SignedOutModel extends ErrorModel {
  readonly login: string;
  /** Sends the same again; undefined where nothing was typed. Its token is the old one, so nobody else can go on with it. */
  readonly again: { readonly action: string; readonly token: string; readonly typed: Readonly<Record<string, string>> } | undefined;
}

/** What a page about an interaction that is over shows. */
export interface ExpiredModel extends Pick<ErrorModel, 'back'> {
  /** The browser sent none: it blocks them, or it is another one than that in which the person began. */
  readonly cookieless: boolean;
}

/** What a page about a wrong request of a relying party shows; `code` is its OAuth error. */
export type ProtocolErrorModel = Pick<ErrorModel, 'code' | 'back'>;

const retryAfterSeconds = 5;

/** What routes leave without a body. */
const unanswered: Readonly<Record<number, RefusalCode>> = { 404: 'page.not-found', 405: 'page.method', 501: 'page.method' };

export function errorPages(deps: ErrorPagesDeps) {
  return async (ctx: AppContext, next: Next): Promise<void> => {
    try {
      await next();
      const code = ctx.respond !== false && ctx.body === undefined ? unanswered[ctx.status] : undefined;
      if (code) throw new Refused(code);
    } catch (error) {
      await show(deps, ctx, asRefused(deps, ctx, error));
    }
  };
}

function asRefused({ failed }: ErrorPagesDeps, ctx: AppContext, error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof FormRefused) return error.refusals[0] ?? new Refused('form.malformed');
  failed(ctx, error);
  const away = error instanceof Unavailable;
  return new Refused(away ? 'service.unavailable' : 'service.failed', undefined, {}, away ? retryAfterSeconds : undefined);
}

async function show(deps: ErrorPagesDeps, ctx: AppContext, refused: Refused): Promise<void> {
  // A page that needs a session leads to the sign-in, where the way back is remembered.
  if (refused.code === 'session.required' && ctx.method === 'GET') {
    ctx.status = 303;
    return ctx.redirect(signInFor(ctx.url));
  }
  ctx.respond = true;
  if (refused.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(refused.retryAfterSeconds));
  const { locale } = ctx.state;
  if (ctx.accepts(['html', 'json']) === 'json') {
    ctx.status = refused.status;
    ctx.body = { ok: false, problems: problemsOf(deps.pages.words, locale, refused) };
    return;
  }
  // A store that is away must not keep the page that says so from being shown.
  const back = await deps.wayBack(ctx).catch(() => undefined);
  const model = { ...errorModel(deps.pages.words, locale, refused, back), cookieless: isCookieless(ctx) };
  if (refused.code === 'session.required') return showSignedOut(deps, ctx, model);
  await deps.pages.render(ctx, { view: viewOf[refused.code] ?? 'error/error', model, status: refused.status });
}

/** Whoever was here within the day would have one of ours at least. */
export function isCookieless({ req }: Pick<AppContext, 'req'>): boolean {
  return !req.headers.cookie;
}

const signInFor = (address: string): string => `/login?return=${encodeURIComponent(address)}`;

async function showSignedOut({ pages, tokens }: ErrorPagesDeps, ctx: AppContext, model: ErrorModel): Promise<void> {
  const token = sentToken(ctx);
  // Only what stood in a page of ours: another site could have written anything, and has no token of this person.
  const typed = token !== undefined && tokens.madeFor(token) ? typedInto(ctx) : {};
  const again = token === undefined || Object.keys(typed).length === 0 ? undefined : { action: ctx.path, token, typed };
  const shown: SignedOutModel = { ...model, login: signInFor(ctx.path), again };
  await pages.render(ctx, { view: 'error/signed-out', model: shown, status: refusals['session.required'] });
}

/** Pages that say more, or lead elsewhere. */
const viewOf: Readonly<Partial<Record<RefusalCode, string>>> = { 'interaction.expired': 'error/expired', 'session.other': 'error/other' };

export function errorModel(words: Words, locale: Locale, refused: Refused, back: Link | undefined): ErrorModel {
  const [problem] = problemsOf(words, locale, refused);
  return { code: refused.code, title: words.text(locale, titleOf(refused.code)), text: problem?.text ?? '', back };
}

function titleOf(code: RefusalCode): string {
  if (code === 'page.not-found') return 'error.not-found';
  if (code === 'session.other') return 'error.other-account';
  if (code === 'session.required') return 'error.signed-out';
  return code.startsWith('service.') ? 'error.busy' : 'error.title';
}
