import { randomBytes } from 'node:crypto';
import { isAcr } from '../../src/domain/assurance/level.ts';
import { ownClientId } from '../../src/domain/client.ts';
import { captchaPath, type CaptchaDesk } from '../../src/http/captcha-desk.ts';
import { equal, type CookieJar } from '../../src/http/cookies.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { endpoints, interactionAt } from '../../src/http/endpoints.ts';
import { formBody, FormReturned, readForm, type SubmittedForm } from '../../src/http/form.ts';
import { preferencesScope, type FormTokens } from '../../src/http/form-token.ts';
import { isFromOurPage } from '../../src/http/same-origin.ts';
import { ownPath } from '../../src/http/own-path.ts';
import type { Pages } from '../../src/http/page.ts';
import { isLocale, rememberElder, rememberLocale } from '../../src/http/preferences.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import { readSession, type BrowserSessionDeps } from '../../src/oidc/browser-session.ts';
import type { Journey } from '../journey.ts';

/**
 * The front door: landing page, sign-in and registration without a waiting service, and the two small
 * switches of every page. Our own pages are a first-party client of our own provider (D15).
 */
export interface LandingDeps {
  readonly pages: Pages;
  readonly cookies: CookieJar;
  readonly tokens: FormTokens;
  readonly captchas: CaptchaDesk;
  readonly session: BrowserSessionDeps;
  readonly issuer: string;
  /** Where people land without a waiting service (LOG-16). */
  readonly landing: string;
  readonly sandbox: boolean;
  readonly profile: Pick<Profile, 'account' | 'activation' | 'recovery' | 'proofing'>;
}

export interface LandingModel {
  readonly loginHref: string;
  readonly registerHref: string;
  readonly agreementsHref: string;
  /** Absent in production. */
  readonly sandboxHref: string | undefined;
}

/** Where our own pages take the answer as a client. */
export const ownRedirectPath = '/signed-in';

export function createLanding(deps: LandingDeps): Journey {
  return {
    name: 'landing',
    routes(router) {
      router.get('/', async (ctx) => landing(deps, ctx));
      router.get('/login', (ctx) => login(deps, ctx));
      router.get('/register', (ctx) => begin(deps, ctx, deps.landing, { prompt: 'create' }));
      if (deps.profile.activation) {
        router.get('/activate', (ctx) => begin(deps, ctx, deps.landing, { prompt: 'create', journey: 'activate' }));
      }
      if (deps.profile.recovery) {
        router.get('/recover', (ctx) => begin(deps, ctx, deps.landing, { prompt: 'login', journey: 'recover' }));
      }
      router.get('/.well-known/change-password', (ctx) => {
        ctx.status = 303;
        ctx.redirect(passwordPage(deps.profile));
      });
      router.get(ownRedirectPath, (ctx) => arrive(deps, ctx));
      // Where a switch was answered by a page, a reload or another switch leads to a page that has it.
      router.get(preferencesScope, (ctx) => ctx.redirect('/'));
      router.post(preferencesScope, formBody(), (ctx) => switchPreference(deps, ctx));
      router.get(`${captchaPath}/new`, async (ctx) => newCaptcha(deps, ctx));
      router.get(`${captchaPath}/:file`, async (ctx) => captchaImage(deps, ctx, String(ctx.params.file)));
    },
  };
}

/** Where a password is changed (W3C, A Well-Known URL for Changing Passwords); whoever is not signed in does so on the way. */
function passwordPage({ account, recovery }: LandingDeps['profile']): string {
  if (account.changes.includes('password')) return '/account/password';
  return recovery ? '/recover' : '/account';
}

async function landing(deps: LandingDeps, ctx: AppContext): Promise<void> {
  if (await readSession(deps.session, ctx)) {
    ctx.status = 303;
    return ctx.redirect('/account');
  }
  await deps.pages.render(ctx, { view: 'landing/landing', model: landingModel(deps.sandbox) });
}

export function landingModel(sandbox: boolean): LandingModel {
  return {
    loginHref: '/login',
    registerHref: '/register',
    agreementsHref: '/help/agreement',
    sandboxHref: sandbox ? '/sandbox' : undefined,
  };
}

