import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import type { HelpScene } from './answers.ts';

/** One level of the city: its name, what it opens, and how it is reached here. */
export interface LevelRow {
  readonly label: string;
  readonly opens: string;
  readonly ways: string;
}

/** The levels of a city as a table says them, lowest first. */
export function levelRows(scene: HelpScene): readonly LevelRow[] {
  const { locale, profile } = scene;
  return profile.ladders.person.map((level) => ({ label: level.label[locale], opens: level.opens[locale], ways: waysOf(scene, level) }));
}

function waysOf({ locale, words, profile }: HelpScene, { anyOf, where }: AssuranceLevel): string {
  if (anyOf.some((kinds) => kinds.length === 0)) return words.text(locale, 'help.levels.none');
  const offered = anyOf.filter((kinds) => kinds.every((kind) => profile.proofing.includes(kind)));
  if (offered.length === 0) return where?.[locale] ?? words.text(locale, 'help.levels.ask');
  const named = offered.map((kinds) => kinds.map((kind) => words.text(locale, `step-up.${kind}.name`)).join(' + '));
  return named.join(words.text(locale, 'help.levels.or'));
}
