import type { AppContext } from './app-context.ts';

/** Of Fetch Metadata: our own page, or the person (an address typed, a page restored). */
const ownSites: ReadonlySet<string> = new Set(['', 'same-origin', 'none']);

/**
 * Whether a browser told that a page of somebody else made it send this. What it does not tell says nothing: Safari
 * knows Fetch Metadata since 16.4 only, no browser sends it to plain http on a host of a test network, and `Origin: null`
 * is what a referrer policy or a privacy setting makes of any page. Such forms are judged by token and cookie alone.
 *
 * @param origin - our own
 */
export function isFromElsewhere(ctx: AppContext, origin: string): boolean {
  const sent = ctx.get('Origin');
  return !ownSites.has(ctx.get('Sec-Fetch-Site')) || !(sent === '' || sent === 'null' || sent === origin);
}

/**
 * Whether a browser vouches that a page of ours made it send this: enough for what is about the browser itself (its
 * language), where the token of the page is of yesterday.
 *
 * @param origin - our own
 */
export function isFromOurPage(ctx: AppContext, origin: string): boolean {
  const isTold = ctx.get('Sec-Fetch-Site') === 'same-origin' || ctx.get('Origin') === origin;
  return isTold && !isFromElsewhere(ctx, origin);
}
