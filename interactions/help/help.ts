import type { Brand } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { ownPath } from '../../src/http/own-path.ts';
import type { Link } from '../../src/http/page-model.ts';
import { wayBackOf, withWayBack, type Pages } from '../../src/http/page.ts';
import type { Journey } from '../journey.ts';
import { answersOf, facts, questionPath, type Answer, type HelpScene } from './answers.ts';
import { cityOf } from '../../src/domain/city.ts';
import { levelRows, type LevelRow } from './levels.ts';
import { queryOf, search, type Marked } from './search.ts';

/** 帮助中心 – questions and answers, the agreements and statements that hold here. */
export interface HelpDeps {
  readonly pages: Pages;
  readonly profile: HelpScene['profile'];
  readonly issuer: string;
}

export interface HelpModel {
  readonly query: string;
  /** Absent while nothing is looked for. */
  readonly results:
    | { readonly said: string; readonly list: readonly { readonly href: string; readonly title: Marked; readonly excerpt: Marked }[] }
    | undefined;
  /** Every question, by topic. */
  readonly topics: readonly { readonly title: string; readonly questions: readonly Link[] }[];
  readonly links: readonly Link[];
  readonly back: WayBack;
}

export interface QuestionModel {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Of the question about levels alone. */
  readonly levels: readonly LevelRow[];
  readonly related: readonly Link[];
  readonly centre: string;
  readonly back: WayBack;
}

export interface TextModel {
  readonly title: string;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
  readonly version: string;
}

/** Address of the page where the question arose. */
type WayBack = string | undefined;

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

export function createHelp({ pages, profile, issuer }: HelpDeps): Journey {
  const sceneOf = (ctx: AppContext): HelpScene => ({ locale: ctx.state.locale, words: pages.words, profile });
  const wayBack = (ctx: AppContext): WayBack => ownPath(wayBackOf(ctx) ?? '', issuer);
  return {
    name: 'help',
    routes(router) {
      router.get('/help', async (ctx) => {
        await pages.render(ctx, { view: 'help/help', model: helpModel(sceneOf(ctx), queryOf(ctx.query.q), wayBack(ctx)) });
      });
      for (const text of helpTexts) {
        router.get(`/help/${text.name}`, async (ctx) => pages.render(ctx, { view: 'help/text', model: textModel(sceneOf(ctx), text) }));
      }
      router.get('/help/:question', async (ctx) => {
        const model = questionModel(sceneOf(ctx), String(ctx.params.question), wayBack(ctx));
        if (!model) throw new Refused('page.not-found');
        await pages.render(ctx, { view: 'help/question', model });
      });
    },
  };
}

const topics: readonly Answer['topic'][] = ['account', 'identity', 'other'];

export function helpModel(scene: HelpScene, query = '', back?: WayBack): HelpModel {
  const answers = answersOf(scene);
  const { words, locale } = scene;
  const groups = topics.map((topic) => ({
    title: words.text(locale, `help.topic.${topic}`),
    questions: answers.filter((answer) => answer.topic === topic).map((answer) => linkTo(answer, back)),
  }));
  return {
    query,
    results: query === '' ? undefined : results(scene, answers, query, back),
    topics: groups.filter(({ questions }) => questions.length > 0),
    links: textsOf(scene).map(({ name, title }) => ({ href: `/help/${name}`, label: title(scene) })),
    back,
  };
}

function results({ words, locale, profile }: HelpScene, answers: readonly Answer[], query: string, back: WayBack): HelpModel['results'] {
  const list = search(answers, query).map(({ id, title, excerpt }) => ({ href: withWayBack(questionPath(id), back), title, excerpt }));
  const said = list.length === 0 ? 'help.nothing' : 'help.found';
  return { said: words.text(locale, said, { query, count: list.length, hotline: profile.brand.hotline }), list };
}

/** @returns undefined where the city does not show the question */
export function questionModel(scene: HelpScene, id: string, back?: WayBack): QuestionModel | undefined {
  const answers = answersOf(scene);
  const answer = answers.find((each) => each.id === id);
  return (
    answer && {
      title: answer.title,
      paragraphs: answer.paragraphs,
      levels: answer.id === 'levels' ? levelRows(scene) : [],
      related: answers.filter((each) => answer.related.includes(each.id)).map((each) => linkTo(each, back)),
      centre: withWayBack('/help', back),
      back,
    }
  );
}

/** The texts of a city: an agreement on bank cards only where there is something to agree on. */
function textsOf({ profile }: HelpScene): readonly HelpText[] {
  return helpTexts.filter(({ name }) => name !== 'bank-card-agreement' || cityOf(profile).has('proofing.bank-card'));
}

function linkTo({ id, title }: Answer, back: WayBack): Link {
  return { href: withWayBack(questionPath(id), back), label: title };
}

export function textModel(scene: HelpScene, { name, title, version }: HelpText): TextModel {
  return { title: title(scene), sections: sections(scene, name), version: version(scene.profile.brand) };
}

/** What sections say besides, where the city does more. */
const additions = [
  'registration.nationalPlatform',
  'identity.asserted',
  'identity.voluntary',
  'proofing.real-name',
  'identity.at-registration',
  'proofing.bank-card',
];

/** Sections are numbered in the words, as many as there are: text, additions, and what closes them. */
function sections(scene: HelpScene, namespace: string): TextModel['sections'] {
  const { words, locale } = scene;
  const params = facts(scene);
  const city = cityOf(scene.profile);
  const parts = ['text', ...additions.filter((name) => city.has(name)), 'rest'];
  const found: { title: string; text: string }[] = [];
  for (let n = 1; words.has(`help.${namespace}.${n}.title`); n += 1) {
    const lines = parts.map((part) => `help.${namespace}.${n}.${part}`).filter((key) => words.has(key));
    found.push({
      title: words.text(locale, `help.${namespace}.${n}.title`, params),
      text: lines.map((key) => words.text(locale, key, params)).join('\n'),
    });
  }
  return found;
}
