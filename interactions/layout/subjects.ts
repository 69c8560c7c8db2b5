import type { ComingSubject } from '../../src/domain/policy.ts';
import type { Say } from '../../src/http/words.ts';

/** Tabs of the kinds of users: natural persons, and those who are coming (the mixin `subjects`). */
export interface SubjectsModel {
  readonly label: string;
  /** Of the page for natural persons. */
  readonly href: string;
  readonly coming: readonly { readonly name: ComingSubject; readonly label: string }[];
}

/** @returns undefined where there are natural persons alone */
export function subjectsModel(
  say: Say,
  { to, coming, href }: { readonly to: 'sign-in' | 'register'; readonly coming: readonly ComingSubject[]; readonly href: string },
): SubjectsModel | undefined {
  if (coming.length === 0) return undefined;
  const label = (name: ComingSubject | 'person') => say(`layout.subject.${to}.${name}`);
  return { label: label('person'), href, coming: coming.map((name) => ({ name, label: label(name) })) };
}
