import { audited, auditedRefusal, type TriedFrom } from '../audit/record.ts';
import { noticeWrites } from '../notification/notice.ts';
import type { AccountStore } from '../person/account.ts';
import { toPlain } from '../presence/strength.ts';
import type { SessionStore } from '../protocol-state.ts';
import { Refused } from '../refused.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { change, read, type HandoverDeps } from './handovers.ts';
import { decided, denied, scanned, stateOf, type HandoverState, type Scanner, type Ticket } from './ticket.ts';

/** What the second device does: the same acts for the page on a phone and for the city's own app. */
export interface SecondDeviceDeps extends HandoverDeps {
  readonly accounts: Pick<AccountStore, 'byId'>;
  readonly sessions: Pick<SessionStore, 'factors'>;
  readonly unitOfWork: UnitOfWork;
  readonly vault: Vault;
}

/** Who holds the second device, signed in there, and from where. */
export interface Holder extends Scanner {
  /** When that session was signed in. */
  readonly signedInAt: Date;
  /** Network address. */
  readonly address: string;
  readonly requestId: string;
  readonly locale: string;
}

/** @returns undefined: no such ticket, or one that is long over */
export async function look(
  deps: HandoverDeps,
  id: string,
): Promise<{ readonly ticket: Ticket; readonly state: HandoverState } | undefined> {
  const ticket = await read(deps, id);
  return ticket && { ticket, state: stateOf(ticket, deps.clock.now()) };
}

/** Was the sign-in of this device late enough for what is asked? */
export function isFreshEnough({ signedInSince }: Ticket, { signedInAt }: Pick<Holder, 'signedInAt'>): boolean {
  return signedInSince === undefined || signedInAt.getTime() >= signedInSince;
}

/**
 * The ticket is this device's from here on.
 *
 * @throws Refused handover.gone; handover.sign-in when its holder has to sign in again first, which changes nothing
 */
export async function scan(deps: SecondDeviceDeps, id: string, holder: Holder): Promise<Ticket> {
  const { after } = await change(deps, id, (ticket, now) => {
    const next = scanned(ticket, scannerOf(holder), now);
    if (!isFreshEnough(ticket, holder)) throw new Refused('handover.sign-in');
    return next;
  });
  return after;
}

/**
 * Confirms with the number that the first device shows. A wrong one ends it, and its owner hears of it: somebody may have
 * sent them a code of theirs.
 *
 * @throws Refused handover.gone, handover.number, handover.sign-in
 */
export async function confirm(deps: SecondDeviceDeps, id: string, holder: Holder, number: number): Promise<Ticket> {
  const factors = (await deps.sessions.factors(holder.sessionUid, deps.clock.now())).map(toPlain);
  const decision = { number, factors, signedInAt: holder.signedInAt.getTime() };
  const { after } = await change(deps, id, (ticket, now) => decided(ticket, scannerOf(holder), decision, now));
  const at = deps.clock.now();
  if (after.state === 'confirmed') {
    await deps.unitOfWork.commit('handover-confirmed', [
      audited('handover.confirmed', at, originOf(after, holder), { purpose: after.purpose }),
    ]);
    return after;
  }
  const account = await deps.accounts.byId(holder.accountId);
  await deps.unitOfWork.commit('handover-refused', [
    auditedRefusal(deps.vault, 'handover.refused', {
      at,
      origin: { ...originOf(after, holder), address: holder.address },
      details: { purpose: after.purpose, reason: 'number' },
    }),
    ...(account
      ? noticeWrites(account, { name: 'handover-refused', locale: holder.locale, params: { place: after.asker.place } }, at)
      : []),
  ]);
  throw new Refused('handover.number');
}

/** @throws Refused handover.gone */
export async function deny(deps: SecondDeviceDeps, id: string, holder: Holder): Promise<Ticket> {
  const { after } = await change(deps, id, (ticket, now) => denied(ticket, scannerOf(holder), now));
  await deps.unitOfWork.commit('handover-denied', [
    audited('handover.denied', deps.clock.now(), originOf(after, holder), { purpose: after.purpose }),
  ]);
  return after;
}

function scannerOf({ accountId, sessionUid }: Holder): Scanner {
  return { accountId, sessionUid };
}

function originOf({ asker }: Ticket, { accountId, requestId }: Holder): Omit<TriedFrom, 'address'> {
  return { accountId, requestId, clientId: asker.clientId };
}
