import { fold } from '../folding.ts';

/** Where somebody lives, as they say it: checked by nobody, used to write to them (REG-25). */

export interface ContactAddressPolicy {
  readonly minLength: number;
  readonly maxLength: number;
}

/** Why an address is refused; part of a locale key. */
export type ContactAddressReason = 'characters' | 'min-length' | 'max-length';

export type ContactAddressCheck = { ok: true; canonical: string } | { ok: false; reason: ContactAddressReason };

const allowed = /^[\p{Unified_Ideograph}\u3007A-Za-z0-9.\- ]*$/u;

/**
 * The address with one form for what looks alike: half-width letters and digits, `-` for every dash, single spaces.
 *
 * @param text - as typed
 * @param policy - lengths in characters; a Han character counts one
 */
export function checkContactAddress(text: string, policy: ContactAddressPolicy): ContactAddressCheck {
  const canonical = fold('address', text);
  const length = [...canonical].length;
  if (!allowed.test(canonical)) return { ok: false, reason: 'characters' };
  if (length < policy.minLength) return { ok: false, reason: 'min-length' };
  return length > policy.maxLength ? { ok: false, reason: 'max-length' } : { ok: true, canonical };
}
