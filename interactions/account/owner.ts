import type { Account, AccountStore } from '../../src/domain/person/account.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { requireSession, type BrowserSessionDeps } from '../../src/oidc/browser-session.ts';

/** Who is at a page of the account centre. */
export interface Owner {
  readonly account: Account;
  readonly sessionUid: string;
  /** What is learnt, sent and asked here belongs to this account in this session and to nobody else. */
  readonly scope: string;
  /** Masked, for the masthead. */
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
}

/** @throws Refused session.required */
export async function requireOwner({ session, accounts }: OwnerDeps, ctx: AppContext): Promise<Owner> {
  const signedIn = await requireSession(session, ctx);
  const account = await accounts.byId(signedIn.account.id);
  if (!account) throw new Refused('session.required');
  const scope = `${signedIn.uid}:${account.id}`;
  return { account, sessionUid: signedIn.uid, scope, user: { name: mask.mobile(account.mobile).text } };
}
