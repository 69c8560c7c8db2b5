/**
 * User names, one of the identifiers a person may sign in with. What a deployment allows is data of its profile.
 */
import { fold } from '../folding.ts';
import { resemblesDocumentNumber } from './document-number.ts';
import { checkMobile } from './mobile.ts';

/** Groups of characters a policy may allow. Letters are those of ASCII: others imitate them. */
export type UsernameCharacters = 'letters' | 'digits' | 'underscore' | 'han' | 'hyphen';

/** A deployment's rule for user names (REG-10…12, DIS-03). */
export interface UsernamePolicy {
  minLength: number;
  maxLength: number;
  /** The first character must be a letter of ASCII. */
  firstLetter: boolean;
  allow: readonly UsernameCharacters[];
  notDigitsOnly: boolean;
}

/** Rules a user name may break; each is part of a locale key. */
export type UsernameRule =
  | 'min-length'
  | 'max-length'
  | 'characters'
  | 'first-letter'
  | 'not-digits-only'
  | 'not-like-mobile'
  | 'not-like-document';

const characterClasses: Readonly<Record<UsernameCharacters, string>> = {
  letters: 'A-Za-z',
  digits: '0-9',
  underscore: '_',
  han: '\\p{Unified_Ideograph}', // neither radicals nor compatibility ideographs, which imitate these
  hyphen: '\\-',
};

/**
 * The user name as it is kept and shown: half-width, NFC, `-` for every dash, no space around it. Case is kept.
 *
 * @param text - as typed
 */
export function normaliseUsername(text: string): string {
  return fold('username', text);
}

/**
 * What user names are looked up and unique by: `ZhangWei` and `zhangwei` are one name, so that nobody can pose as
 * somebody else and nobody is lost for a capital letter.
 *
 * @param text - as typed
 */
export function usernameKey(text: string): string {
  return normaliseUsername(text).toLowerCase();
}

/**
 * The rules that a user name breaks, in the order in which pages list them; none if it may be taken.
 *
 * Two rules hold in every deployment: it must not look like a mobile or document number. Both are identifiers too, and
 * whoever took another person's number as a name would receive that person's sign-ins and recoveries.
 *
 * @param policy - the deployment's rule
 * @param text - as typed
 */
export function unmetUsernameRules(policy: UsernamePolicy, text: string): UsernameRule[] {
  const username = normaliseUsername(text);
  const length = [...username].length;
  const allowed = new RegExp(`^[${policy.allow.map((group) => characterClasses[group]).join('')}]*$`, 'u');
  const broken: Record<UsernameRule, boolean> = {
    'min-length': length < policy.minLength,
    'max-length': length > policy.maxLength,
    characters: !allowed.test(username),
    'first-letter': policy.firstLetter && !/^[A-Za-z]/.test(username),
    'not-digits-only': policy.notDigitsOnly && /^[0-9]+$/.test(username),
    'not-like-mobile': checkMobile(username).ok,
    'not-like-document': resemblesDocumentNumber(username),
  };
  return (Object.keys(broken) as UsernameRule[]).filter((rule) => broken[rule]);
}
