import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { pathsOf } from '../http/endpoints.ts';

/** Endpoints that people are sent to, by a link or by a form (Core 3.1.2.1, RP-Initiated Logout 2). */
export const postedPaths = [...pathsOf(({ postedAsGet }) => postedAsGet === true)];

/** All headers together have 8 KiB, cookies included; who needs more pushes the request (RFC 9126). */
const maxCharacters = 4_096;

/**
 * A posted request becomes the same one by GET, whatever its body holds: it is judged there. The library takes
 * POST only with cookies that any site may make a browser send; ours are withheld from a form of another site
 * and sent with the redirect that answers it, so that who is signed in stays so.
 *
 * @throws Refused form.too-large
 */
export function asGet(ctx: AppContext): void {
  const query = new URLSearchParams(ctx.request.rawBody).toString();
  if (query.length > maxCharacters) throw new Refused('form.too-large');
  ctx.status = 303;
  ctx.redirect(`${ctx.path}?${query}`);
}
