import { randomUUID } from 'node:crypto';
import type { Account, Person } from '../person/account.ts';
import { secondsAfter, type Clock } from '../clock.ts';
import { checkBankCardNumber } from '../person/bank-card-number.ts';
import { checkMobile } from '../person/mobile.ts';
import type { BankCardPolicy } from '../policy.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { OnceStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';
import type { BankCardAnswer, BankCardSource } from './identity-source.ts';
import { askCounted, askersOf } from './inquiry.ts';
import { recordEvidence, requireMatch, type Applicant, type ProofDeps } from './proof.ts';

/**
 * Bank card, four elements: name, document, card number, mobile reserved at the bank (RN-21 to RN-29). The
 * card number is sent to the bank's source and never stored. All four are data that others may know too, so the
 * reserved mobile must be in the hand of whoever types it (docs/adr/0028).
 */

/** How somebody shows that the reserved mobile is in their hand. */
export interface MobilePossession {
  /** A mobile that a code in this session proved lately; undefined: none. */
  readonly proven: string | undefined;
  /** Redeems the code that was sent to the reserved mobile. @throws Refused otp.wrong, otp.expired */
  readonly redeem: () => Promise<void>;
}

export interface BankCardForm {
  readonly bankCard: string;
  readonly reservedMobile: string;
  readonly agreement: boolean;
}

/** What was typed, in canonical form. */
export interface CheckedCard {
  readonly bankCard: string;
  readonly reservedMobile: string;
  /** The check digit does not fit. */
  readonly doubtful: boolean;
}

/**
 * Everything that can be judged without asking the bank, all problems at once.
 *
 * @throws FormRefused
 */
export function checkBankCard(form: BankCardForm, account: Pick<Account, 'mobile'>, policy: BankCardPolicy): CheckedCard {
  const problems: Refused[] = [];
  const card = checkBankCardNumber(form.bankCard);
  if (!card.ok) problems.push(new Refused('bank-card.invalid', 'bankCard', { reason: card.reason }));
  const mobile = checkMobile(form.reservedMobile);
  if (!mobile.ok) problems.push(new Refused('mobile.invalid', 'reservedMobile', { reason: mobile.reason }));
  else if (!takesMobile(policy, mobile.canonical, account)) problems.push(mobileDiffers());
  if (policy.agreement && !form.agreement) problems.push(new Refused('agreement.required', 'agreement'));
  if (problems.length > 0 || !card.ok || !mobile.ok) throw new FormRefused(problems);
  return { bankCard: card.canonical, reservedMobile: mobile.canonical, doubtful: card.warning !== undefined };
}

/** Whether the city takes this reserved mobile: any, or only that of the account (RN-25). */
export function takesMobile(policy: BankCardPolicy, mobile: string, account: Pick<Account, 'mobile'>): boolean {
  return !policy.mobileMustMatchAccount || mobile === account.mobile;
}

/** What the reserved mobile is refused with where it must be that of the account. */
export function mobileDiffers(): Refused {
  return new Refused('bank-card.mobile-differs', 'reservedMobile');
}

const doubtSeconds = 3600;

/**
 * A number whose check digit does not fit is most likely mistyped, and the bank's answer would cost one of the tries
 * of a day; some older cards are like that. The same number is let through the second time.
 *
 * @throws Refused bank-card.invalid the first time
 */
export async function lookAgain(
  { once, vault, clock }: { readonly once: OnceStore; readonly vault: Vault; readonly clock: Clock },
  accountId: string,
  { bankCard, doubtful }: CheckedCard,
): Promise<void> {
  if (!doubtful) return;
  const [key, seen] = [`doubtful-card:${accountId}`, vault.index('bank-card', bankCard).toString('base64url')];
  const now = clock.now();
  if ((await once.get(key, now)) === seen) return;
  await once.put(key, seen, secondsAfter(now, doubtSeconds));
  throw new Refused('bank-card.invalid', 'bankCard', { reason: 'check-digit' });
}

/**
 * Asks the bank's source and, on a match with a card the profile accepts, writes the evidence `bank-card`. The bank
 * is paid for its answer and told nothing before the mobile was proven.
 *
 * @throws Refused otp.wrong, otp.expired, bank-card.not-debit, bank-card.class, or as the source's outcome says
 */
export async function verifyBankCard(
  deps: ProofDeps & { readonly bankCardSource: BankCardSource },
  applicant: Applicant & { personId: string },
  person: Person,
  { card: { bankCard, reservedMobile }, possession }: { card: CheckedCard; possession: MobilePossession },
  policy: BankCardPolicy,
): Promise<void> {
  if (possession.proven !== reservedMobile) await possession.redeem();
  const elements = {
    name: person.name,
    documentType: person.document.type,
    documentNumber: person.document.number,
    bankCard,
    reservedMobile,
  };
  // The bank compares the mobile that is in their hand: no guess of a stranger's can fit.
  const inquiry = {
    askers: askersOf(applicant.accountId, applicant.mobile, reservedMobile),
    guessed: undefined,
    reason: 'bank-card',
  } as const;
  const answer = await askCounted(deps, inquiry, () => deps.bankCardSource.check(elements, randomUUID()));
  const source = deps.bankCardSource.name;
  await requireMatch(deps, applicant, {
    kind: 'bank-card',
    source,
    answer: accepted(answer, policy),
    params: { reason: 'bank-card' },
  });
  const refusal = unacceptable(answer, policy);
  if (refusal) throw refusal;
  await recordEvidence(deps, applicant, {
    kind: 'bank-card',
    source,
    reference: answer.reference,
    expiresAt: undefined,
  });
}

/** A class the source cannot tell is not class I: where the profile insists, the source must say so (RN-23). */
function unacceptable(answer: BankCardAnswer, policy: BankCardPolicy): Refused | undefined {
  if (policy.debitOnly && answer.cardKind === 'credit') return new Refused('bank-card.not-debit', 'bankCard');
  if (policy.classIOnly && answer.accountClass !== 'I') return new Refused('bank-card.class', 'bankCard');
  return undefined;
}

/** The kind of card is told even when the elements differ, because it is the first thing to mend (RN-22). */
function accepted(answer: BankCardAnswer, policy: BankCardPolicy): BankCardAnswer {
  if (answer.outcome === 'match') return answer;
  const refusal = unacceptable({ ...answer, accountClass: 'I' }, policy);
  if (refusal) throw refusal;
  return answer;
}
