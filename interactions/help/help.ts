import type { Brand } from '../../src/domain/policy.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Pages } from '../../src/http/page.ts';
import type { Journey } from '../journey.ts';

/** 帮助中心 – questions and answers, the agreements and statements that hold here. */
export interface HelpDeps {
  readonly pages: Pages;
  readonly brand: Brand;
}

interface HelpText {
  readonly path: string;
  /** Namespace of its numbered sections in the words of this folder. */
  readonly words: string;
  readonly title: (brand: Brand, ctx: AppContext, pages: Pages) => string;
  readonly version: (brand: Brand) => string;
}

const texts: readonly HelpText[] = [
  {
    path: 'agreement',
    words: 'agreement',
    title: (brand, { state }) => brand.agreement.title[state.locale],
    version: (brand) => brand.agreement.version,
  },
  {
    path: 'privacy',
    words: 'privacy',
    title: (brand, { state }) => brand.privacy.title[state.locale],
    version: (brand) => brand.privacy.version,
  },
  {
    path: 'bank-card-agreement',
    words: 'bank-card-agreement',
    title: (brand, { state }) => brand.bankCardAgreement.title[state.locale],
    version: (brand) => brand.bankCardAgreement.version,
  },
  {
    path: 'accessibility',
    words: 'accessibility',
    title: (_, { state }, { words }) => words.text(state.locale, 'help.accessibility'),
    version: (brand) => brand.privacy.version,
  },
];

export function createHelp({ pages, brand }: HelpDeps): Journey {
  return {
    name: 'help',
    routes(router) {
      router.get('/help', async (ctx) => {
        const model = {
          title: pages.words.text(ctx.state.locale, 'help.title'),
          sections: sections(pages, brand, ctx, 'questions'),
          links: texts.map((text) => ({ href: `/help/${text.path}`, label: text.title(brand, ctx, pages) })),
        };
        await pages.render(ctx, { view: 'help/help', model });
      });
      for (const text of texts) {
        router.get(`/help/${text.path}`, async (ctx) => {
          const model = {
            title: text.title(brand, ctx, pages),
            sections: sections(pages, brand, ctx, text.words),
            version: text.version(brand),
          };
          await pages.render(ctx, { view: 'help/text', model });
        });
      }
    },
  };
}

/** Sections are numbered in the words: as many as there are. */
function sections(pages: Pages, brand: Brand, ctx: AppContext, namespace: string) {
  const { locale } = ctx.state;
  const params = {
    platform: brand.platform[locale],
    organiser: brand.footer.organiser[locale],
    hotline: brand.hotline,
    city: brand.city[locale],
  };
  const found: { title: string; text: string }[] = [];
  for (let n = 1; pages.words.has(`help.${namespace}.${n}.title`); n += 1) {
    found.push({
      title: pages.words.text(locale, `help.${namespace}.${n}.title`, params),
      text: pages.words.text(locale, `help.${namespace}.${n}.text`, params),
    });
  }
  return found;
}
