import type { LocalText } from '../domain/assurance/ladder.ts';
import type { Brand } from '../domain/policy.ts';
import type { AppContext } from './app-context.ts';
import type { Assets } from './assets.ts';
import { endpoints } from './endpoints.ts';
import { preferencesScope, type FormTokens } from './form-token.ts';
import { locales, type BrandModel, type Link, type Locale, type PageModel } from './page-model.ts';
import { selfOf } from './self.ts';
import { renderTemplate } from './views.ts';
import type { Words } from './words.ts';

/** Renders pages: makes `page` and hands `model` through (house rule: pug gets exactly these two). */
export interface Pages {
  render(ctx: AppContext, page: Page): Promise<void>;
  /** `page` alone, for the gallery. */
  model(ctx: AppContext, page: Pick<Page, 'service' | 'user'>): PageModel;
  readonly words: Words;
}

export interface Page {
  /** Path of the template under interactions/, without extension. */
  readonly view: string;
  readonly model: object;
  readonly status?: number;
  readonly service?: PageModel['service'];
  readonly user?: PageModel['user'];
}

/** Questions of the help centre that arise at a place of a page or from a refusal, in the words of a short link. */
export type Ask = (locale: Locale, place: string) => readonly Link[];

export interface PageDeps {
  readonly words: Words;
  readonly brand: Brand;
  readonly ask: Ask;
  readonly assets: Assets;
  readonly tokens: Pick<FormTokens, 'issue'>;
  readonly sandbox: boolean;
}

const localeLabels = { 'zh-CN': '中文', en: 'English' } as const;

export function createPages(deps: PageDeps): Pages {
  const model: Pages['model'] = (ctx, { service, user }) => ({
    locale: ctx.state.locale,
    channel: ctx.state.channel,
    elder: ctx.state.elder,
    t: (key, params) => deps.words.text(ctx.state.locale, key, params),
    nonce: ctx.state.nonce,
    requestId: ctx.state.requestId,
    brand: brandModel(deps.brand, (text) => text[ctx.state.locale]),
    links: pageLinks(deps.assets, deps.brand),
    self: selfOf(ctx),
    answers: (place) =>
      deps.ask(ctx.state.locale, place).map((link) => ({ ...link, hrefAndBack: withWayBack(link.href, wayBackOf(ctx) ?? selfOf(ctx)) })),
    locales: locales.map((locale) => ({
      locale,
      label: localeLabels[locale],
      current: locale === ctx.state.locale,
    })),
    user,
    service,
    csrf: deps.tokens.issue(ctx, preferencesScope),
    sandbox: deps.sandbox,
  });
  return {
    words: deps.words,
    model,
    async render(ctx, page) {
      ctx.status = page.status ?? 200;
      ctx.set('Cache-Control', 'no-store');
      ctx.type = 'html';
      ctx.body = await renderTemplate(ctx, page.view, { page: model(ctx, page), model: page.model });
    },
  };
}

/** Where the question arose that brought somebody here: nothing that may be followed unseen (own-path.ts). */
export function wayBackOf({ query: { from } }: AppContext): string | undefined {
  return typeof from === 'string' ? from : undefined;
}

/** Whoever walks from answer to answer still finds back to where the question arose. */
export function withWayBack(path: string, back: string | undefined): string {
  return back === undefined ? path : `${path}?from=${encodeURIComponent(back)}`;
}

function brandModel(brand: Brand, say: (text: LocalText) => string): BrandModel {
  return {
    platform: say(brand.platform),
    city: say(brand.city),
    palette: brand.palette,
    hotline: brand.hotline,
    organiser: say(brand.footer.organiser),
    icp: brand.footer.icp,
    publicSecurity: brand.footer.publicSecurity,
    siteCode: brand.footer.siteCode,
    portal: { label: say(brand.portal.name), href: brand.portal.url },
    agreementTitle: say(brand.agreement.title),
    privacyTitle: say(brand.privacy.title),
  };
}

function pageLinks(assets: Assets, { helpCentre }: Brand): PageModel['links'] {
  return {
    home: '/',
    login: '/login',
    register: '/register',
    account: '/account',
    logout: endpoints.end_session.path,
    help: helpCentre,
    agreement: '/help/agreement',
    privacy: '/help/privacy',
    accessibility: '/help/accessibility',
    styles: assets.href('minxin.css'),
    script: assets.href('minxin.js'),
    proofOfWork: assets.href('proof-of-work.js'),
    passkey: assets.href('passkey.js'),
    handover: assets.href('handover.js'),
    continue: assets.href('continue.js'),
    icon: assets.href('mark.svg'),
    preferences: '/preferences',
  };
}
