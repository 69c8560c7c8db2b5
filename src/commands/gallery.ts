import { examples } from '../../interactions/gallery.ts';
import type { Gallery } from '../../sandbox/gallery.ts';
import type { Assembly } from '../assembly.ts';
import type { AppContext } from '../http/app-context.ts';

/** The gallery's pages are rendered exactly like real ones, from the examples that every step exports. */
export function createGallery({ pages }: Assembly): Gallery {
  return {
    entries: () => examples.map(({ view, state }) => ({ name: view, state })),
    async render(ctx, { name, state }, view) {
      const example = examples.find((candidate) => candidate.view === name && candidate.state === state);
      if (!example) return false;
      const app = ctx as AppContext;
      Object.assign(app.state, view);
      const model = example.model((key, params) => pages.words.text(view.locale, key, params));
      await pages.render(app, { view: example.view, model, service: example.service?.(view.locale), user: example.user });
      return true;
    },
  };
}
