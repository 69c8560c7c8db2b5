import type { Profile } from '../../src/domain/policy.ts';
import { refusals } from '../../src/domain/refused.ts';
import type { Locale } from '../../src/http/page-model.ts';
import type { Ask } from '../../src/http/page.ts';
import type { Words } from '../../src/http/words.ts';
import { cityOf, type CityProfile } from '../../src/domain/city.ts';
import { paragraphsOf, plain, questions, questionsOf, type Question } from './questions.ts';

/** A question as a city answers it, in one language. */
export interface Answer {
  readonly id: string;
  readonly topic: Question['topic'];
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Related questions that the city shows as well. */
  readonly related: readonly string[];
}

export interface HelpScene {
  readonly locale: Locale;
  readonly words: Words;
  /** What the texts say of limits and ways to sign in is what holds here. */
  readonly profile: Pick<Profile, 'brand' | 'sms' | 'help' | 'guardian' | 'ladders'> & CityProfile;
}

/** Every question of the city, in its order. */
export function answersOf(scene: HelpScene): readonly Answer[] {
  const { words, locale, profile } = scene;
  const shown = questionsOf(profile.help.questions);
  const city = cityOf(profile);
  const params = facts(scene);
  return shown.map((question) => ({
    id: question.id,
    topic: question.topic,
    title: words.text(locale, `help.questions.${question.id}.title`),
    paragraphs: paragraphsOf(question, city).map((key) => words.text(locale, `help.questions.${question.id}.${key}`, params)),
    related: question.related.filter((id) => shown.some((other) => other.id === id)),
  }));
}

/** Which questions arise at a place of a page or from a refusal, in the words of a short link. */
export function createAsk(words: Words, { help }: Pick<Profile, 'help'>): Ask {
  const shown = new Set(help.questions);
  const byPlace = Map.groupBy(
    questions.filter(({ id }) => shown.has(id)).flatMap(({ id, arises }) => arises.map((place) => ({ place, id }))),
    ({ place }) => place as string,
  );
  const arising = (place: string) => byPlace.get(place) ?? byPlace.get(withoutReason(place)) ?? [];
  return (locale, place) =>
    plain.has(place)
      ? []
      : arising(place).map(({ id }) => ({ href: questionPath(id), label: words.text(locale, `help.questions.${id}.ask`) }));
}

/** The refusal of a text that names a reason, too. */
function withoutReason(place: string): string {
  const code = place.slice(0, Math.max(0, place.lastIndexOf('.')));
  return Object.hasOwn(refusals, code) ? code : place;
}

/** Where notices lead that end with “if this was not you”: a path of ours, or the city's own help centre. */
export function adviceAfterNotice({ help, brand }: Pick<Profile, 'help' | 'brand'>): string {
  return help.questions.includes('not-me') ? questionPath('not-me') : brand.helpCentre;
}

export function questionPath(id: string): string {
  return `/help/${id}`;
}

/** What the texts may name. */
export function facts({
  words,
  locale,
  profile: { brand, sms, guardian, registration, documents, presence },
}: HelpScene): Readonly<Record<string, string | number>> {
  return {
    platform: brand.platform[locale],
    organiser: brand.footer.organiser[locale] || brand.platform[locale],
    hotline: brand.hotline,
    portal: brand.portal.name[locale],
    documents: foreignDocuments(words, locale, documents),
    perHour: sms.perHour,
    perDay: sms.perDay,
    cooldown: sms.cooldownSeconds,
    undoDays: Math.round(presence.undoSeconds / 86_400),
    minutes: sms.ttlSeconds / 60,
    ...(guardian && { age: guardian.under }),
    ...(registration.hours && { opens: registration.hours.opens, closes: registration.hours.closes }),
  };
}

/** Those of people who have no identity card, as far as the city takes them. */
function foreignDocuments(words: Words, locale: Locale, documents: HelpScene['profile']['documents']): string {
  const names = documents.filter((type) => type !== 'resident-id-card').map((type) => words.text(locale, `layout.document.type.${type}`));
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(names);
}