const targetSeconds = 3600;

/** It stands in a cookie, and all headers of a request together have 8 KiB: no link may fill them for an hour. */
const maxTargetCharacters = 512;

/** `return`: the page of ours that wanted a session; `prompt=login`: one of now; `acr` and `method`: the tile of the account centre that was pressed. */
function login(deps: LandingDeps, ctx: AppContext): void {
  const { acr, method, prompt, return: page } = ctx.query;
  const home = isAcr(acr) ? '/account' : deps.landing;
  const wanted = typeof page === 'string' && page.length <= maxTargetCharacters ? ownPath(page, deps.issuer) : undefined;
  begin(deps, ctx, page === undefined ? home : (wanted ?? '/'), {
    ...(isAcr(acr) ? { acr_values: acr, ...(isMethod(deps, method) ? { journey: method } : {}) } : {}),
    ...(prompt === 'login' ? { prompt } : {}),
  });
}

function isMethod({ profile }: LandingDeps, name: unknown): name is string {
  return typeof name === 'string' && profile.proofing.includes(name);
}

function begin({ issuer, cookies }: LandingDeps, ctx: AppContext, target: string, extra: Readonly<Record<string, string>>): void {
  const state = randomBytes(16).toString('base64url');
  cookies.set(ctx, 'target', `${state} ${target}`, targetSeconds);
  const params = new URLSearchParams({
    client_id: ownClientId,
    redirect_uri: `${issuer}${ownRedirectPath}`,
    response_type: 'none',
    scope: 'openid',
    state,
    ...extra,
  });
  ctx.status = 303;
  ctx.redirect(`${endpoints.authorization.path}?${params.toString()}`);
}

/** Back from our own provider: whoever sent the person here, only a target we chose is followed. */
function arrive({ cookies, landing: home }: LandingDeps, ctx: AppContext): void {
  const [state = '', target = home] = (cookies.get(ctx, 'target') ?? '').split(' ');
  cookies.set(ctx, 'target', undefined, 0);
  const known = typeof ctx.query.state === 'string' && equal(ctx.query.state, state);
  ctx.status = 303;
  ctx.redirect(known ? target : '/account');
}

async function switchPreference({ tokens, cookies, issuer }: LandingDeps, ctx: AppContext): Promise<void> {
  const { values, revision } = await readForm(ctx, tokens, preferencesScope).catch(givenBack);
  const back = ownPath(values.return ?? '/', issuer) ?? '/';
  ctx.status = 303;
  ctx.redirect(back);
  // An old page that nobody vouches for is shown anew, as it was: its switch works from there.
  if (revision === undefined && !isFromOurPage(ctx, new URL(issuer).origin)) return;
  if (values.locale !== undefined) {
    if (!isLocale(values.locale)) throw new Refused('form.malformed');
    rememberLocale(ctx, cookies, values.locale, interactionAt(back.split('?')[0] ?? ''));
  }
  if (values.elder !== undefined) rememberElder(ctx, cookies, values.elder === 'on');
}

/** What was sent by a page of ours that is out of date; what another site sent is refused. */
function givenBack(error: unknown): { readonly values: SubmittedForm['values']; readonly revision: undefined } {
  if (!(error instanceof FormReturned) || error.foreign) throw error;
  return { values: error.form.values, revision: undefined };
}

async function newCaptcha(deps: LandingDeps, ctx: AppContext): Promise<void> {
  if (ctx.accepts(['html', 'json']) === 'json') {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = await deps.captchas.model(ctx);
    return;
  }
  ctx.status = 303;
  ctx.redirect(ownPath(String(ctx.query.return ?? '/'), deps.issuer) ?? '/');
}

async function captchaImage(deps: LandingDeps, ctx: AppContext, file: string): Promise<void> {
  const picture = file.endsWith('.svg') ? await deps.captchas.picture(file.slice(0, -4)) : undefined;
  if (picture === undefined) throw new Refused('page.not-found');
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'image/svg+xml';
  ctx.body = picture;
}
