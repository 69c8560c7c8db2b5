import type { Profile } from '../../src/domain/policy.ts';
import type { Say } from '../../src/http/words.ts';

/** Rules of the profile in words, so that nobody has to guess them (REG-12, REG-18). */

export function usernameHint(say: Say, policy: NonNullable<Profile['username']>): string {
  const { minLength: min, maxLength: max, firstLetter, allow } = policy;
  const characters = allow.map((kind) => say(`register.characters.${kind}`)).join(say('register.characters.separator'));
  return say(firstLetter ? 'register.username-hint.first-letter' : 'register.username-hint', { min, max, characters });
}

export function passwordHint(say: Say, { minLength: min, maxLength: max, characters }: Profile['password']): string {
  return say(`register.password-hint.${characters}`, { min, max });
}

export function passwordRules(say: Say, { require }: Profile['password']): readonly string[] {
  return require.map((kind) => say(`register.password-rule.${kind}`));
}
