import type Router from '@koa/router';
import type { Locale, SandboxContext, SandboxState } from './context.ts';
import type { SandboxPages } from './page.ts';

/** One page in one state. */
export interface GalleryEntry {
  /** Of the page, as its template is called: `login/password/view`. */
  readonly name: string;
  /** Of the page's examples: `empty`, `wrong-password` … */
  readonly state: string;
}

/** How somebody wants to see a page. */
export interface GalleryView {
  readonly locale: Locale;
  readonly channel: 'desktop' | 'h5';
  /** Larger text and targets. */
  readonly elder: boolean;
}

/** The product's pages with the examples of their models. */
export interface Gallery {
  entries(): readonly GalleryEntry[];
  /** Answers the request with the page; false when there is no such page or state. */
  render(ctx: SandboxContext, entry: GalleryEntry, view: GalleryView): Promise<boolean>;
}

export interface GalleryDeps {
  readonly gallery: Gallery;
  readonly pages: SandboxPages;
}

/** `/sandbox/gallery` and `/sandbox/gallery/<name>?state=…&lang=…&channel=…&elder=…`. */
export function galleryRoutes(router: Router<SandboxState>, { gallery, pages }: GalleryDeps): void {
  router.get('/sandbox/gallery', (ctx) => {
    pages.render(ctx, 'gallery/index', galleryModel(gallery.entries()));
  });

  router.get('/sandbox/gallery/*name', async (ctx) => {
    const { state, lang, channel, elder } = ctx.query;
    const name = ctx.path.slice('/sandbox/gallery/'.length);
    const view: GalleryView = {
      locale: lang === 'en' || lang === 'zh-CN' ? lang : ctx.state.locale,
      channel: channel === 'h5' ? 'h5' : 'desktop',
      elder: elder === 'on',
    };
    const found = await gallery.render(ctx, { name, state: String(state ?? '') }, view);
    if (!found) pages.render(ctx, 'gallery/unknown', {}, { status: 404 });
  });

  // Forms of the pages are sent here; who sends one stays where they are.
  router.post('/sandbox/gallery/*name', (ctx) => {
    ctx.status = 204;
  });
}

/** Pages in the order of their names, grouped by the first folder. */
function galleryModel(entries: readonly GalleryEntry[]) {
  const groups = Object.groupBy(entries, ({ name }) => name.split('/', 1)[0] ?? name);
  return {
    count: entries.length,
    groups: Object.entries(groups)
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([folder, members = []]) => ({
        folder,
        entries: members.map(({ name, state }) => ({ name, state, href: `/sandbox/gallery/${name}?state=${encodeURIComponent(state)}` })),
      })),
  };
}
