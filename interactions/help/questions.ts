import type { RefusalCode } from '../../src/domain/refused.ts';
import type { City } from '../../src/domain/city.ts';

/**
 * Questions and answers: which there are, where they arise, and which sentences of an answer hold where. The texts
 * stand in the words of `questions/`; which questions a city shows, and in which order, is data of its profile.
 */
export interface Question {
  /** Last part of the address, key of its words, name in the profile. */
  readonly id: string;
  readonly topic: 'account' | 'identity' | 'other';
  /** Refusals, some for one reason alone, and places of pages that link to it, there as `<id>.ask`. */
  readonly arises: readonly (RefusalCode | `${RefusalCode}.${string}` | Place)[];
  /** Paragraphs in their order: the ends of their keys. */
  readonly answer: readonly (string | Paragraph)[];
  readonly related: readonly string[];
}

/** A part of a page where people get stuck; templates name it: `+answers('captcha')`. */
export type Place = 'login' | 'mobile' | 'code' | 'captcha' | 'second-factor' | 'activate' | 'levels' | 'guardian' | 'footing';

/** Refusals, with their reasons, that say all there is to say; what the same refusal raises elsewhere would mislead. */
export const plain: ReadonlySet<string> = new Set([
  'identity.mismatch.document',
  'credentials.throttled.document',
  'mobile.taken.undo',
  'email.taken.undo',
  'username.taken.undo',
]);

interface Paragraph {
  readonly key: string;
  readonly holds: (city: City) => boolean;
}

const where = (name: string, key: string): Paragraph => ({ key, holds: (city) => city.has(name) });
/** What is being built: said plainly, so that nobody looks for it. */
const coming = (name: string, key: string): Paragraph => ({ key, holds: (city) => city.awaits(name) });

