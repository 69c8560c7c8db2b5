import type { AuditEventName } from '../audit/events.ts';
import type { EndingAct } from '../session-endings.ts';
import { atLeast, isFresh, provedHere, strengthOf, strengthOfFactor, type SessionFactor, type Strength } from './strength.ts';

/**
 * Every change of a way into an account or of what its owner is reached at, and how strongly somebody must have proved
 * to be there (D22). Of a verified person the possession of the mobile alone changes nothing: who finds a phone, or is
 * given a number by the carrier, is not the person whose identity was proved.
 */
export interface ActRule {
  /** The least that the session must have proved, of an account of a verified person. */
  readonly verified: Strength;
  /** The same of any other account. */
  readonly unverified: Strength;
  /**
   * What must have been proved within ten minutes besides: an SMS code to the mobile of the account, as the manuals want
   * it (RN-11); anything; or that strength itself.
   */
  readonly lately: 'sms' | 'any' | 'same';
  /** Its audit event; the names of its notice and of what ends with it (session-endings.ts) are the same. */
  readonly event: AuditEventName & EndingAct;
  /** Of its writes (docs/adr/0017). */
  readonly useCase: string;
}

const byMobile = { verified: 'mobile-plus', unverified: 'mobile' } as const;

export const acts = {
  'password.change': { ...byMobile, lately: 'sms', event: 'password.changed', useCase: 'change-password' },
  'mobile.change': { ...byMobile, lately: 'sms', event: 'mobile.changed', useCase: 'change-mobile' },
  'email.change': { ...byMobile, lately: 'sms', event: 'email.changed', useCase: 'change-email' },
  'username.change': { ...byMobile, lately: 'sms', event: 'username.changed', useCase: 'change-username' },
  // It stands in for the password, and opens levels that nothing less does.
  'passkey.add': { verified: 'password', unverified: 'password', lately: 'same', event: 'passkey.added', useCase: 'passkey-added' },
  // It signs in, and proves no more than that.
  'binding.add': { ...byMobile, lately: 'any', event: 'binding.added', useCase: 'binding-added' },
  'binding.remove': { ...byMobile, lately: 'any', event: 'binding.removed', useCase: 'binding-removed' },
  'passkey.rename': { ...byMobile, lately: 'any', event: 'passkey.renamed', useCase: 'passkey-renamed' },
  'passkey.remove': { ...byMobile, lately: 'any', event: 'passkey.removed', useCase: 'passkey-removed' },
  'totp.set-up': { ...byMobile, lately: 'any', event: 'totp.set-up', useCase: 'totp-set-up' },
  'totp.remove': { ...byMobile, lately: 'any', event: 'totp.removed', useCase: 'totp-removed' },
  // Making them and seeing them.
  'recovery-codes.make': { ...byMobile, lately: 'any', event: 'recovery-codes.made', useCase: 'recovery-codes-made' },
} as const satisfies Readonly<Record<string, ActRule>>;

export type Act = keyof typeof acts;

/** Who acts, and what their session has proved. */
export interface Presence {
  /** Does the account belong to a verified person? */
  readonly verified: boolean;
  readonly factors: readonly SessionFactor[];
  readonly now: Date;
}

/** Can the mobile, of a verified person with the document number, be enough for the act? */
export function mobileServes(act: Act, verified: boolean): boolean {
  const rule: ActRule = acts[act];
  return rule.lately !== 'same' && atLeast('mobile-plus', verified ? rule.verified : rule.unverified);
}

/** What an act still wants. */
export interface Lacking {
  /** More than the session has proved so far; undefined: enough. */
  readonly strength: Strength | undefined;
  /** Something within ten minutes. */
  readonly fresh: boolean;
}

export function lacking(act: Act, { verified, factors: all, now }: Presence): Lacking {
  const factors = provedHere(all);
  const rule: ActRule = acts[act];
  const wanted = verified ? rule.verified : rule.unverified;
  const fresh = factors.filter((factor) => isFresh(factor, now));
  const isProved = {
    sms: () => fresh.some(({ amr }) => amr === 'sms'),
    any: () => strengthOf(fresh, now) !== undefined,
    same: () => fresh.some((factor) => atLeast(strengthOfFactor(factor, now), wanted)),
  };
  return { strength: atLeast(strengthOf(factors, now), wanted) ? undefined : wanted, fresh: !isProved[rule.lately]() };
}
