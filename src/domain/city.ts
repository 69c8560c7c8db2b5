import type { LocalText } from './assurance/ladder.ts';
import type { Profile } from './policy.ts';

/** What texts depend on: what people find in this city today, and what its manual names and is still to come. */
export interface City {
  /** Names are those of the profile: `login.sms-code`, `proofing.bank-card`, `activation` … */
  has(name: string): boolean;
  /** Is being built; `has('later.<name>')` says the same. */
  awaits(name: string): boolean;
  /** Everything that `has` answers yes to. */
  readonly names: readonly string[];
}

export type CityProfile = Pick<
  Profile,
  | 'login'
  | 'proofing'
  | 'bankCard'
  | 'activation'
  | 'authenticators'
  | 'recovery'
  | 'account'
  | 'registration'
  | 'documents'
  | 'username'
  | 'guardian'
  | 'later'
  | 'presence'
  | 'ladders'
>;

/** A new password opens less for a while, where there is a level that wants one. */
function isSettling({ recovery, presence, ladders, proofing }: CityProfile): boolean {
  if (recovery === null || presence.settlingSeconds === 0) return false;
  return ladders.person.some(
    ({ minimumAuthentication, comingSoon, anyOf }) =>
      minimumAuthentication && !comingSoon && anyOf.some((set) => set.every((kind) => proofing.includes(kind))),
  );
}

/** Where people are verified in person today, as the rung says that they reach there. */
export function inPersonOf({ ladders }: Pick<CityProfile, 'ladders'>): LocalText | undefined {
  return ladders.person.find(({ where, comingSoon, anyOf }) => where && !comingSoon && anyOf.some((set) => set.includes('on-site')))?.where;
}

/** What a profile offers, by name. */
export function cityOf(profile: CityProfile): City {
  const { login, proofing, bankCard, activation, authenticators, recovery, account, registration, documents, later } = profile;
  const atRegistration = registration.identity === 'in-form' || registration.identity === 'step';
  const flags = {
    activation,
    recovery: recovery !== null,
    settling: isSettling(profile),
    username: profile.username !== null,
    guardian: profile.guardian !== null,
    'registration.hours': registration.hours !== null,
    'registration.nationalPlatform': registration.nationalPlatform !== null,
    'identity.at-registration': atRegistration,
    'identity.voluntary': !atRegistration,
    'identity.asserted': registration.identity === 'asserted',
    'account.security-tab': account.tabs.includes('security'),
    'account.one-page': !account.tabs.includes('security'),
    'in-person': inPersonOf(profile) !== undefined,
    'authenticators.passkey': authenticators.passkey,
    'authenticators.totp': authenticators.totp,
    'bankCard.debitOnly': bankCard.debitOnly,
    'bankCard.classIOnly': bankCard.classIOnly,
    'bankCard.mobileMustMatchAccount': bankCard.mobileMustMatchAccount,
  };
  const found = new Set([
    ...[...login.desktop, ...login.h5].map((name) => `login.${name}`),
    ...account.changes.map((name) => `account.${name}`),
    ...documents.map((name) => `documents.${name}`),
    ...proofing.map((name) => `proofing.${name}`),
    ...Object.entries(flags).flatMap(([name, on]) => (on ? [name] : [])),
  ]);
  for (const name of later) found.add(`later.${name}`);
  return { has: (name) => found.has(name), awaits: (name) => later.includes(name), names: [...found].toSorted() };
}
