import type { Clock } from '../clock.ts';
import type { AccountStore, IdentityDocument, PersonStore } from '../person/account.ts';
import type { ActivationStore } from '../person/activation-store.ts';
import { Refused } from '../refused.ts';
import type { QuotaRule, QuotaStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';
import type { SourceAnswer, SourceOutcome } from './identity-source.ts';

/**
 * Limits on asking an authority about people (docs/adr/0042). Nobody guesses other people's data through us, with however
 * many accounts; and nobody keeps the holder of a document out by guessing wrong about it.
 */

export type DocumentOf = Pick<IdentityDocument, 'type' | 'key'>;

/** By what somebody is counted, never what they may choose freely: an account, or a mobile whose code they read. */
export type Asker = { readonly account: string } | { readonly mobile: string };

/** @param mobile - proven by a code */
export function askersOf(account: string | undefined, ...mobiles: readonly (string | undefined)[]): readonly Asker[] {
  const proven = [...new Set(mobiles)].flatMap((mobile) => (mobile === undefined ? [] : [{ mobile }]));
  return [...(account === undefined ? [] : [{ account }]), ...proven];
}

/** Who asks an authority, and whether it might be a guess. */
export interface Inquiry {
  /** Each is counted for itself: whoever comes by another account with the same mobile is the same. */
  readonly askers: readonly Asker[];
  /**
   * The document that somebody may be guessing about. Undefined where they showed to have what only its holder has: the
   * account it verified, the mobile on record of it, or the one reserved at the bank, which the bank compares.
   */
  readonly guessed: DocumentOf | undefined;
  /** Of a text about this place. */
  readonly reason?: 'bank-card' | 'guardian';
}

/** Wrong answers of a day. */
const inquiryLimits = {
  /** Of one asker, about whomever. */
  asker: 10,
  /** Of one asker about one document: nobody alone comes near the next limit. */
  'asker-and-document': 3,
  /** About one document, of all who showed nothing but data. */
  document: 10,
} as const;

interface InquiryRule extends QuotaRule {
  readonly of: keyof typeof inquiryLimits;
}

const day = 86_400;

/** What an inquiry is counted by; taken all at once or not at all. Keys hold nothing personal. */
function inquiryRules(vault: Pick<Vault, 'index'>, { askers, guessed }: Inquiry): readonly InquiryRule[] {
  const rule = (of: InquiryRule['of'], whose: string): InquiryRule => ({
    of,
    key: `proofing:${vault.index('quota', `${of}|${whose}`).toString('base64url')}`,
    limit: inquiryLimits[of],
    windowSeconds: day,
  });
  const names = askers.map((asker) => ('account' in asker ? `account:${asker.account}` : `mobile:${asker.mobile}`));
  const document = guessed && `${guessed.type}:${guessed.key}`;
  return [
    ...names.map((name) => rule('asker', name)),
    ...(document === undefined
      ? []
      : [...names.map((name) => rule('asker-and-document', `${name}|${document}`)), rule('document', document)]),
  ];
}

export interface InquiryDeps {
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** What a guess would be told. */
const tells = new Set<SourceOutcome>(['mismatch', 'no-record', 'invalid', 'refused']);

/**
 * Asks an authority, as one of the tries of a day. What was no wrong guess is given back: who came while the
 * authority was away is not shut out when it is there again.
 *
 * @throws Refused identity.too-many
 */
export async function askCounted<Answer extends SourceAnswer>(
  { quotas, vault, clock }: InquiryDeps,
  inquiry: Inquiry,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const rules = inquiryRules(vault, inquiry);
  const taken = await quotas.take(rules, clock.now());
  if (!taken.ok) {
    const reason = inquiry.reason ?? (rules[taken.rule]?.of === 'document' ? 'document' : undefined);
    throw new Refused('identity.too-many', undefined, { ...(reason && { reason }) }, taken.retryAfterSeconds);
  }
  const answer = await ask();
  if (!tells.has(answer.outcome)) await quotas.giveBack(rules, taken.ticket);
  return answer;
}

export interface OnRecordDeps {
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly activations: ActivationStore;
}

/**
 * The document as something to guess about: undefined for whoever proved the mobile that we have on record of its holder.
 * An account is looked for by the mobile, so that the time it takes says nothing of the document.
 *
 * @param mobile - proven by a code; undefined: none is
 */
export async function guessedBy(
  deps: OnRecordDeps,
  { type, key }: DocumentOf,
  mobile: string | undefined,
): Promise<DocumentOf | undefined> {
  if (mobile === undefined) return { type, key };
  const [account, activation] = await Promise.all([deps.accounts.byIdentifier('mobile', mobile), deps.activations.byDocument(type, key)]);
  const person = account?.mobileProven && account.personId !== undefined ? await deps.persons.byId(account.personId) : undefined;
  const holds = activation?.mobile === mobile || (person?.document.type === type && person.document.key === key);
  return holds ? undefined : { type, key };
}
