import { confirmPassword } from '../authenticator/password.ts';
import { noticeWrites } from '../notification/notice.ts';
import { Refused } from '../refused.ts';
import type { Write } from '../unit-of-work.ts';
import { audited } from '../audit/record.ts';
import { thingOf, type Thing, type UndoableAct } from './change.ts';
import { confirmable, type Confirmable } from './confirmable.ts';
import { atLeast, provedHere, strengthOf, type SessionFactor, type Strength } from './strength.ts';
import { refusalOf, type Frozen, type Origin, type UndoDeps } from './undo.ts';

/** What goes with the code to the mobile. */
export type ConfirmProof =
  /** A session of the owner's, which goes on. */
  | { readonly way: 'session'; readonly sessionUid: string }
  /** The same, and the password that is typed now. */
  | {
      readonly way: 'password';
      readonly sessionUid: string;
      readonly password: string;
      readonly address: string;
      /** Id of this browser, or of the session. */
      readonly device: string | undefined;
    }
  /** A sign-in that a frozen app keeps from coming to an end. */
  | { readonly way: 'sign-in'; readonly factors: readonly SessionFactor[] };

/** The mobile that gets the code, as it is bound. */
export function confirmingMobile({ account }: Frozen, { rule, kept }: Confirmable): string {
  return (rule.code === 'new' ? kept.mobile : undefined) ?? account.mobile;
}

/**
 * Puts a frozen change back in force, by the table (confirmable.ts), for good. Every other session ends, and both the old and
 * the new channels are told. The code to the mobile was redeemed before.
 *
 * @throws Refused presence.required when less was proved than the table wants; credentials.wrong, credentials.throttled;
 *   form.stale when there is nothing to confirm, or not yet; mobile.taken, email.taken, username.taken when another account has it by now
 */
export async function confirmChange(
  deps: UndoDeps,
  frozen: Frozen,
  { thing, proof }: { readonly thing: Thing; readonly proof: ConfirmProof },
  origin: Origin,
): Promise<void> {
  const { account } = frozen;
  const at = deps.clock.now();
  const one = confirmable(frozen.changes).find((each) => each.thing === thing);
  if (!one || one.from > at) throw new Refused('form.stale');
  const by = await requiredStrength(deps, frozen, { one, proof }, origin);
  const sessionUid = proof.way === 'sign-in' ? undefined : proof.sessionUid;
  const { kept } = one;
  const notice = { name: 'change-confirmed', locale: origin.locale };
  try {
    await deps.unitOfWork.commit('confirm-change', [
      { write: 'presence.hold', accountId: account.id, sessionUid, verified: account.personId !== undefined },
      { write: 'changes.confirm', accountId: account.id, ids: endingWith(frozen, one), supersedes: supersededBy(one), at },
      ...restoring(account.id, one, { by, at }),
      ...(await deps.endings('change.confirmed', { accountId: account.id, sessionUid })),
      audited('change.confirmed', at, { accountId: account.id, requestId: origin.requestId }, { kind: thing, method: by }),
      ...noticeWrites(account, notice, at),
      ...noticeWrites({ mobile: kept.mobile, email: kept.email ?? undefined }, notice, at),
    ]);
  } catch (error) {
    throw refusalOf(error, 'confirm');
  }
}

async function requiredStrength(
  deps: UndoDeps,
  { account }: Frozen,
  { one, proof }: { readonly one: Confirmable; readonly proof: ConfirmProof },
  { requestId }: Origin,
): Promise<Strength> {
  const factors = await factorsOf(deps, account.id, proof, requestId);
  const by = strengthOf(factors, deps.clock.now());
  if (by === undefined || !atLeast(by, one.rule.strength)) throw new Refused('presence.required');
  return by;
}

async function factorsOf(deps: UndoDeps, accountId: string, proof: ConfirmProof, requestId: string): Promise<readonly SessionFactor[]> {
  switch (proof.way) {
    case 'session':
      return provedHere(await deps.sessions.factors(proof.sessionUid, deps.clock.now()));
    case 'sign-in':
      return proof.factors;
    case 'password': {
      const { password, address, device } = proof;
      const { factor } = await confirmPassword(deps.passwords, { accountId, password, address, requestId, device });
      return [factor];
    }
  }
}

/** With the last one that has something to come back, what is spent comes to an end, too. */
function endingWith({ changes }: Frozen, one: Confirmable): readonly string[] {
  const others = changes.filter((each) => !one.changes.includes(each));
  const spent = others.every(({ act }) => thingOf[act] === 'spent') ? others : [];
  return [...one.changes, ...spent].map(({ id }) => id);
}

function supersededBy({ thing, rule }: Confirmable): readonly UndoableAct[] {
  return rule.single ? (Object.keys(thingOf) as UndoableAct[]).filter((act) => thingOf[act] === thing) : [];
}

function restoring(
  accountId: string,
  { thing, kept, changes }: Confirmable,
  { by, at }: { readonly by: Strength; readonly at: Date },
): readonly Write[] {
  const { password, mobile, email, username } = kept;
  switch (thing) {
    case 'mobile':
    case 'email':
    case 'username': {
      const set = {
        ...(mobile !== undefined && { mobile }),
        ...(email !== undefined && { email }),
        ...(username !== undefined && { username }),
      };
      return [{ write: 'ways-in.release', accountId, set, password: false, addedIds: [], totp: false, at }];
    }
    case 'password':
      return password === undefined ? [] : [{ write: 'password.put', accountId, hash: password, at, by }];
    case 'passkey':
    case 'binding':
      return [{ write: 'ways-in.restore', accountId, addedIds: changes.flatMap(({ addedId }) => addedId ?? []), totp: false }];
    case 'totp':
      return [{ write: 'ways-in.restore', accountId, addedIds: [], totp: true }];
    case 'spent':
      return [];
  }
}
