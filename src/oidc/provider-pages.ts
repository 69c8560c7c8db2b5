import type { ErrorOut, Interaction, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { CookieJar } from '../http/cookies.ts';
import type { Pages } from '../http/page.ts';
import { preferredChannel, preferredLocale } from '../http/preferences.ts';
import type { AppContext } from '../http/app-context.ts';
import { appContextOf } from './app-contexts.ts';
import { clientName, wayBack } from './clients.ts';

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

/** How long the way back to a service is remembered after its interaction is gone (PRT-11). */
const wayBackSeconds = 86_400;

export function createProviderPages({ pages, cookies }: { pages: Pages; cookies: CookieJar }): ProviderPages {
  const show = async (ctx: KoaContextWithOIDC, view: string, model: object, status = ctx.status): Promise<void> => {
    const app = appContextOf(ctx);
    localise(app, cookies, ctx);
    await pages.render(app, { view, model, status, service: serviceOf(ctx, app) });
    ctx.status = status;
    ctx.type = 'html';
    ctx.body = app.body;
  };
  const formPost = (ctx: KoaContextWithOIDC, action: string, fields: Record<string, unknown>, reason: string) =>
    show(
      ctx,
      'form-post/form-post',
      { action, fields: Object.entries(fields).map(([name, value]) => ({ name, value: String(value) })), reason },
      'error' in fields ? 400 : 200,
    );

  return {
    interactionUrl(ctx, interaction) {
      const { client } = ctx.oidc;
      if (client) cookies.set(appContextOf(ctx), 'service', client.clientId, wayBackSeconds);
      return `/interaction/${interaction.uid}`;
    },
    async error(ctx, out) {
      const service = serviceOf(ctx, appContextOf(ctx));
      await show(ctx, 'error/protocol', { code: out.error, back: backTo(service) });
    },
    async logout(ctx) {
      const { session } = ctx.oidc;
      const service = serviceOf(ctx, appContextOf(ctx));
      await show(ctx, 'logout/logout', {
        action: '/session/end/confirm',
        xsrf: (session?.state as { secret?: string } | undefined)?.secret,
        service,
      });
    },
    async loggedOut(ctx) {
      const service = serviceOf(ctx, appContextOf(ctx));
      await show(ctx, 'logout/done', { next: backTo(service) });
    },
    formPost: (ctx, redirectUri, payload) => formPost(ctx, redirectUri, payload, 'form_post'),
    async switchPage(ctx) {
      if (typeof ctx.body !== 'string' || !ctx.body.includes('<title>Submitting Callback</title>')) return;
      const { secret } = (ctx.oidc.session?.state ?? {}) as { secret?: string };
      if (secret === undefined) return;
      await formPost(ctx, '/session/end/confirm', { xsrf: secret, logout: 'yes' }, 'switch');
    },
  };
}

function backTo(service: ReturnType<typeof serviceOf>) {
  return service?.href === undefined ? undefined : { href: service.href, label: service.name };
}

function localise(app: AppContext, cookies: CookieJar, ctx: KoaContextWithOIDC): void {
  const params = ctx.oidc.params ?? {};
  const uiLocales = typeof params.ui_locales === 'string' ? params.ui_locales : undefined;
  const display = typeof params.display === 'string' ? params.display : undefined;
  app.state.locale = preferredLocale(app, cookies, uiLocales, ctx.oidc.entities.Interaction?.uid);
  app.state.channel = preferredChannel(app, display);
}

function serviceOf(ctx: KoaContextWithOIDC, app: AppContext) {
  const { client } = ctx.oidc;
  return client && client.first_party !== true
    ? { name: clientName(client, app.state.locale), href: wayBack(client) }
    : undefined;
}
