/**
 * Mobile numbers of the mainland, the only ones that the manuals register.
 */
import { fold } from '../folding.ts';

/** Why a mobile number is refused; part of a locale key. */
export type MobileReason = 'empty' | 'other-country' | 'characters' | 'length' | 'prefix';

/** `canonical` is the eleven national digits: what is stored, looked up and sent to gateways. */
export type MobileCheck = { ok: true; canonical: string } | { ok: false; reason: MobileReason };

/**
 * Checks a mainland mobile number: `1`, then 3–9, then nine digits. Ranges of carriers are not looked at: they
 * are handed out anew every year, and numbers move between carriers (contracts 3.9).
 *
 * @param text - as typed
 */
export function checkMobile(text: string): MobileCheck {
  const canonical = fold('mobile', text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (/^(?:\+|00)\d+$/.test(canonical)) return { ok: false, reason: 'other-country' };
  if (!/^\d+$/.test(canonical)) return { ok: false, reason: 'characters' };
  if (canonical.length !== 11) return { ok: false, reason: 'length' };
  if (!/^1[3-9]/.test(canonical)) return { ok: false, reason: 'prefix' };
  return { ok: true, canonical };
}

/** Whether a text tells a mobile, with or without something around it: what follows may be digits as well (REG-14). */
export function holdsMobile(text: string): boolean {
  return /1[3-9]\d{9}/.test(text);
}
