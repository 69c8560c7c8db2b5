import { confirmPassword, type ConfirmPasswordDeps } from '../authenticator/password.ts';
import type { Clock } from '../clock.ts';
import { noticeWrites, type Channels } from '../notification/notice.ts';
import type { Account, AccountStore } from '../person/account.ts';
import type { PresencePolicy } from '../policy.ts';
import type { SessionStore } from '../protocol-state.ts';
import { Refused } from '../refused.ts';
import type { EndingWrites } from '../ending-writes.ts';
import { Conflict, type UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { keptOf, takenWith, tokenIndexOf, type AccountChange, type AccountChangeStore, type Old } from './change.ts';
import { proveDocument, type ProveDocumentDeps } from './prove.ts';
import { atLeast, provedHere, strengthOf, strengthOfFactor } from './strength.ts';
import { audited } from '../audit/record.ts';

/**
 * Taking a change back, in two acts. The link in the notice freezes it and ends every session, and does nothing else: a
 * number that the carrier has given to somebody else, or a machine that follows links, must not open an account. What was
 * there before returns when its owner has shown to be there: by a code to the old channel, and the document number, the
 * password or a passkey.
 */
export interface UndoDeps extends ProveDocumentDeps {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly changes: AccountChangeStore;
  readonly passwords: ConfirmPasswordDeps;
  readonly vault: Vault;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly endings: EndingWrites;
  readonly presence: Pick<PresencePolicy, 'settlingSeconds'>;
}

/** Whose request it is. */
export interface Origin {
  readonly requestId: string;
  readonly locale: string;
}

/** @throws Refused change.gone for a token that nobody gave, that is too old, or whose account is not there */
export async function changeOf(deps: UndoDeps, token: string): Promise<{ readonly change: AccountChange; readonly account: Account }> {
  const change = /^[\w-]{22}$/.test(token) ? await deps.changes.byToken(tokenIndexOf(deps.vault, token)) : undefined;
  const isOpen = change && (change.frozenAt !== undefined || change.returnedAt !== undefined || change.expiresAt > deps.clock.now());
  const account = isOpen ? await deps.accounts.byId(change.accountId) : undefined;
  if (!change || !account) throw new Refused('change.gone');
  return { change, account };
}

/** Somebody else may change the account at the same moment; then what is there is looked at anew. */
const tries = 5;

/**
 * Takes a change out of use, with what came with it (takenWith), and ends every session and grant of the account. Frozen
 * already: nothing is done.
 */
export async function freeze(deps: UndoDeps, id: Pick<AccountChange, 'id' | 'accountId'>, origin: Origin): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const at = deps.clock.now();
    const [account, changes] = await Promise.all([deps.accounts.byId(id.accountId), deps.changes.ofAccount(id.accountId, at)]);
    const open = changes.filter(({ frozenAt }) => frozenAt === undefined);
    const one = open.find((each) => each.id === id.id);
    if (!account || !one) return;
    const { changes: taken, ...held } = takenWith(one, open, deps.presence.settlingSeconds);
    const password = (await deps.accounts.password(account.id))?.hash;
    const standing = { mobile: account.mobile, email: account.email ?? null, username: account.username ?? null };
    const kept = ({ id: changeId, act }: AccountChange) => ({
      id: changeId,
      kept: keptOf(act, { ...standing, ...(password && { password }) }),
    });
    const notice = { name: 'change-frozen', locale: origin.locale };
    try {
      await deps.unitOfWork.commit('freeze-change', [
        { write: 'changes.freeze', accountId: account.id, changes: taken.map(kept), known: open.length, at },
        { write: 'ways-in.hold', accountId: account.id, ...held, at },
        ...(await deps.endings('change.frozen', { accountId: account.id, sessionUid: undefined })),
        audited(
          'change.frozen',
          at,
          { accountId: account.id, requestId: origin.requestId },
          {
            kind: one.act,
            count: taken.length,
          },
        ),
        ...noticeWrites(channelsWith(account, held.old), notice, at),
        // Whoever froze it need not be the owner, who then has only what the change had set.
        ...noticeWrites(lostChannels(account, held.old), notice, at),
      ]);
      return;
    } catch (error) {
      if (!(error instanceof Conflict && error.write === 'changes.freeze') || attempt === tries) throw error;
    }
  }
}

/** Where the owner was reached before all of it. */
function channelsWith({ mobile, email }: Channels, old: Old): Channels {
  return { mobile: old.mobile ?? mobile, email: old.email === undefined ? email : (old.email ?? undefined) };
}

/** Where they were reached until then. */
function lostChannels({ mobile, email }: Channels, old: Old): Channels {
  return { mobile: old.mobile === undefined ? undefined : mobile, email: old.email === undefined ? undefined : email };
}

/** What of an account is frozen; undefined: nothing. */
export interface Frozen {
  readonly account: Account;
  readonly changes: readonly AccountChange[];
}

