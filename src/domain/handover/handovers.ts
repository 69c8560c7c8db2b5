import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Announcements } from '../announcements.ts';
import { secondsAfter, type Clock } from '../clock.ts';
import { Refused } from '../refused.ts';
import type { DraftStore, QuotaRule, QuotaStore } from '../short-lived.ts';
import type { SessionStore } from '../protocol-state.ts';
import type { Vault } from '../vault.ts';
import { decideSeconds, numbersOf, shownSeconds, stateOf, takeSeconds, type Confirmation, type Ticket } from './ticket.ts';

/** Tickets in a store: sealed, found by a hash of their id, and changed by compare-and-set, so that every act is done once. */
export interface HandoverDeps {
  readonly drafts: DraftStore;
  readonly announcements: Announcements;
  readonly vault: Pick<Vault, 'index' | 'sealFor' | 'openFor'>;
  readonly quotas: QuotaStore;
  readonly clock: Clock;
}

/** A ticket that is begun. */
export interface Order extends Pick<Ticket, 'purpose' | 'asker' | 'signedInSince'> {
  /** Secret of the browser that begins, bound to what it is at. */
  readonly browser: string;
  /** Whose tickets are counted together; undefined: nobody's (load tests of the sandbox). */
  readonly countedFor: string | undefined;
}

/** A ticket and what it is found by. */
export interface Found {
  /** 128 bits; whoever has it may scan. */
  readonly id: string;
  readonly ticket: Ticket;
}

/** Nobody farms tickets to relay them (docs/adr/0048). */
const perMinute = 5;

const shape = /^[\w-]{22}$/;
const purpose = 'handover';

/** @throws Refused handover.too-many */
export async function begin(deps: HandoverDeps, { browser, countedFor, ...order }: Order): Promise<Found> {
  const { clock, quotas } = deps;
  const now = clock.now();
  const rules: readonly QuotaRule[] =
    countedFor === undefined ? [] : [{ key: `handover:${countedFor}`, limit: perMinute, windowSeconds: 60 }];
  const taken = rules.length === 0 ? ({ ok: true } as const) : await quotas.take(rules, now);
  if (!taken.ok) throw new Refused('handover.too-many', undefined, { seconds: taken.retryAfterSeconds }, taken.retryAfterSeconds);
  const id = randomBytes(16).toString('base64url');
  const ticket: Ticket = {
    ...order,
    ...numbersOf(randomInt),
    browser: browserMark(deps, browser),
    shownUntil: secondsAfter(now, shownSeconds).getTime(),
    state: 'waiting',
    scan: undefined,
    confirmation: undefined,
  };
  if (!(await put(deps, id, 0, ticket))) throw new Error('an id of 128 bits was drawn twice');
  return { id, ticket };
}

/** @returns undefined: there is none, or it is long over */
export async function read(deps: Pick<HandoverDeps, 'drafts' | 'vault' | 'clock'>, id: string): Promise<Ticket | undefined> {
  return (await row(deps, id))?.ticket;
}

const tries = 5;

/**
 * One step of a ticket, decided on what is stored by now.
 *
 * @param step - pure, of ticket.ts
 * @returns before and after
 * @throws Refused handover.gone, and what the step throws
 */
export async function change(
  deps: HandoverDeps,
  id: string,
  step: (ticket: Ticket, now: Date) => Ticket,
): Promise<{ readonly before: Ticket; readonly after: Ticket }> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const found = await row(deps, id);
    if (!found) throw new Refused('handover.gone');
    const { ticket: before, revision } = found;
    const after = step(before, deps.clock.now());
    if (after === before) return { before, after };
    if (await put(deps, id, revision, after)) {
      await deps.announcements.announce(topicOf(id));
      return { before, after };
    }
  }
  throw new Refused('service.busy', undefined, {}, 1);
}

/** What a ticket is taken with. */
export interface TakeDeps extends HandoverDeps {
  readonly sessions: Pick<SessionStore, 'ofAccount'>;
}

/**
 * The browser that began comes for what was confirmed; to exactly one of those who ask at once. A session that has ended
 * since it confirmed vouches for nobody any more: its owner may have ended it for that.
 *
 * @returns undefined: not confirmed, not this browser's, of a session that has ended, or taken already
 */
export async function take(
  deps: TakeDeps,
  id: string,
  browser: string,
): Promise<(Confirmation & { readonly accountId: string }) | undefined> {
  const found = await row(deps, id);
  if (!found || !isOf(deps, found.ticket, browser) || stateOf(found.ticket, deps.clock.now()) !== 'confirmed') return undefined;
  const { scan, confirmation } = found.ticket;
  if (!scan || !confirmation) return undefined;
  const live = await deps.sessions.ofAccount(scan.accountId, deps.clock.now());
  if (!live.some(({ uid }) => uid === scan.sessionUid)) return undefined;
  const isTaken = await put(deps, id, found.revision, { ...found.ticket, state: 'taken' });
  return isTaken ? { ...confirmation, accountId: scan.accountId } : undefined;
}

/** Whether a ticket was begun by this browser. */
export function isOf({ vault }: Pick<HandoverDeps, 'vault'>, ticket: Ticket, browser: string): boolean {
  return ticket.browser === browserMark({ vault }, browser);
}

/** What is announced when a ticket changes: not its id, which opens it. */
export function topicOf(id: string): string {
  return `handover:${nameOf(id)}`;
}

function browserMark({ vault }: Pick<HandoverDeps, 'vault'>, browser: string): string {
  return vault.index('handover', browser).toString('base64url');
}

/** Stores keep no id that opens something. */
function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

async function row(
  { drafts, vault, clock }: Pick<HandoverDeps, 'drafts' | 'vault' | 'clock'>,
  id: string,
): Promise<{ readonly ticket: Ticket; readonly revision: number } | undefined> {
  if (!shape.test(id)) return undefined;
  const stored = await drafts.get(topicOf(id), clock.now());
  return stored && { ticket: JSON.parse(vault.openFor(purpose, stored.sealed)) as Ticket, revision: stored.revision };
}

/** Kept a little longer than it is of use, so that whoever comes late is told what became of it. */
const lateSeconds = 300;

async function put({ drafts, vault, clock }: HandoverDeps, id: string, revision: number, ticket: Ticket): Promise<boolean> {
  const now = clock.now();
  const keepSeconds = Math.max(shownSeconds, decideSeconds, takeSeconds) + lateSeconds;
  return drafts.put(topicOf(id), revision, vault.sealFor(purpose, JSON.stringify(ticket)), secondsAfter(now, keepSeconds), now);
}
