/**
 * Mobile numbers of the mainland, the only ones that the manuals register.
 */
import { compactIdentifier } from './half-width.ts';

/** Why a mobile number is refused; part of a locale key. */
export type MobileReason = 'empty' | 'other-country' | 'characters' | 'length' | 'prefix';

/** `canonical` is the eleven national digits: what is stored, looked up and sent to gateways. */
export type MobileCheck = { ok: true; canonical: string } | { ok: false; reason: MobileReason };

/**
 * Eleven national digits where the text holds them: full-width digits, spaces, dashes and brackets are folded
 * and the country code of China is removed (`+86`, `0086`, or a bare `86` in front of a complete number).
 * Anything else comes back compacted, for `checkMobile` to refuse.
 *
 * @param text - as typed
 */
export function normaliseMobile(text: string): string {
  return compactIdentifier(text)
    .replace(/^(?:\+86|0086)+/, '')
    .replace(/^86(?=1[3-9]\d{9}$)/, '');
}

/**
 * Checks a mainland mobile number: `1`, then 3–9, then nine digits. Ranges of carriers are not looked at: they
 * are handed out anew every year, and numbers move between carriers (contracts 3.9).
 *
 * @param text - as typed
 */
export function checkMobile(text: string): MobileCheck {
  const canonical = normaliseMobile(text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (/^(?:\+|00)\d+$/.test(canonical)) return { ok: false, reason: 'other-country' };
  if (!/^\d+$/.test(canonical)) return { ok: false, reason: 'characters' };
  if (canonical.length !== 11) return { ok: false, reason: 'length' };
  if (!/^1[3-9]/.test(canonical)) return { ok: false, reason: 'prefix' };
  return { ok: true, canonical };
}
