import { fileURLToPath } from 'node:url';
import { compileFile } from 'pug';
import type { LocalText } from '../src/domain/assurance/ladder.ts';
import type { City } from '../src/domain/city.ts';
import type { AssetHref } from './assets.ts';
import { locales, type Locale, type SandboxContext } from './context.ts';
import { loadWords, type Say, type Words } from './words.ts';

/** Rendering of the sandbox's own pages: a template gets `page` (the same for every page) and `model`. */

export interface PageModel {
  readonly locale: Locale;
  readonly t: Say;
  readonly nonce: string;
  readonly asset: AssetHref;
  /** Name of the deployment's platform. */
  readonly platform: string;
  /** The other language, and this page in it. */
  readonly otherLanguage: { readonly locale: Locale; readonly href: string };
  /** A moment as people in China read it. */
  readonly time: (moment: Date, style?: 'time' | 'both') => string;
}

export interface SandboxPages {
  readonly words: Words;
  /** `?lang=`, then what was chosen before with it, then the product's own choice. */
  locale(ctx: SandboxContext): Locale;
  /** @param self - address of the page for the language switch; this request's unless it must not be repeated */
  render(ctx: SandboxContext, view: string, model: object, options?: { status?: number; self?: string }): void;
}

export interface PageDeps {
  readonly asset: AssetHref;
  readonly platform: LocalText;
  readonly city: Pick<City, 'has'>;
  /** The product is reached over https. */
  readonly https: boolean;
}

const folder = new URL('pages/', import.meta.url);
const languageCookie = 'mx_sandbox_lang';
const rememberedMilliseconds = 30 * 86_400_000;

export function createPages({ asset, platform, city, https }: PageDeps): SandboxPages {
  const words = loadWords(folder, city);
  const templates = new Map<string, ReturnType<typeof compileFile>>();
  const template = (view: string) => {
    const compiled = templates.get(view) ?? compileFile(fileURLToPath(new URL(`${view}.pug`, folder)));
    templates.set(view, compiled);
    return compiled;
  };

  const locale = (ctx: SandboxContext): Locale => {
    const chosen = known(ctx.query['lang']);
    if (chosen) {
      const options = { httpOnly: true, sameSite: 'lax', secure: https, path: '/sandbox', signed: false } as const;
      ctx.cookies.set(languageCookie, chosen, { ...options, overwrite: true, maxAge: rememberedMilliseconds });
    }
    return chosen ?? known(ctx.cookies.get(languageCookie, { signed: false })) ?? ctx.state.locale;
  };

  return {
    words,
    locale,
    render(ctx, view, model, { status = 200, self = ctx.url } = {}) {
      const current = locale(ctx);
      const other = current === 'en' ? 'zh-CN' : 'en';
      const page: PageModel = {
        locale: current,
        t: words.in(current),
        nonce: ctx.state.nonce,
        asset,
        platform: platform[current],
        otherLanguage: { locale: other, href: inLanguage(self, other) },
        time: (moment, style = 'both') => formats[style][current].format(moment),
      };
      ctx.status = status;
      ctx.set('Cache-Control', 'no-store');
      ctx.vary('Accept-Language');
      ctx.type = 'html';
      ctx.body = template(view)({ page, model });
    },
  };
}

function known(language: unknown): Locale | undefined {
  return locales.find((locale) => locale === language);
}

function inLanguage(self: string, locale: Locale): string {
  const url = new URL(self, 'http://sandbox.invalid');
  url.searchParams.set('lang', locale);
  return `${url.pathname}${url.search}`;
}

const both = { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Shanghai' } as const;
const time = { timeStyle: 'medium', timeZone: 'Asia/Shanghai' } as const;
const formatIn = (options: Intl.DateTimeFormatOptions) => ({
  'zh-CN': new Intl.DateTimeFormat('zh-CN', { ...options, hourCycle: 'h23' }),
  en: new Intl.DateTimeFormat('en-GB', options),
});
const formats = { both: formatIn(both), time: formatIn(time) };
