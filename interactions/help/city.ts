import type { Profile } from '../../src/domain/policy.ts';

/** What an answer depends on: what people find in this city today, and what its manual names and is still to come. */
export interface City {
  has(name: string): boolean;
  awaits(name: string): boolean;
}

export type CityProfile = Pick<
  Profile,
  'login' | 'proofing' | 'bankCard' | 'activation' | 'authenticators' | 'recovery' | 'account' | 'registration' | 'documents' | 'later'
>;

/** Names are those of the profile: `login.sms-code`, `proofing.bank-card`, `activation` … */
export function cityOf({
  login,
  proofing,
  bankCard,
  activation,
  authenticators,
  recovery,
  account,
  registration,
  documents,
  later,
}: CityProfile): City {
  const atRegistration = registration.identity === 'in-form' || registration.identity === 'step';
  const flags = {
    activation,
    recovery: recovery !== null,
    'registration.nationalPlatform': registration.nationalPlatform !== null,
    'identity.at-registration': atRegistration,
    'identity.voluntary': !atRegistration,
    'identity.asserted': registration.identity === 'asserted',
    'account.security-tab': account.tabs.includes('security'),
    'account.one-page': !account.tabs.includes('security'),
    'documents.permits-only': !documents.includes('foreign-permanent-resident'),
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
  return { has: (name) => found.has(name), awaits: (name) => later.includes(name) };
}
