import { examples } from '../../interactions/gallery.ts';
import { expectClean, openPage, type Window } from './chromium.ts';
import { sharedProduct } from './shared-products.ts';

/** How to look at the pages of the gallery. */
export interface Look {
  readonly profile: string;
  readonly width: 1440 | 360;
  readonly lang: 'zh-CN' | 'en';
  readonly elder: boolean;
  /** One state of each page: where the colours are looked at, and not what a state says. */
  readonly oneState?: boolean;
}

/** A look takes two; on a busy machine more. */
export const galleryMinutes = 6 * 60_000;

/** Shows every page in every state in one window and tells what is wrong with each. */
export async function lookAtEveryPage(
  { profile, width, lang, elder, oneState = false }: Look,
  faultsOf: (window: Window) => Promise<readonly string[]> = unclean,
): Promise<readonly string[]> {
  const window = await openPage(await sharedProduct(profile), { width, locale: lang });
  const faults: string[] = [];
  const firstOf = new Map(examples.toReversed().map((example) => [example.view, example]));
  for (const { view, state } of oneState ? firstOf.values() : examples) {
    const query = new URLSearchParams({ state, lang, channel: width === 360 ? 'h5' : 'desktop', elder: elder ? 'on' : 'off' });
    await window.goes(`/sandbox/gallery/${view}?${query.toString()}`);
    faults.push(...(await faultsOf(window)));
  }
  await window.close();
  return faults;
}

/** What axe, the console, the content security policy and the width of the page say. */
export async function unclean(window: Window): Promise<readonly string[]> {
  return expectClean(window).then(
    () => [],
    (error: Error) => [error.message],
  );
}
