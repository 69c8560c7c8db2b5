import { randomUUID } from 'node:crypto';
import { audited } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { noticeWrites } from '../notification/notice.ts';
import type { Account, AccountStore, PersonStore } from '../person/account.ts';
import type { PresencePolicy } from '../policy.ts';
import { lacking } from '../presence/acts.ts';
import { newChange } from '../presence/change.ts';
import { carryOut, type Actor, type CarryOutDeps } from '../presence/carry-out.ts';
import { provedHere, strengthOf, type SessionFactor, type Strength } from '../presence/strength.ts';
import { Refused } from '../refused.ts';
import { Conflict, type Write } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import type { Binding } from './binding.ts';
import type { VouchedIdentity } from './upstream.ts';

/** Whom a third party knows, about to be bound to an account. */
export interface ToBind {
  /** Name of the login method. */
  readonly provider: string;
  /** As `subjectKey` writes it. */
  readonly subject: string;
  /** Whom the third party has verified them to be. */
  readonly identity: VouchedIdentity | undefined;
}

export interface BindDeps {
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly presence: PresencePolicy;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Of the request, for audit and notices. */
export interface Asking {
  readonly requestId: string;
  readonly locale: string;
}

/**
 * A new way in, by the table of acts: in the sign-in that it belongs to, with everything that follows from any other.
 *
 * @throws Refused bind.weak, bind.other-person
 */
export async function bindWrites(
  deps: BindDeps,
  { requestId, locale }: Asking,
  pending: ToBind,
  { accountId, factors }: { readonly accountId: string; readonly factors: readonly SessionFactor[] },
): Promise<readonly Write[]> {
  const account = await deps.accounts.byId(accountId);
  if (!account) throw new Refused('form.stale');
  const at = deps.clock.now();
  const verified = account.personId !== undefined;
  const { strength, fresh } = lacking('binding.add', { verified, factors, now: at });
  const by = strengthOf(provedHere(factors), at);
  if (strength !== undefined || fresh || by === undefined) throw new Refused('bind.weak');
  await requireOwnIdentity(deps, account, pending.identity);
  const binding = newBinding(pending, { accountId, by, at });
  const { change, token } = newChange(deps, { accountId, act: 'binding.add', by, old: {}, addedId: binding.id, madeAt: at });
  return [
    { write: 'presence.hold', accountId, sessionUid: undefined, verified },
    { write: 'binding.insert', binding },
    { write: 'change.insert', change },
    audited('binding.added', at, { accountId, requestId }, { method: by, source: pending.provider }),
    ...noticeWrites(account, { name: 'binding-added', locale, undo: token }, at),
  ];
}

/**
 * With an account that is opened now, by the mobile and the password it is opened with.
 *
 * @param documentKey - `key` of the document that the registration verified; undefined: it verified none
 * @throws Refused bind.other-person
 */
export async function bindNew(
  deps: Pick<BindDeps, 'persons' | 'clock'>,
  { requestId }: Pick<Asking, 'requestId'>,
  pending: ToBind,
  documentKey: string | undefined,
): Promise<(accountId: string) => readonly Write[]> {
  const { identity } = pending;
  if (identity && documentKey !== undefined && documentKey !== identity.document.key) throw new Refused('bind.other-person');
  if (identity && (await isHeld(deps, identity))) throw new Refused('bind.other-person');
  const at = deps.clock.now();
  return (accountId) => [
    { write: 'binding.insert', binding: newBinding(pending, { accountId, by: 'password', at }) },
    audited('binding.added', at, { accountId, requestId }, { method: 'password', source: pending.provider }),
  ];
}

function newBinding(
  { provider, subject }: ToBind,
  { accountId, by, at }: { readonly accountId: string; readonly by: Strength; readonly at: Date },
): Binding {
  return { id: randomUUID(), accountId, provider, subject, createdAt: at, lastUsedAt: undefined, setBy: by };
}

/** Does an account here hold the person whom the third party names? */
export async function isHeld({ persons }: Pick<BindDeps, 'persons'>, { document }: VouchedIdentity): Promise<boolean> {
  return (await persons.byDocument(document.type, document.key))?.accountId !== undefined;
}

/**
 * Of somebody whom the third party has verified: the account is that person's, or nobody's whom an account here holds.
 *
 * @throws Refused bind.other-person
 */
export async function requireOwnIdentity(
  { persons }: Pick<BindDeps, 'persons'>,
  account: Pick<Account, 'id' | 'personId'>,
  identity: VouchedIdentity | undefined,
): Promise<void> {
  if (!identity) return;
  const holder = await persons.byDocument(identity.document.type, identity.document.key);
  const isTheirs = account.personId === undefined ? holder?.accountId === undefined : holder?.person.id === account.personId;
  if (!isTheirs) throw new Refused('bind.other-person');
}

/** Somebody else was faster, or the account has one of this third party already. */
export function refuseBound(error: unknown): never {
  if (error instanceof Conflict && error.write === 'binding.insert') {
    throw new Refused(error.rule === 'provider' ? 'bind.already' : 'bind.taken');
  }
  if (error instanceof Conflict && error.write === 'change.insert') throw new Refused('change.frozen');
  if (error instanceof Conflict && error.write === 'presence.hold') throw new Refused('form.stale');
  throw error;
}

/** @throws Refused as carryOut; page.not-found when it is gone already */
export async function unbind(deps: CarryOutDeps, actor: Actor, { id, accountId }: Binding): Promise<void> {
  try {
    await carryOut(deps, actor, 'binding.remove', { writes: () => [{ write: 'binding.remove', id, accountId }] });
  } catch (error) {
    throw error instanceof Conflict && error.write === 'binding.remove' ? new Refused('page.not-found') : error;
  }
}
