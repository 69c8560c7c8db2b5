import { randomBytes } from 'node:crypto';
import type { AppContext, Next } from './app-context.ts';
import type { CookieJar } from './cookies.ts';
import { interactionAt } from './endpoints.ts';
import { renewedCaptcha } from './form.ts';
import { locales, type Channel, type Locale } from './page-model.ts';
import { isFromElsewhere } from './same-origin.ts';

const remembered = 30 * 86_400;

/**
 * Language, elder mode, channel and the browser's seed, read once for a request. A form without a seed comes back, and
 * needs one to be sent again; what another site sends travels without our cookies and must not replace them.
 *
 * @param origin - our own
 */
export function preferences(cookies: CookieJar, origin: string) {
  return async (ctx: AppContext, next: Next): Promise<void> => {
    const known = cookies.get(ctx, 'seed');
    ctx.state.seed = known ?? randomBytes(16).toString('base64url');
    const mayKeep = ctx.method === 'GET' ? ctx.accepts('html') : ctx.method === 'POST' && !isFromElsewhere(ctx, origin);
    if (!known && mayKeep) cookies.set(ctx, 'seed', ctx.state.seed, remembered);
    ctx.state.locale = preferredLocale(ctx, cookies, undefined, undefined);
    ctx.state.elder = cookies.get(ctx, 'elder') === 'on';
    ctx.state.channel = preferredChannel(ctx, undefined);
    await next();
  };
}

/**
 * `ui_locales` of the request, then the switch on the page, then Accept-Language, then zh-CN. A switch
 * used within an interaction wins over its `ui_locales`: the person decided later.
 */
export function preferredLocale(
  ctx: AppContext,
  cookies: CookieJar,
  uiLocales: string | undefined,
  interaction: string | undefined,
): Locale {
  if (ctx.state.switched?.locale) return ctx.state.switched.locale;
  const [chosen, within] = (cookies.get(ctx, 'locale') ?? '').split(' ');
  const chosenLocale = matchLocale([chosen ?? '']);
  if (chosenLocale && interaction !== undefined && within === interaction) return chosenLocale;
  return matchLocale((uiLocales ?? '').split(/\s+/)) ?? chosenLocale ?? acceptedLocale(ctx);
}

/** Of a request that brings nothing else: Accept-Language, then zh-CN. */
export function acceptedLocale(ctx: Pick<AppContext, 'acceptsLanguages'>): Locale {
  return matchLocale(ctx.acceptsLanguages()) ?? 'zh-CN';
}

/**
 * A page's form that is sent by a switch – the switches are buttons of it, so that nothing typed is lost – is shown again as
 * the person wants to see it; likewise one that asks for another captcha. Forms that another site made a browser send bring no
 * seed, and switch nothing.
 *
 * @param origin - our own
 */
export function switches(cookies: CookieJar, origin: string) {
  return async (ctx: AppContext, next: Next): Promise<void> => {
    const { locale, elder, renew } = (ctx.request as { body?: Readonly<Record<string, unknown>> }).body ?? {};
    const isOurs = cookies.get(ctx, 'seed') !== undefined && !isFromElsewhere(ctx, origin);
    const switched = isLocale(locale) || elder === 'on' || elder === 'off';
    if (!isOurs || !(switched || renew === renewedCaptcha)) return void (await next());
    ctx.state.switched = { locale: isLocale(locale) ? locale : undefined };
    if (isLocale(locale)) {
      ctx.state.locale = locale;
      rememberLocale(ctx, cookies, locale, interactionAt(ctx.path));
    } else if (switched) {
      ctx.state.elder = elder === 'on';
      rememberElder(ctx, cookies, ctx.state.elder);
    }
    await next();
  };
}

export function rememberLocale(ctx: AppContext, cookies: CookieJar, locale: Locale, interaction: string | undefined): void {
  cookies.set(ctx, 'locale', [locale, interaction].filter(Boolean).join(' '), remembered);
}

export function rememberElder(ctx: AppContext, cookies: CookieJar, on: boolean): void {
  cookies.set(ctx, 'elder', on ? 'on' : undefined, remembered);
}

export function isLocale(text: unknown): text is Locale {
  return (locales as readonly unknown[]).includes(text);
}

function matchLocale(wanted: readonly string[]): Locale | undefined {
  for (const tag of wanted) {
    const found = locales.find((locale) => languageOf(locale) === languageOf(tag));
    if (found) return found;
  }
  return undefined;
}

/** Of a tag, also as programs write it that have a locale of POSIX or Java at hand: `zh_CN`, `en_US.UTF-8`. */
function languageOf(tag: string): string {
  return tag.toLowerCase().split(/[-_.]/)[0] ?? '';
}

/** H5 is chosen by `display=touch`, else by the client hint, else by the user agent. */
export function preferredChannel(ctx: AppContext, display: string | undefined): Channel {
  if (display === 'touch') return 'h5';
  const hint = ctx.get('Sec-CH-UA-Mobile');
  if (hint) return hint === '?1' ? 'h5' : 'desktop';
  return /\bMobile\b|\bAndroid\b|\biPhone\b/.test(ctx.get('User-Agent').slice(0, 300)) ? 'h5' : 'desktop';
}
