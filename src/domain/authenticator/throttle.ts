import type { Clock } from '../clock.ts';
import type { AccountHeader, Identifier } from '../person/account.ts';
import type { DocumentType } from '../person/document-number.ts';
import { usernameKey } from '../person/username.ts';
import { Refused, type RefusalParams } from '../refused.ts';
import type { QuotaRule, QuotaStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';

/**
 * Limits on guessing (docs/adr/0031). What is counted is one account, whatever was typed to name it, and never locked:
 * strangers share budgets, per address and over all addresses, and every browser that signed in to the account before has
 * one of its own, so its owner gets through while strangers guess. Unknown identifiers are counted exactly like known ones.
 */

/** What is guessed at. */
export type Guess = 'password' | 'second-factor' | 'recovery' | 'document';

interface Window {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Wrong tries of one account that are taken. */
interface Budget {
  /** Of strangers at one address. */
  readonly address: readonly Window[];
  /** Of all strangers together: who comes from everywhere waits ever longer. */
  readonly strangers: readonly Window[];
  /** Of one browser that signed in to the account before. */
  readonly device: readonly Window[];
  /** Of all such browsers together. */
  readonly devices: readonly Window[];
}

const quarter = 900;
const day = 86_400;
const aQuarter = (limit: number): Window => ({ limit, windowSeconds: quarter });
const aDay = (limit: number): Window => ({ limit, windowSeconds: day });

/** No more than a hundred wrong tries in a row (SP 800-63B-4, 3.2.2), here of a day. */
const budgets: Readonly<Record<Guess, Budget>> = {
  password: { address: [aQuarter(5)], strangers: [aQuarter(20), aDay(100)], device: [aQuarter(5), aDay(30)], devices: [aDay(100)] },
  // Six digits, guessed by somebody who has the first factor already and may have many addresses.
  'second-factor': { address: [], strangers: [aQuarter(5), aDay(30)], device: [aQuarter(5)], devices: [aDay(30)] },
  // Of the code, which nobody has who does not hold the mobile: all strangers together are limited where codes are sent.
  recovery: { address: [aQuarter(5)], strangers: [], device: [aQuarter(5)], devices: [] },
  // Behind a code that was right: somebody holds the mobile, and may not be its owner.
  document: { address: [], strangers: [aDay(5)], device: [aDay(5)], devices: [aDay(10)] },
};

const none = { address: [], device: [], devices: [] };

/** Besides, of one document number: by whoever has the mobile of one account, and of all. */
const perDocument = {
  account: { ...none, strangers: [aDay(3)] },
  all: { ...none, strangers: [aDay(10)] },
} as const satisfies Readonly<Record<string, Budget>>;

/** More exact texts than that about passwords. */
const reasons: Readonly<Partial<Record<Guess, string>>> = {
  'second-factor': 'second-factor',
  recovery: 'recover',
  document: 'recover',
};

export interface Attempt {
  readonly guess: Guess;
  /** `subjectOf` what was typed. */
  readonly subject: string;
  /** Undefined: there is none, or the caller must not know of it. */
  readonly accountId: string | undefined;
  readonly address: string;
  /** Id of this browser, where it signed in to the account before (src/http/devices.ts). */
  readonly device: string | undefined;
  /** Of the form, marked when the limit is reached. */
  readonly field: string;
  /** Of a text about this place; else that about the guess. */
  readonly reason?: string;
}

/** An attempt that was stopped before anything was compared. */
export interface Stopped {
  readonly guess: Guess;
  readonly accountId: string | undefined;
  /** Of the browser, as it is. */
  readonly address: string;
}

export interface ThrottleDeps {
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Told of every attempt at a guess that the limits stop (audit/stopped-attempts.ts). */
  readonly stopped: (attempt: Stopped) => void;
}

/** For what is counted whether it succeeds or not. */
type CountDeps = Pick<ThrottleDeps, 'quotas' | 'vault' | 'clock'>;

/** Whose budget an attempt is taken from: the account's, else that of the first thing the text may be, else the text's. */
export function subjectOf(account: Pick<AccountHeader, 'id'> | undefined, candidates: readonly Identifier[], typed = ''): string {
  if (account) return `account:${account.id}`;
  const [first] = candidates;
  // One key for all spellings of an identifier (CVE-2025-24806).
  return first ? `${first.kind}:${first.value}` : `text:${usernameKey(typed)}`;
}

/**
 * Counts the attempt before it is made, so that simultaneous ones cannot overrun the limit; `succeed`
 * takes it back.
 *
 * @throws Refused credentials.throttled (429) with Retry-After
 */
export async function countAttempt(deps: ThrottleDeps, attempt: Attempt): Promise<Counted> {
  return count(deps, attempt, rulesOf(deps.vault, attempt, budgets[attempt.guess]));
}

export interface Counted {
  readonly succeed: () => Promise<void>;
}

async function count(deps: ThrottleDeps, attempt: Omit<Attempt, 'subject'>, rules: readonly QuotaRule[]): Promise<Counted> {
  const reason = attempt.reason ?? reasons[attempt.guess];
  const ticket = await take(deps, rules, {
    field: attempt.field,
    ...(reason ? { reason } : {}),
    refused: () => deps.stopped({ guess: attempt.guess, accountId: attempt.accountId, address: attempt.address }),
  });
  return { succeed: () => deps.quotas.giveBack(rules, ticket) };
}

function rulesOf(vault: Vault, { guess, subject, address, device }: Attempt, budget: Budget): QuotaRule[] {
  const rules = (windows: readonly Window[], whose: string): QuotaRule[] => {
    const key = `${guess}:${vault.index('quota', `${subject}|${whose}`).toString('base64url')}`;
    return windows.map((window) => ({ key, ...window }));
  };
  return device === undefined
    ? [...rules(budget.address, `address:${address}`), ...rules(budget.strangers, 'strangers')]
    : [...rules(budget.device, `device:${device}`), ...rules(budget.devices, 'devices')];
}

/** A guess at the document number of an account. */
export interface DocumentGuess {
  /** The account, or what stands for one that is not there. */
  readonly accountKey: string;
  readonly type: DocumentType;
  /** Of the number as typed; undefined: no document of this type has it. */
  readonly key: string | undefined;
}

/**
 * Counts such a guess for the account, and of strangers for the document over all accounts too: who holds many mobiles does
 * not find out whose one is, and who holds one keeps nobody from their recovery. All at once or not at all, so that an account that has no tries
 * left uses up none of a document's. A browser that an account knows says nothing of other accounts.
 *
 * @throws Refused credentials.throttled (429) with Retry-After
 */
export async function countDocument(
  deps: ThrottleDeps,
  { accountKey, type, key }: DocumentGuess,
  attempt: Omit<Attempt, 'guess' | 'subject'>,
): Promise<Counted> {
  const guess = { ...attempt, guess: 'document' } as const;
  const rules = (subject: string, budget: Budget) => rulesOf(deps.vault, { ...guess, subject }, budget);
  const document = key === undefined ? undefined : `document:${type}:${key}`;
  return count(deps, guess, [
    ...rules(`recover:${accountKey}`, budgets.document),
    ...(document === undefined ? [] : rules(`recover:${accountKey}|${document}`, perDocument.account)),
    ...(document === undefined ? [] : rules(document, perDocument.all)),
  ]);
}

/** What is counted whether it succeeds or not: looking for what others hold. */
export interface Search {
  readonly name: 'recover' | 'username' | 'undo';
  /** Whose searches are counted together. */
  readonly by: string;
  readonly limitPerHour: number;
  /** Of the form; undefined: there is none. */
  readonly field: string | undefined;
}

/** @throws Refused credentials.throttled (429) with Retry-After */
export async function countSearch(deps: CountDeps, { name, by, limitPerHour, field }: Search): Promise<void> {
  const key = `${name}:${deps.vault.index('quota', by).toString('base64url')}`;
  await take(deps, [{ key, limit: limitPerHour, windowSeconds: 3600 }], { field, reason: name, refused: () => undefined });
}

async function take(
  { quotas, clock }: CountDeps,
  rules: readonly QuotaRule[],
  { field, reason, refused }: { readonly field: string | undefined; readonly reason?: string; readonly refused: () => void },
): Promise<string> {
  const taken = await quotas.take(rules, clock.now());
  if (taken.ok) return taken.ticket;
  refused();
  throw new Refused(
    'credentials.throttled',
    field,
    { ...(reason ? { reason } : {}), ...waitOf(taken.retryAfterSeconds) },
    taken.retryAfterSeconds,
  );
}

/** From here on a wait is told in hours. */
const longSeconds = 2 * 3600;

function waitOf(seconds: number): RefusalParams {
  return seconds > longSeconds ? { reason: 'long', hours: Math.ceil(seconds / 3600) } : { minutes: Math.max(1, Math.ceil(seconds / 60)) };
}
