import { isObject } from './json.ts';
import type { Violation } from './schema.ts';

/** What a schema cannot say about a value of the type `Whole`: how its members fit together. */
export type Rule = (value: unknown, violations: readonly Violation[]) => readonly Violation[];

/**
 * A rule over some members. It runs where the schema found nothing wrong with any of them, so that one
 * mistake does not hide another and no rule meets a value of the wrong shape.
 */
export function rule<Whole, Name extends keyof Whole & string>(
  reads: readonly Name[],
  find: (members: Pick<Whole, Name>) => readonly Violation[],
): Rule {
  return (value, violations) => (isSound<Whole, Name>(value, reads, violations) ? find(value) : []);
}

function isSound<Whole, Name extends keyof Whole & string>(
  value: unknown,
  names: readonly Name[],
  violations: readonly Violation[],
): value is Pick<Whole, Name> {
  const blamed = (name: string | undefined): boolean => name === undefined || names.some((own) => own === name);
  return isObject(value) && !violations.some(({ at }) => blamed(at[0]));
}
