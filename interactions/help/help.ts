import type { Brand, Profile } from '../../src/domain/policy.ts';
import type { Link, Locale } from '../../src/http/page-model.ts';
import type { Pages } from '../../src/http/page.ts';
import type { Words } from '../../src/http/words.ts';
import type { Journey } from '../journey.ts';

/** 帮助中心 – questions and answers, the agreements and statements that hold here. */
export interface HelpDeps {
  readonly pages: Pages;
  readonly profile: HelpScene['profile'];
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
  /** What the texts say of limits and ways to sign in is what holds here. */
  readonly profile: Pick<Profile, 'brand' | 'sms' | 'login'>;
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
    title: ({ profile, locale }) => profile.brand.agreement.title[locale],
    version: (brand) => brand.agreement.version,
  },
  {
    name: 'privacy',
    title: ({ profile, locale }) => profile.brand.privacy.title[locale],
    version: (brand) => brand.privacy.version,
  },
  {
    name: 'bank-card-agreement',
    title: ({ profile, locale }) => profile.brand.bankCardAgreement.title[locale],
    version: (brand) => brand.bankCardAgreement.version,
  },
  {
    name: 'accessibility',
    title: ({ words, locale }) => words.text(locale, 'help.accessibility'),
    version: (brand) => brand.privacy.version,
  },
];

export function createHelp({ pages, profile }: HelpDeps): Journey {
  const { words } = pages;
  return {
    name: 'help',
    routes(router) {
      router.get('/help', async (ctx) => {
        const { locale } = ctx.state;
        await pages.render(ctx, { view: 'help/help', model: helpModel({ locale, words, profile }) });
      });
      for (const text of helpTexts) {
        router.get(`/help/${text.name}`, async (ctx) => {
          const { locale } = ctx.state;
          await pages.render(ctx, { view: 'help/text', model: textModel({ locale, words, profile }, text) });
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
  return { title: title(scene), sections: sections(scene, name), version: version(scene.profile.brand) };
}

/** Sections are numbered in the words: as many as there are. */
function sections(scene: HelpScene, namespace: string): readonly Section[] {
  const { words, locale } = scene;
  const params = facts(scene);
  const found: Section[] = [];
  for (let n = 1; words.has(`help.${namespace}.${n}.title`); n += 1) {
    const text = `help.${namespace}.${n}.text`;
    const lines = [...addedByMethods(scene, text), text];
    found.push({
      title: words.text(locale, `help.${namespace}.${n}.title`, params),
      text: lines.map((key) => words.text(locale, key, params)).join('\n'),
    });
  }
  return found;
}

/** What the texts may name. */
function facts({ locale, profile: { brand, sms } }: HelpScene): Readonly<Record<string, string | number>> {
  return {
    platform: brand.platform[locale],
    organiser: brand.footer.organiser[locale],
    hotline: brand.hotline,
    city: brand.city[locale],
    perHour: sms.perHour,
    perDay: sms.perDay,
    cooldown: sms.cooldownSeconds,
    minutes: sms.ttlSeconds / 60,
  };
}

/** Keys of what a login method adds to an answer, where the city offers it: `<key>.<method>`. */
function addedByMethods({ words, profile }: HelpScene, key: string): readonly string[] {
  const offered = new Set([...profile.login.desktop, ...profile.login.h5]);
  return [...offered].map((method) => `${key}.${method}`).filter((added) => words.has(added));
}
