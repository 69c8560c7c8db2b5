import type { Account, AccountStore, Person, PersonStore } from '../../src/domain/person/account.ts';
import { mask } from '../../src/domain/person/masking.ts';
import type { Actor } from '../../src/domain/presence/carry-out.ts';
import { shownName } from '../../src/domain/person/person-name.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { isTrusting, provedHere, strengthOf } from '../../src/domain/presence/strength.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { SessionStore } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Devices } from '../../src/http/devices.ts';
import { requireSession, type BrowserSessionDeps } from '../../src/oidc/browser-session.ts';

/** Who is at a page of the account centre. */
export interface Owner {
  readonly account: Account;
  /** Whom it belongs to, where they are verified. */
  readonly person: Person | undefined;
  readonly sessionUid: string;
  /** What is learnt, sent and asked here belongs to this account in this session and to nobody else. */
  readonly scope: string;
  /** Masked, for the masthead: the name, of whoever is not verified the mobile. */
  readonly user: { readonly name: string };
}

/** A page of the owner's, at one request. */
export interface OwnerScene {
  readonly ctx: AppContext;
  readonly owner: Owner;
}

export interface OwnerDeps {
  readonly session: BrowserSessionDeps;
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly sessions: SessionStore;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly profile: Pick<Profile, 'masking'>;
}

/** @throws Refused session.required */
export async function requireOwner(deps: OwnerDeps, ctx: AppContext): Promise<Owner> {
  const signedIn = await requireSession(deps.session, ctx);
  const account = await deps.accounts.byId(signedIn.account.id);
  if (!account) throw new Refused('session.required');
  const [person] = await Promise.all([
    account.personId === undefined ? undefined : deps.persons.byId(account.personId),
    keepTrust(deps, ctx, account, signedIn.uid),
  ]);
  const scope = `${signedIn.uid}:${account.id}`;
  const name = person ? mask.name(shownName(person), deps.profile.masking.name) : mask.mobile(account.mobile);
  return { account, person, sessionUid: signedIn.uid, scope, user: { name: name.text } };
}

/** Who acts, for what the domain does in the owner's name. */
export function actorOf(ctx: AppContext, { account, sessionUid }: Owner): Actor {
  const { requestId, locale } = ctx.state;
  return { account, sessionUid, requestId, locale };
}

/**
 * A session that goes on while the trust in browsers ended is that of whoever ended it, or one that they left alone. Its
 * browser is as well off as before, where that session proved what makes one trusted.
 */
async function keepTrust({ devices, sessions, clock }: OwnerDeps, ctx: AppContext, account: Account, sessionUid: string): Promise<void> {
  if (!devices.trusted(ctx, account)) return;
  const now = clock.now();
  if (isTrusting(strengthOf(provedHere(await sessions.factors(sessionUid, now)), now))) devices.trustAgain(ctx, account);
}
