import type { Provider } from 'oidc-provider';
import type { SessionPolicy } from '../domain/policy.ts';
import type { AccountHeader, AccountStore } from '../domain/person/account.ts';
import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { sessionTtl } from './provider.ts';

/** Who is signed in at our own pages (D15): the provider's session, read and kept alive by the page itself. */
export interface SignedIn {
  readonly uid: string;
  readonly account: AccountHeader;
}

export interface BrowserSessionDeps {
  readonly provider: () => Provider;
  readonly accounts: Pick<AccountStore, 'header'>;
  readonly policy: SessionPolicy;
}

/** The session of this browser, undefined when nobody is signed in or the account may not be used. */
export async function readSession({ provider, accounts, policy }: BrowserSessionDeps, ctx: AppContext): Promise<SignedIn | undefined> {
  const session = await provider().Session.get(ctx);
  if (!session.accountId) return undefined;
  const account = await accounts.header(session.accountId);
  if (account?.status !== 'active') return undefined;
  // The library extends the idle time only at its own endpoints.
  await session.save(sessionTtl(session.loginTs, policy.idleSeconds, policy.absoluteSeconds));
  return { uid: session.uid, account };
}

/** @throws Refused session.required, which the error page turns into a sign-in */
export async function requireSession(deps: BrowserSessionDeps, ctx: AppContext): Promise<SignedIn> {
  const signedIn = await readSession(deps, ctx);
  if (!signedIn) throw new Refused('session.required');
  return signedIn;
}
