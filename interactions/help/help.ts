import type { Brand } from '../../src/domain/policy.ts';
import type { Link, Locale } from '../../src/http/page-model.ts';
import type { Pages } from '../../src/http/page.ts';
import type { Words } from '../../src/http/words.ts';
import type { Journey } from '../journey.ts';

/** 帮助中心 – questions and answers, the agreements and statements that hold here. */
export interface HelpDeps {
  readonly pages: Pages;
  readonly brand: Brand;
}

export interface HelpModel {
  readonly title: string;
  /** Questions and answers. */
  readonly sections: readonly Section[];
  readonly links: readonly Link[];
}

export interface TextModel {
  readonly title: string;
  readonly sections: readonly Section[];
  readonly version: string;
}

interface Section {
  readonly title: string;
  readonly text: string;
}

export interface HelpScene {
  readonly locale: Locale;
  readonly words: Words;
  readonly brand: Brand;
}

interface HelpText {
  /** Path, and namespace of its numbered sections in the words of this folder. */
  readonly name: string;
  readonly title: (scene: HelpScene) => string;
  readonly version: (brand: Brand) => string;
}

/** Agreements and statements, in the order of the help centre. */
export const helpTexts: readonly HelpText[] = [
  {
    name: 'agreement',
    title: ({ brand, locale }) => brand.agreement.title[locale],
    version: (brand) => brand.agreement.version,
  },
  {
    name: 'privacy',
    title: ({ brand, locale }) => brand.privacy.title[locale],
    version: (brand) => brand.privacy.version,
  },
  {
    name: 'bank-card-agreement',
    title: ({ brand, locale }) => brand.bankCardAgreement.title[locale],
    version: (brand) => brand.bankCardAgreement.version,
  },
  {
    name: 'accessibility',
    title: ({ words, locale }) => words.text(locale, 'help.accessibility'),
    version: (brand) => brand.privacy.version,
  },
];

export function createHelp({ pages, brand }: HelpDeps): Journey {
  const { words } = pages;
  return {
    name: 'help',
    routes(router) {
      router.get('/help', async (ctx) => {
        const { locale } = ctx.state;
        await pages.render(ctx, { view: 'help/help', model: helpModel({ locale, words, brand }) });
      });
      for (const text of helpTexts) {
        router.get(`/help/${text.name}`, async (ctx) => {
          const { locale } = ctx.state;
          await pages.render(ctx, { view: 'help/text', model: textModel({ locale, words, brand }, text) });
        });
      }
    },
  };
}

export function helpModel(scene: HelpScene): HelpModel {
  return {
    title: scene.words.text(scene.locale, 'help.title'),
    sections: sections(scene, 'questions'),
    links: helpTexts.map(({ name, title }) => ({ href: `/help/${name}`, label: title(scene) })),
  };
}

export function textModel(scene: HelpScene, { name, title, version }: HelpText): TextModel {
  return { title: title(scene), sections: sections(scene, name), version: version(scene.brand) };
}

/** Sections are numbered in the words: as many as there are. */
function sections({ words, locale, brand }: HelpScene, namespace: string): readonly Section[] {
  const params = {
    platform: brand.platform[locale],
    organiser: brand.footer.organiser[locale],
    hotline: brand.hotline,
    city: brand.city[locale],
  };
  const found: Section[] = [];
  for (let n = 1; words.has(`help.${namespace}.${n}.title`); n += 1) {
    found.push({
      title: words.text(locale, `help.${namespace}.${n}.title`, params),
      text: words.text(locale, `help.${namespace}.${n}.text`, params),
    });
  }
  return found;
}
