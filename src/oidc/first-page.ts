import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Next } from '../http/app-context.ts';
import { interactionPath } from '../http/endpoints.ts';
import type { Channel } from '../http/page-model.ts';
import { preferredChannel } from '../http/preferences.ts';
import { appContextOf } from './app-contexts.ts';

/** What decides which page answers a prompt of the policy. */
export interface Asked {
  readonly prompt: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly channel: Channel;
}

/** The page below `/interaction/:uid`. */
export type FirstPage = (asked: Asked) => string;

/**
 * Sends people from the authorization request to the page itself: everybody comes this way, and one redirect less is
 * felt on a phone. The library's own address, whose path its cookie has, stays what leads there from anywhere else.
 */
export function straightToPage(firstPage: FirstPage) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next();
    const { Interaction: interaction } = ctx.oidc?.entities ?? {};
    if (!interaction || ctx.response.get('Location') !== interactionPath(interaction.uid)) return;
    const { prompt, params, uid } = interaction;
    const channel = preferredChannel(appContextOf(ctx), typeof params.display === 'string' ? params.display : undefined);
    ctx.redirect(`${interactionPath(uid)}/${firstPage({ prompt: prompt.name, params, channel })}`);
  };
}
