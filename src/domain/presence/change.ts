import { randomBytes, randomUUID } from 'node:crypto';
import { secondsAfter } from '../clock.ts';
import type { PresencePolicy } from '../policy.ts';
import type { Vault } from '../vault.ts';
import type { Act } from './acts.ts';
import { atLeast, type Strength } from './strength.ts';

/**
 * A change of a way in, for as long as its owner may take it back. Whoever is told of it (PRV-06) gets a link that freezes
 * it: what was set signs nobody in and recovers nothing, until the owner has shown to be there.
 */
export interface AccountChange {
  readonly id: string;
  readonly accountId: string;
  readonly act: UndoableAct;
  readonly by: Strength;
  readonly old: Old;
  /** The passkey or binding that was added. */
  readonly addedId: string | undefined;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly frozenAt: Date | undefined;
  /** What it had set, while it is frozen; undefined: it is not, or was frozen by a version that kept nothing. */
  readonly kept: Old | undefined;
  /** When that came to an end: what was there before is back, or the change was confirmed. */
  readonly returnedAt: Date | undefined;
  readonly confirmedAt: Date | undefined;
}

export type UndoableAct = Act | 'password.recover';

/** What stands in an account of the one thing that an act changes; null: nothing. */
export interface Old {
  readonly mobile?: string;
  readonly email?: string | null;
  readonly username?: string | null;
  /** PHC string. */
  readonly password?: string;
}

export interface NewChange extends Omit<AccountChange, 'frozenAt' | 'kept' | 'returnedAt' | 'confirmedAt'> {
  /** Keyed hash of the token in the link. */
  readonly tokenIndex: Buffer;
}

export interface AccountChangeStore {
  byToken(tokenIndex: Buffer): Promise<AccountChange | undefined>;
  /** Those of an account that may be frozen still, or are and were not given back; oldest first. */
  ofAccount(accountId: string, now: Date): Promise<readonly AccountChange[]>;
}

/** Keyed hash of a token: the link opens nothing to whoever reads the database. */
export function tokenIndexOf(vault: Vault, token: string): Buffer {
  return vault.index('account-change', token);
}

/** 128 bits: as long as an SMS can bear. */
const tokenBytes = 16;

/** A change about to be written, and the token for its link, which is kept nowhere. */
export function newChange(
  { vault, presence }: { readonly vault: Vault; readonly presence: Pick<PresencePolicy, 'undoSeconds'> },
  change: Pick<NewChange, 'accountId' | 'act' | 'by' | 'old' | 'addedId' | 'madeAt'>,
): { readonly change: NewChange; readonly token: string } {
  const token = randomBytes(tokenBytes).toString('base64url');
  const expiresAt = secondsAfter(change.madeAt, presence.undoSeconds);
  return { change: { ...change, id: randomUUID(), tokenIndex: tokenIndexOf(vault, token), expiresAt }, token };
}

/** What an act changes. Of what is `spent` freezing takes nothing out of use that could come back. */
export type Thing = keyof Old | 'passkey' | 'binding' | 'totp' | 'spent';

export const thingOf = {
  'mobile.change': 'mobile',
  'email.change': 'email',
  'username.change': 'username',
  'password.change': 'password',
  'password.recover': 'password',
  'passkey.add': 'passkey',
  'passkey.rename': 'spent',
  'passkey.remove': 'spent',
  'binding.add': 'binding',
  'binding.remove': 'spent',
  'totp.set-up': 'totp',
  'totp.remove': 'spent',
  'recovery-codes.make': 'spent',
} as const satisfies Readonly<Record<UndoableAct, Thing>>;

/** Those that have an old value to go back to. */
const valued: ReadonlySet<Thing> = new Set<Thing>(['mobile', 'email', 'username', 'password']);

/** Of what stands in the account now that of the one thing an act changes, so that freezing does not lose it. */
export function keptOf(act: UndoableAct, standing: Required<Omit<Old, 'password'>> & Pick<Old, 'password'>): Old {
  const thing: Thing = thingOf[act];
  switch (thing) {
    case 'mobile':
      return { mobile: standing.mobile };
    case 'email':
      return { email: standing.email };
    case 'username':
      return { username: standing.username };
    case 'password':
      return standing.password === undefined ? {} : { password: standing.password };
    default:
      return {};
  }
}

/** What freezing takes out of use, and puts in its place. */
export interface Taken {
  readonly changes: readonly AccountChange[];
  readonly old: Old;
  readonly password: boolean;
  readonly addedIds: readonly string[];
  readonly totp: boolean;
  readonly recoveryCodes: boolean;
}

/**
 * What freezes with a change: itself; what was made by less than a password since, and for the settling time before, for
 * somebody who came in that way has not made only one; a password of that kind however long ago, and whatever was changed
 * after it, for once it has settled it proves as much as the owner's did; and every later change of the same thing as one of
 * these, or the thief's next one would stay.
 *
 * @param open - changes of the account that are neither frozen nor given back, oldest first
 */
export function takenWith(one: AccountChange, open: readonly AccountChange[], settlingSeconds: number): Taken {
  const since = secondsAfter(one.madeAt, -settlingSeconds);
  const isWeak = ({ by }: AccountChange) => !atLeast(by, 'password');
  const setsPassword = ({ act }: AccountChange) => thingOf[act] === 'password';
  const first = open.filter((each) => each.id === one.id || (isWeak(each) && (each.madeAt >= since || setsPassword(each))));
  const weakPassword = first.find((each) => isWeak(each) && setsPassword(each));
  const isBehindIt = ({ madeAt }: AccountChange) => weakPassword !== undefined && madeAt > weakPassword.madeAt;
  const isLater = ({ act, madeAt }: AccountChange) =>
    valued.has(thingOf[act]) && first.some((each) => thingOf[each.act] === thingOf[act] && each.madeAt <= madeAt);
  const changes = open.filter((each) => first.includes(each) || isBehindIt(each) || isLater(each));
  const acts = new Set(changes.map(({ act }) => act));
  return {
    changes,
    // Of several changes of one thing, the oldest knows what was there before all of them.
    old: changes.toReversed().reduce<Old>((old, each) => ({ ...old, ...each.old }), {}),
    password: acts.has('password.change') || acts.has('password.recover'),
    addedIds: changes.flatMap(({ addedId }) => addedId ?? []),
    totp: acts.has('totp.set-up'),
    recoveryCodes: acts.has('totp.set-up') || acts.has('recovery-codes.make'),
  };
}
