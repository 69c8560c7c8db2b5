import type { Clock } from '../clock.ts';
import { noticeWrites, type Channels } from '../notification/notice.ts';
import type { Account } from '../person/account.ts';
import type { PresencePolicy } from '../policy.ts';
import type { SessionStore } from '../protocol-state.ts';
import { Refused } from '../refused.ts';
import type { EndingWrites } from '../ending-writes.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { acts, lacking, type Act } from './acts.ts';
import { newChange, type Old } from './change.ts';
import { provedHere, strengthOf, type SessionFactor, type Strength } from './strength.ts';
import { audited } from '../audit/record.ts';

/**
 * The one way to change a way into an account or what its owner is reached at: by the table (acts.ts), read again at the
 * moment of the commit, so that no page decides it. Each act is one transaction: the change, what ends with it, its audit
 * record, and the notice to the owner on every channel they had and have (PRV-06).
 */
export interface CarryOutDeps {
  readonly sessions: SessionStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly endings: EndingWrites;
  readonly vault: Vault;
  readonly presence: Pick<PresencePolicy, 'undoSeconds'>;
}

/** Whose account, and from where. */
export interface Actor {
  readonly account: Account;
  /** The session that acts, and stays. */
  readonly sessionUid: string;
  readonly requestId: string;
  readonly locale: string;
}

export interface Doing {
  /** @param by - what it is set by: the strongest proof there is. */
  readonly writes: (by: Strength, at: Date) => readonly Write[];
  /** Proved by the form of the act itself: the old password. */
  readonly proved?: readonly SessionFactor[];
  /** What was there before, for whoever takes the change back. */
  readonly old?: Old;
  readonly addedId?: string;
  /** Channels that the owner has only from now on: they cannot take it back. */
  readonly added?: Channels;
}

/**
 * @throws Refused presence.required when the session has not proved what the act wants, change.frozen while another change
 *   is frozen, form.stale when session or account changed in between
 * @throws Conflict as the writes say
 */
export async function carryOut(deps: CarryOutDeps, actor: Actor, act: Act, doing: Doing): Promise<void> {
  const { account, sessionUid, requestId, locale } = actor;
  const at = deps.clock.now();
  const { event, useCase } = acts[act];
  const by = await requiredStrength(deps, actor, act, doing.proved ?? []);
  const notice = { name: event.replace('.', '-'), locale };
  const { old = {}, addedId } = doing;
  const { change, token } = newChange(deps, { accountId: account.id, act, by, old, addedId, madeAt: at });
  const writes: readonly Write[] = [
    { write: 'presence.hold', accountId: account.id, sessionUid, verified: account.personId !== undefined },
    ...doing.writes(by, at),
    { write: 'change.insert', change },
    ...(await deps.endings(event, { accountId: account.id, sessionUid })),
    audited(event, at, { accountId: account.id, requestId }, { method: by }),
    ...noticeWrites(account, { ...notice, undo: token }, at),
    ...(doing.added ? noticeWrites(doing.added, notice, at) : []),
  ];
  try {
    await deps.unitOfWork.commit(useCase, writes);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    if (error.write === 'change.insert') throw new Refused('change.frozen');
    throw error.write === 'presence.hold' ? new Refused('form.stale') : error;
  }
}

/** Enough for the act? @returns the strongest proof there is. @throws Refused presence.required */
async function requiredStrength(
  { sessions, clock }: Pick<CarryOutDeps, 'sessions' | 'clock'>,
  { account, sessionUid }: Pick<Actor, 'account' | 'sessionUid'>,
  act: Act,
  proved: readonly SessionFactor[],
): Promise<Strength> {
  const now = clock.now();
  const factors = provedHere([...(await sessions.factors(sessionUid, now)), ...proved]);
  const { strength, fresh } = lacking(act, { verified: account.personId !== undefined, factors, now });
  const by = strengthOf(factors, now);
  if (strength !== undefined || fresh || by === undefined) throw new Refused('presence.required');
  return by;
}