export const questions: readonly Question[] = [
  {
    id: 'no-sms',
    topic: 'account',
    arises: ['code'],
    answer: ['check', 'limits', 'newest', where('login.sms-code', 'password'), 'hotline'],
    related: ['mobile-lost', 'captcha', 'forgotten-password'],
  },
  {
    id: 'captcha',
    topic: 'account',
    arises: ['captcha'],
    answer: ['unclear', 'missing', 'hotline'],
    related: ['no-sms', 'forgotten-password'],
  },
  {
    id: 'forgotten-password',
    topic: 'account',
    arises: ['credentials.throttled'],
    answer: [
      where('recovery', 'recover'),
      where('settling', 'settling'),
      where('login.sms-code', 'sms-code'),
      where('login.passkey', 'passkey'),
      'hotline',
      'throttled',
    ],
    related: ['password-and-mobile-lost', 'mobile-lost', 'no-sms'],
  },
  {
    id: 'mobile-lost',
    topic: 'account',
    arises: ['login', 'mobile'],
    answer: [
      where('account.mobile', 'change'),
      where('login.sms-code', 'document'),
      where('login.passkey', 'passkey'),
      'unverified',
      'hotline',
      coming('rebind', 'rebind'),
      'cancelled',
    ],
    related: ['password-and-mobile-lost', 'mobile-taken', 'forgotten-password', 'no-sms'],
  },
  {
    id: 'mobile-taken',
    topic: 'account',
    arises: ['mobile.taken'],
    answer: ['own', 'former', where('account.mobile', 'other'), 'hotline', coming('rebind', 'rebind')],
    related: ['mobile-lost', 'forgotten-password', 'identity-taken'],
  },
  {
    id: 'password-and-mobile-lost',
    topic: 'account',
    arises: ['mobile'],
    answer: [
      where('activation', 'activation'),
      'unverified',
      'hotline',
      coming('login.social-security-card', 'social-security-card'),
      coming('appeal', 'appeal'),
    ],
    related: ['activation', 'forgotten-password', 'mobile-lost'],
  },
  {
    id: 'activation',
    topic: 'account',
    arises: ['activate', 'activation.gone', 'identity.waiting'],
    answer: ['what', 'how', 'nobody', 'done'],
    related: ['password-and-mobile-lost', 'mobile-taken'],
  },
  {
    id: 'hours',
    topic: 'account',
    arises: ['registration.closed'],
    answer: ['when', 'why', 'keep'],
    related: ['activation', 'no-sms'],
  },
  {
    id: 'second-factor',
    topic: 'account',
    arises: ['second-factor'],
    answer: ['code', 'clock', 'recovery', where('authenticators.passkey', 'passkey'), 'hotline'],
    related: ['not-me', 'forgotten-password'],
  },
  {
    id: 'levels',
    topic: 'identity',
    arises: ['levels'],
    answer: ['why', 'where', coming('proofing.face', 'face'), coming('proofing.social-security-card', 'social-security-card')],
    related: ['bank-card', 'rare-characters', 'permit-fails'],
  },
  {
    id: 'rare-characters',
    topic: 'identity',
    arises: ['identity.mismatch', 'name.invalid.characters'],
    answer: ['input', 'symbol', 'offline'],
    related: ['permit-fails', 'identity-taken', 'business'],
  },
  {
    id: 'permit-fails',
    topic: 'identity',
    arises: ['identity.mismatch', 'identity.mismatch.letters', 'identity.invalid'],
    answer: ['check', 'issuer'],
    related: ['rare-characters', 'levels'],
  },
  {
    id: 'children',
    topic: 'identity',
    arises: ['guardian', 'guardian.required', 'guardian.invalid'],
    answer: [
      'who',
      where('identity.voluntary', 'how'),
      where('identity.at-registration', 'how-registering'),
      'declared',
      'withdraw',
      where('identity.voluntary', 'without'),
    ],
    related: ['levels', 'identity-taken'],
  },
  {
    id: 'identity-taken',
    topic: 'identity',
    arises: ['identity.taken'],
    answer: ['one', 'own', 'stranger', coming('rebind', 'rebind'), coming('appeal', 'appeal')],
    related: ['mobile-lost', 'not-me', 'forgotten-password'],
  },
  {
    id: 'bank-card',
    topic: 'identity',
    arises: ['bank-card.invalid', 'bank-card.not-debit', 'bank-card.class', 'bank-card.mobile-differs', 'identity.mismatch.bank-card'],
    answer: [
      'same',
      where('bankCard.debitOnly', 'debit'),
      where('bankCard.classIOnly', 'class-one'),
      'reserved',
      where('bankCard.mobileMustMatchAccount', 'account-mobile'),
      'code',
      'safe',
    ],
    related: ['levels', 'mobile-lost'],
  },
  {
    id: 'business',
    topic: 'other',
    arises: ['footing'],
    answer: ['platform', 'ask-there'],
    related: ['levels', 'no-sms'],
  },
  {
    id: 'deletion',
    topic: 'other',
    arises: [],
    answer: ['how', 'effects', 'records', coming('account.deletion', 'online')],
    related: ['mobile-lost', 'not-me'],
  },
  {
    id: 'not-me',
    topic: 'other',
    arises: ['account.locked'],
    answer: [
      'freeze',
      where('account.one-page', 'sign-out'),
      where('account.security-tab', 'sign-out-others'),
      where('account.password', 'password'),
      'hotline',
      'secrets',
    ],
    related: ['forgotten-password', 'identity-taken'],
  },
];

export const questionIds: readonly string[] = questions.map(({ id }) => id);

/** The questions of a city, in its order. */
export function questionsOf(ids: readonly string[]): readonly Question[] {
  return ids.flatMap((id) => questions.find((question) => question.id === id) ?? []);
}

/** Ends of the keys of the paragraphs that hold in a city. */
export function paragraphsOf({ answer }: Question, city: City): readonly string[] {
  return answer.flatMap((paragraph) => {
    if (typeof paragraph === 'string') return [paragraph];
    return paragraph.holds(city) ? [paragraph.key] : [];
  });
}
