import { examples } from '../../../interactions/gallery.ts';
import type { Gallery } from '../../../sandbox/gallery.ts';
import type { Assembly } from '../assembly.ts';
import type { AppContext } from '../../http/app-context.ts';
import { createCaptchaDesk } from '../../http/captcha-desk.ts';

/** The gallery's pages are rendered exactly like real ones, from the examples of the journeys. */
export function createGallery({ pages, profile, adapters, clock }: Assembly): Gallery {
  const { captchas, quotas } = adapters.shortLived;
  const desk = createCaptchaDesk({ captchas, quotas, vault: adapters.vault, clock, policy: profile.captcha });
  return {
    entries: () => examples.map(({ view, state }) => ({ name: view, state })),
    async render(ctx, { name, state }, view) {
      const example = examples.find((candidate) => candidate.view === name && candidate.state === state);
      if (!example) return false;
      const app = ctx as AppContext;
      Object.assign(app.state, view);
      const { locale } = view;
      const { words } = pages;
      const captcha = await desk.model(app);
      const model = example.model({ locale, words, say: (key, params) => words.text(locale, key, params), profile, captcha });
      await pages.render(app, { view: example.view, model, service: example.service?.(locale), user: example.user });
      return true;
    },
  };
}
