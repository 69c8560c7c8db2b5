import type { ComingSubject } from '../../src/domain/policy.ts';
import type { Say } from '../../src/http/words.ts';

/** Tabs of the kinds of users: natural persons, and those who are coming (the mixin `subjects`). */
export interface SubjectsModel {
  /** Of the page for natural persons. */
  readonly href: string;
  readonly coming: readonly { readonly name: ComingSubject; readonly label: string }[];
}

/** Undefined where there are natural persons alone. */
export function subjectsModel(say: Say, coming: readonly ComingSubject[], href: string): SubjectsModel | undefined {
  if (coming.length === 0) return undefined;
  return { href, coming: coming.map((name) => ({ name, label: say(`layout.subject.${name}`) })) };
}
