/**
 * What a new password must be like. What a deployment asks for is data of its profile; `base` and `demo` follow NIST
 * SP 800-63B (8 to 64 characters, no rules of composition, blocklist), others their manuals (REG-15…18, D6).
 *
 * Passwords that exist are never judged by it: they sign in as long as their hash fits.
 */
import { fold } from '../folding.ts';
import commonPasswords from './common-passwords.json' with { type: 'json' };

/** Kinds of characters a policy may require; `letter` is met by either case. */
export type PasswordCharacters = 'letter' | 'upper' | 'lower' | 'digit' | 'special';

/** Personal data that a password must not be made from. */
export type PasswordFact = 'username' | 'mobile' | 'document';

/** A deployment's rule for passwords. */
export interface PasswordPolicy {
  minLength: number;
  maxLength: number;
  /** `any` is every character but control characters; the others are of ASCII and know no space. */
  characters: 'any' | 'letters-digits' | 'letters-digits-specials';
  require: readonly PasswordCharacters[];
  /** How many of upper case, lower case, digits and specials must occur. */
  minClasses?: number;
  /** Refuse what attackers try first. */
  blocklist: boolean;
  notContaining: readonly PasswordFact[];
}

/** Rules a password may break; each is part of a locale key. */
export type PasswordRule =
  | 'min-length'
  | 'max-length'
  | 'characters'
  | `require-${PasswordCharacters}`
  | 'min-classes'
  | 'blocklist'
  | `not-containing-${PasswordFact}`;

const allowedCharacters: Readonly<Record<PasswordPolicy['characters'], RegExp>> = {
  any: /^[^\p{Cc}\p{Cs}]*$/u, // a lone surrogate has no UTF-8: all of them would hash as the same password
  'letters-digits': /^[A-Za-z0-9]*$/,
  'letters-digits-specials': /^[\x21-\x7e]*$/,
};

const occurring: Readonly<Record<PasswordCharacters, RegExp>> = {
  letter: /[A-Za-z]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  digit: /[0-9]/,
  special: /[^A-Za-z0-9]/u,
};

const classes: readonly PasswordCharacters[] = ['upper', 'lower', 'digit', 'special'];

/** A user name of three letters occurs in innocent words; a longer one, in the password, was put there. */
const shortestUsername = 4;

/** Digits in a row that give a number away: the last six of an identity number are China's usual first password. */
const tellingRun = 6;

const common: ReadonlySet<string> = new Set(commonPasswords.passwords);

/**
 * The code points that are hashed and compared: NFC, and every kind of space as U+0020, because keyboards send the same
 * accent or space in different ways and a dotted field does not show which (RFC 8265, OpaqueString). SP 800-63B asks to
 * normalise before hashing and names NFKC or NFKD; those would also fold signs that people tell apart, such as ² and 2.
 * Nothing else is touched: no trimming, no case folding, no truncation. Hashes imported from other systems were made of
 * the text as typed and are compared with that.
 *
 * @param password - as typed
 */
export function normalisePassword(password: string): string {
  return fold('password', password);
}

/**
 * The rules that a new password breaks, in the order in which pages list them; none if it may be set. Length is
 * counted in code points.
 *
 * @param policy - the deployment's rule
 * @param password - as typed
 * @param facts - what is known of the person; a fact that is missing or empty breaks no rule
 */
export function unmetPasswordRules(
  policy: PasswordPolicy,
  password: string,
  facts: Readonly<Partial<Record<PasswordFact, string>>> = {},
): PasswordRule[] {
  const normalised = normalisePassword(password);
  const length = [...normalised].length;
  const broken: Partial<Record<PasswordRule, boolean>> = {
    'min-length': length < policy.minLength,
    'max-length': length > policy.maxLength,
    characters: !allowedCharacters[policy.characters].test(normalised),
  };
  for (const kind of policy.require) broken[`require-${kind}`] = !occurring[kind].test(normalised);
  broken['min-classes'] = classes.filter((kind) => occurring[kind].test(normalised)).length < (policy.minClasses ?? 0);
  broken.blocklist = policy.blocklist && isCommonPassword(normalised);
  for (const fact of policy.notContaining) {
    broken[`not-containing-${fact}`] = contains[fact](normalised, facts[fact] ?? '');
  }
  return (Object.keys(broken) as PasswordRule[]).filter((rule) => broken[rule]);
}

/**
 * Whether the whole password is one that attackers try first, upper and lower case aside. Longer passwords that merely
 * contain one are fine: that is how people make passphrases.
 *
 * @param password - as typed
 */
export function isCommonPassword(password: string): boolean {
  return common.has(normalisePassword(password).toLowerCase());
}

const contains: Readonly<Record<PasswordFact, (password: string, fact: string) => boolean>> = {
  username: (password, username) => [...username].length >= shortestUsername && password.toLowerCase().includes(username.toLowerCase()),
  mobile: containsRun,
  document: containsRun,
};

/** Whether any six characters in a row of the number occur in the password, so a birth date does too. */
function containsRun(password: string, number: string): boolean {
  const digits = fold('document-number', number);
  const haystack = password.toUpperCase();
  for (let start = 0; start + tellingRun <= digits.length; start += 1) {
    if (haystack.includes(digits.slice(start, start + tellingRun))) return true;
  }
  return false;
}