export async function frozenOf({ changes, clock }: Pick<UndoDeps, 'changes' | 'clock'>, account: Account): Promise<Frozen | undefined> {
  if (!account.frozen) return undefined;
  const frozen = (await changes.ofAccount(account.id, clock.now())).filter(({ frozenAt }) => frozenAt !== undefined);
  return frozen.length === 0 ? undefined : { account, changes: frozen };
}

/**
 * Where the code goes: to the address where only that was changed, else to the mobile. The account has its old values back
 * since it was frozen, though nobody signs in by them yet.
 */
export function oldChannel({ account, changes }: Frozen): { readonly mobile: string } | { readonly email: string } {
  const onlyEmail = changes.every(({ act }) => act === 'email.change');
  return onlyEmail && account.email !== undefined ? { email: account.email } : { mobile: account.mobile };
}

/**
 * Is the number of the document enough beside the code? It takes no second factor away that was set up by more: the phone and
 * the number alone would not have signed in either.
 */
export function documentServes({ account, changes }: Frozen): boolean {
  return account.personId !== undefined && !changes.some(({ act, by }) => act === 'totp.set-up' && atLeast(by, 'password'));
}

/** What goes with the code. */
export type ReturnProof =
  | (From & { readonly way: 'document'; readonly documentNumber: string })
  | (From & { readonly way: 'password'; readonly password: string })
  /** A session that proved a password or a passkey. */
  | { readonly way: 'session'; readonly sessionUid: string };

interface From {
  readonly address: string;
  /** Id of this browser, where it signed in to the account before. */
  readonly device: string | undefined;
}

/**
 * The old values return, what was added is gone for good, and every other session ends. The code was redeemed before.
 *
 * @throws Refused identity.mismatch, credentials.wrong, credentials.throttled, presence.required, presence.settling;
 *   mobile.taken, email.taken, username.taken when another account has the old value by now
 */
export async function giveBack(deps: UndoDeps, frozen: Frozen, proof: ReturnProof, origin: Origin): Promise<void> {
  const { account, changes } = frozen;
  await requireProof(deps, frozen, proof, origin);
  const at = deps.clock.now();
  const sessionUid = proof.way === 'session' ? proof.sessionUid : undefined;
  const acts = new Set(changes.map(({ act }) => act));
  try {
    await deps.unitOfWork.commit('return-change', [
      { write: 'changes.return', accountId: account.id, ids: changes.map(({ id }) => id), at },
      {
        write: 'ways-in.release',
        accountId: account.id,
        set: {
          ...(acts.has('mobile.change') && { mobile: account.mobile }),
          ...(acts.has('email.change') && { email: account.email ?? null }),
          ...(acts.has('username.change') && { username: account.username ?? null }),
        },
        addedIds: changes.flatMap(({ addedId }) => addedId ?? []),
        password: acts.has('password.change') || acts.has('password.recover'),
        totp: acts.has('totp.set-up'),
        at,
      },
      ...(await deps.endings('change.returned', { accountId: account.id, sessionUid })),
      audited('change.returned', at, { accountId: account.id, requestId: origin.requestId }, { method: proof.way }),
      ...noticeWrites(account, { name: 'change-returned', locale: origin.locale }, at),
    ]);
  } catch (error) {
    throw refusalOf(error);
  }
}

const taken = { mobile: 'mobile.taken', email: 'email.taken', username: 'username.taken' } as const;

/** @param reason - of a more exact text, where another account has by now what was to come back */
export function refusalOf(error: unknown, reason = 'undo'): unknown {
  if (!(error instanceof Conflict)) return error;
  // Another tab was faster.
  if (['presence.hold', 'changes.return', 'changes.confirm'].includes(error.write)) return new Refused('form.stale');
  return error.rule in taken ? new Refused(taken[error.rule as keyof typeof taken], undefined, { reason }) : error;
}

async function requireProof(deps: UndoDeps, frozen: Frozen, proof: ReturnProof, { requestId }: Origin): Promise<void> {
  const { account } = frozen;
  const now = deps.clock.now();
  switch (proof.way) {
    case 'document': {
      if (!documentServes(frozen)) throw new Refused('presence.required');
      const { documentNumber, address, device } = proof;
      await proveDocument(deps, { account, documentNumber, address, device, requestId });
      return;
    }
    case 'password': {
      const { password, address, device } = proof;
      // The old one is back, and held: it signs in to nothing, but it is the owner's.
      const confirmation = { accountId: account.id, password, address, requestId, device, evenHeld: true };
      const { factor } = await confirmPassword(deps.passwords, confirmation);
      if (!atLeast(strengthOfFactor(factor, now), 'password')) throw new Refused('credentials.wrong', 'password', { reason: 'confirm' });
      return;
    }
    case 'session': {
      const factors = provedHere(await deps.sessions.factors(proof.sessionUid, now));
      if (!atLeast(strengthOf(factors, now), 'password')) throw new Refused('presence.required');
    }
  }
}
