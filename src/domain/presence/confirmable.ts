import { secondsAfter } from '../clock.ts';
import { thingOf, type AccountChange, type Old, type Thing } from './change.ts';
import type { Strength } from './strength.ts';

/**
 * What of a frozen account its owner may put back in force, and by what: the carrier gives an old number to a stranger, who
 * gets the notice with its link, and must not be able to keep the owner's own change out of force for good. Whoever confirms
 * has proved what nobody has who found a phone or knows a document number, and holds the mobile besides.
 */
export interface ConfirmationRule {
  /** The least that the sign-in must have proved, by a way in that is not frozen itself. */
  readonly strength: Strength;
  /** The mobile that gets the code: the one that the change had set, or the one that is in force. */
  readonly code: 'new' | 'in-force';
  /** There is one of it: with the change that is confirmed, earlier ones of the same thing can be frozen no more. */
  readonly single: boolean;
  /**
   * For so long after the freezing whoever holds what was there before has the first word, where the change was made by a
   * password: then those who confirm may be those who stole it. Longer than codes to a number can be used up by others.
   */
  readonly contestedSeconds: number;
}

/** In the order in which they are confirmed. */
export const confirmations: Readonly<Record<Thing, ConfirmationRule>> = {
  mobile: { strength: 'password', code: 'new', single: true, contestedSeconds: 7200 },
  email: { strength: 'password', code: 'in-force', single: true, contestedSeconds: 0 },
  username: { strength: 'password', code: 'in-force', single: true, contestedSeconds: 0 },
  // A password vouches for itself as little as the one that it replaced.
  password: { strength: 'passkey', code: 'in-force', single: true, contestedSeconds: 0 },
  passkey: { strength: 'password', code: 'in-force', single: false, contestedSeconds: 0 },
  binding: { strength: 'password', code: 'in-force', single: false, contestedSeconds: 0 },
  totp: { strength: 'password', code: 'in-force', single: true, contestedSeconds: 0 },
  spent: { strength: 'password', code: 'in-force', single: false, contestedSeconds: 0 },
};

/** Frozen changes of one thing, which are confirmed together. */
export interface Confirmable {
  readonly thing: Thing;
  readonly rule: ConfirmationRule;
  readonly changes: readonly AccountChange[];
  /** What comes back, of what has a value. */
  readonly kept: Old;
  /** Not before. */
  readonly from: Date;
}

/**
 * While a mobile is frozen nothing else can be confirmed: the code would go to whoever has the number of before. What is spent
 * comes to an end with the last of the rest.
 *
 * @param frozen - oldest first
 */
export function confirmable(frozen: readonly AccountChange[]): readonly Confirmable[] {
  const groups = (Object.keys(confirmations) as Thing[]).flatMap((thing) => {
    const changes = frozen.filter(({ act }) => thingOf[act] === thing);
    const kept = changes.at(-1)?.kept;
    return kept === undefined ? [] : [{ thing, rule: confirmations[thing], changes, kept, from: fromOf(thing, changes) }];
  });
  const isMobileFrozen = frozen.some(({ act }) => thingOf[act] === 'mobile');
  if (isMobileFrozen) return groups.filter(({ thing }) => thing === 'mobile');
  return frozen.every(({ act }) => thingOf[act] === 'spent') ? groups : groups.filter(({ thing }) => thing !== 'spent');
}

function fromOf(thing: Thing, changes: readonly AccountChange[]): Date {
  const { contestedSeconds } = confirmations[thing];
  const frozenAt = new Date(Math.max(...changes.map((each) => (each.frozenAt ?? each.madeAt).getTime())));
  return changes.some(({ by }) => by === 'password') ? secondsAfter(frozenAt, contestedSeconds) : frozenAt;
}
