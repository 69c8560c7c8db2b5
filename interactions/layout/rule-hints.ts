import type { Profile } from '../../src/domain/policy.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';
import type { Say } from '../../src/http/words.ts';

/** Rules of the profile in words, so that nobody has to guess them (REG-12, REG-18). */

export function usernameHint(say: Say, policy: NonNullable<Profile['username']>): string {
  const { minLength: min, maxLength: max, firstLetter, allow } = policy;
  const characters = allow.map((kind) => say(`register.characters.${kind}`)).join(say('register.characters.separator'));
  return say(firstLetter ? 'register.username-hint.first-letter' : 'register.username-hint', { min, max, characters });
}

/** Where the first character is a letter, a name of digits alone is ruled out already (REG-10). */
export function usernameRules(say: Say, { notDigitsOnly, firstLetter }: NonNullable<Profile['username']>): readonly string[] {
  return notDigitsOnly && !firstLetter ? [say('register.username-rule.not-digits-only')] : [];
}

/** Digits alone will do where no letter is required (DIS-01). */
export function passwordHint(say: Say, { minLength: min, maxLength: max, characters, require }: Profile['password']): string {
  const kind = characters === 'letters-digits' && !require.includes('letter') ? 'digits-or-letters' : characters;
  return say(`register.password-hint.${kind}`, { min, max });
}

export function passwordRules(say: Say, { require }: Profile['password']): readonly string[] {
  return require.map((character) => say(`register.password-rule.${character}`));
}

/** Where documents are taken that print names in letters, their order is said. */
export function nameHint(say: Say, documents: Profile['documents']): string {
  return say(documents.some((type) => documentTypes[type].inLetters) ? 'layout.document.name-hint-letters' : 'layout.document.name-hint');
}
