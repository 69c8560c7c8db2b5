import type { Clock } from '../clock.ts';
import { Refused } from '../refused.ts';
import type { QuotaRule, QuotaStore } from '../short-lived.ts';
import type { Vault } from '../vault.ts';

/**
 * Limits on guessing. The key of the attacker is locked, never the account: otherwise anybody could
 * lock anybody out. A device that signed in before has a key of its own, so its owner gets through while
 * a stranger guesses. Unknown identifiers are counted exactly like known ones.
 */

const limit = 5;
const windowSeconds = 900;

export interface Attempt {
  /** Normalised identifier as typed. */
  readonly identifier: string;
  readonly address: string;
  /** Of the form, marked when the limit is reached. */
  readonly field: string;
  /** Account id that this browser signed in to before, where its device cookie says so. */
  readonly knownDevice: string | undefined;
  /** Selects a more exact text than that of passwords. */
  readonly reason?: string;
}

export interface ThrottleDeps {
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

/**
 * Counts the attempt before it is made, so that simultaneous ones cannot overrun the limit; `succeed`
 * takes it back.
 *
 * @throws Refused credentials.throttled (429) with Retry-After
 */
export async function countAttempt(deps: ThrottleDeps, attempt: Attempt): Promise<{ succeed: () => Promise<void> }> {
  const rules = attemptRules(deps.vault, attempt);
  const ticket = await take(deps, rules, attempt);
  return { succeed: () => deps.quotas.giveBack(rules, ticket) };
}

/** What is counted whether it succeeds or not: looking for what others hold. */
export interface Search {
  readonly name: 'recover' | 'username';
  /** Whose searches are counted together. */
  readonly by: string;
  readonly limitPerHour: number;
  readonly field: string;
}

/** @throws Refused credentials.throttled (429) with Retry-After */
export async function countSearch(deps: ThrottleDeps, { name, by, limitPerHour, field }: Search): Promise<void> {
  const key = `${name}:${deps.vault.index('quota', by).toString('base64url')}`;
  await take(deps, [{ key, limit: limitPerHour, windowSeconds: 3600 }], { field, reason: name });
}

async function take(
  { quotas, clock }: ThrottleDeps,
  rules: readonly QuotaRule[],
  { field, reason }: Pick<Attempt, 'field' | 'reason'>,
): Promise<string> {
  const taken = await quotas.take(rules, clock.now());
  if (taken.ok) return taken.ticket;
  const minutes = Math.max(1, Math.ceil(taken.retryAfterSeconds / 60));
  throw new Refused('credentials.throttled', field, { minutes, ...(reason ? { reason } : {}) }, taken.retryAfterSeconds);
}

function attemptRules(vault: Vault, { identifier, address, knownDevice }: Attempt): QuotaRule[] {
  const place = knownDevice === undefined ? `address:${address}` : `device:${knownDevice}`;
  const key = vault.index('quota', `${identifier}|${place}`).toString('base64url');
  return [{ key: `password:${key}`, limit, windowSeconds }];
}
