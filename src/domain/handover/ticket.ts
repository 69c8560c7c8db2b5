import type { PlainFactor } from '../presence/strength.ts';
import { Refused } from '../refused.ts';

/**
 * What one device began and another finishes (D20): one state machine, whatever it is for. A ticket is shown for a minute,
 * is scanned by one account, which then has three minutes to pick the number that the first device shows, and is used once,
 * by the browser that began it. Pure: stores and clocks are in handovers.ts. Attack classes: docs/adr/0048.
 *
 * ```
 * waiting ─ scan ─▶ scanned ─ right number ─▶ confirmed ─ take ─▶ taken
 *    │                │ ├─ wrong number, deny ─▶ denied
 *    └── time ──▶ expired ◀── time ──┴────────────┘
 * ```
 */
export interface Ticket {
  readonly purpose: HandoverPurpose;
  /** Keyed hash of what only the browser has that began it. */
  readonly browser: string;
  readonly asker: Asker;
  /** Two digits, shown on the first device and nowhere else. */
  readonly number: number;
  /** With two others, in the order of the second device. */
  readonly choices: readonly number[];
  /** Milliseconds: whoever confirms must have signed in since; undefined: any time will do (`prompt=login`, `max_age`). */
  readonly signedInSince: number | undefined;
  /** Milliseconds, as everything below. */
  readonly shownUntil: number;
  readonly state: 'waiting' | 'scanned' | 'confirmed' | 'denied' | 'taken';
  readonly scan: Scan | undefined;
  readonly confirmation: Confirmation | undefined;
}

/** What it is for: who may finish it and what comes of it is decided by whoever began it. */
export type HandoverPurpose = 'sign-in';

/** Who asks, from where, as the second device shows it. */
export interface Asker {
  readonly clientId: string;
  /** The browser in words (`Chrome, Windows`); undefined: unknown. */
  readonly browser: string | undefined;
  readonly place: string;
  /** Milliseconds. */
  readonly since: number;
}

/** Who holds the second device. */
export interface Scanner {
  readonly accountId: string;
  readonly sessionUid: string;
}

interface Scan extends Scanner {
  readonly at: number;
}

/** What the session of the second device had proved, with the times at which it did. */
export interface Confirmation {
  readonly factors: readonly PlainFactor[];
  /** Milliseconds: when that session was signed in. */
  readonly signedInAt: number;
  readonly at: number;
}

export type HandoverState = Ticket['state'] | 'expired';

export const shownSeconds = 60;
export const decideSeconds = 180;
/** For so long after the confirmation its first device may come for it. */
export const takeSeconds = 60;

export function stateOf({ state, shownUntil, scan, confirmation }: Ticket, now: Date): HandoverState {
  const until = {
    waiting: shownUntil,
    scanned: (scan?.at ?? 0) + decideSeconds * 1000,
    confirmed: (confirmation?.at ?? 0) + takeSeconds * 1000,
    denied: Number.POSITIVE_INFINITY,
    taken: Number.POSITIVE_INFINITY,
  }[state];
  return now.getTime() < until ? state : 'expired';
}

/** Milliseconds; when a ticket changes by itself, unless somebody acts before. */
export function endsAt({ state, shownUntil, scan, confirmation }: Ticket): number {
  if (state === 'scanned' && scan) return scan.at + decideSeconds * 1000;
  return confirmation ? confirmation.at + takeSeconds * 1000 : shownUntil;
}

/**
 * The second device says that it is there. Doing it again is doing it once.
 *
 * @throws Refused handover.gone when the time is over, or another account or session was there first
 */
export function scanned(ticket: Ticket, by: Scanner, now: Date): Ticket {
  const state = stateOf(ticket, now);
  if (state === 'waiting') return { ...ticket, state: 'scanned', scan: { ...by, at: now.getTime() } };
  if (state === 'scanned' && isBy(ticket, by)) return ticket;
  throw new Refused('handover.gone');
}

/**
 * Its holder picked a number and said yes. A wrong number ends the ticket: there is no second try.
 *
 * @returns confirmed or, with another number, denied
 * @throws Refused handover.gone when it is not theirs to decide (any more); handover.sign-in when their sign-in is too old
 */
export function decided(ticket: Ticket, by: Scanner, { number, ...proof }: Decision, now: Date): Ticket {
  requireOpen(ticket, by, now);
  if (number !== ticket.number) return { ...ticket, state: 'denied' };
  if (ticket.signedInSince !== undefined && proof.signedInAt < ticket.signedInSince) throw new Refused('handover.sign-in');
  return { ...ticket, state: 'confirmed', confirmation: { ...proof, at: now.getTime() } };
}

/** What was picked, and what the session behind it had proved. */
export interface Decision extends Omit<Confirmation, 'at'> {
  readonly number: number;
}

/** @throws Refused handover.gone */
export function denied(ticket: Ticket, by: Scanner, now: Date): Ticket {
  requireOpen(ticket, by, now);
  return { ...ticket, state: 'denied' };
}

function requireOpen(ticket: Ticket, by: Scanner, now: Date): void {
  if (stateOf(ticket, now) !== 'scanned' || !isBy(ticket, by)) throw new Refused('handover.gone');
}

function isBy({ scan }: Ticket, { accountId, sessionUid }: Scanner): boolean {
  return scan?.accountId === accountId && scan.sessionUid === sessionUid;
}

/** Three numbers of two digits each, no two alike, of which one is the right one. @param random - an integer below the bound */
export function numbersOf(random: (below: number) => number): Pick<Ticket, 'number' | 'choices'> {
  const drawn = new Set<number>();
  while (drawn.size < 3) drawn.add(10 + random(90));
  const choices = [...drawn];
  return { number: choices[random(3)] ?? 0, choices };
}
