/**
 * Bank card numbers for the four-element check. Whether a card is a debit card, whose it is and of which bank is
 * the identity source's answer: tables of issuer prefixes are never complete, and a wrong "credit card" would
 * lock people out.
 */
import { fold } from '../folding.ts';

/** Why a card number is refused; part of a locale key. */
export type BankCardReason = 'empty' | 'characters' | 'length';

/**
 * `canonical` goes to the source and is never stored; `lastFour` is what may be kept and shown.
 *
 * `warning: 'check-digit'` means that the Luhn digit (ISO/IEC 7812-1, annex B) does not fit. It is no refusal:
 * some older domestic cards were issued without a valid one. A page asks to compare the number once more and
 * lets the same number through the second time; the source decides.
 */
export type BankCardCheck =
  | { ok: true; canonical: string; lastFour: string; warning?: 'check-digit' }
  | { ok: false; reason: BankCardReason };

/**
 * Checks the form of a card number: 13 to 19 digits once spaces, dashes and full-width digits are folded.
 *
 * @param text - as typed or read from a card
 */
export function checkBankCardNumber(text: string): BankCardCheck {
  const canonical = fold('bank-card', text);
  if (canonical === '') return { ok: false, reason: 'empty' };
  if (!/^\d+$/.test(canonical)) return { ok: false, reason: 'characters' };
  if (canonical.length < 13 || canonical.length > 19) return { ok: false, reason: 'length' };
  const card = { ok: true, canonical, lastFour: canonical.slice(-4) } as const;
  return luhnSum(canonical) % 10 === 0 ? card : { ...card, warning: 'check-digit' };
}

/**
 * The digit that makes a card number pass the Luhn test, for made-up cards.
 *
 * @param body - all digits but the last
 */
export function bankCardCheckDigit(body: string): string {
  return String((10 - (luhnSum(`${body}0`) % 10)) % 10);
}

/** Every second digit from the right is doubled; a doubled digit above 9 counts as the sum of its two digits. */
function luhnSum(digits: string): number {
  let sum = 0;
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum;
}
