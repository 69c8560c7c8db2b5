import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { closeChromium, expectClean, openPage, type Window } from './chromium.ts';
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

const statesOf = Map.groupBy(examples, ({ view }) => view);

/**
 * A test for each page: all its states, one after the other in one window.
 *
 * @param name - of the test, with %s for the page
 * @param faultsOf - what is wrong with the page as it stands
 */
export function looksAtEveryPage(
  name: string,
  { profile, width, lang, elder, oneState = false }: Look,
  faultsOf: (window: Window) => Promise<readonly string[]> = unclean,
): void {
  describe('the gallery', () => {
    let window: Window;
    beforeAll(async () => {
      window = await openPage(await sharedProduct(profile), { width, locale: lang });
    });
    afterAll(closeChromium);

    it.each([...statesOf])(name, async (view, states) => {
      const faults: string[] = [];
      for (const { state } of oneState ? states.slice(0, 1) : states) {
        const query = new URLSearchParams({ state, lang, channel: width === 360 ? 'h5' : 'desktop', elder: elder ? 'on' : 'off' });
        expect(await window.goes(`/sandbox/gallery/${view}?${query.toString()}`)).toBe(200);
        faults.push(...(await faultsOf(window)));
      }
      expect(faults).toEqual([]);
    });
  });
}

/** What axe, the console, the content security policy and the width of the page say. */
export async function unclean(window: Window): Promise<readonly string[]> {
  return expectClean(window).then(
    () => [],
    (error: Error) => [error.message],
  );
}
