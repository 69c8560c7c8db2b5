import type { Provider } from 'oidc-provider';
import type { SessionPolicy } from '../domain/policy.ts';
import type { AccountHeader, AccountStore } from '../domain/person/account.ts';
import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { sessionTtl } from './lifetimes.ts';

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
  await extend(session, policy);
  return { uid: session.uid, account };
}

/** Whoever is at work on a page of an interaction is not idle either. */
export async function keepSession({ provider, policy }: Pick<BrowserSessionDeps, 'provider' | 'policy'>, ctx: AppContext): Promise<void> {
  const session = await provider().Session.get(ctx);
  if (session.accountId) await extend(session, policy);
}

type Session = Awaited<ReturnType<Provider['Session']['get']>>;

/** How exact the idle time is: a visit is written down when so much of it is gone. */
const exactToSeconds = 60;

/** The library extends the idle time only at its own endpoints. */
async function extend(session: Session, { idleSeconds, absoluteSeconds }: SessionPolicy): Promise<void> {
  const ttl = sessionTtl(session.loginTs, idleSeconds, absoluteSeconds);
  const left = (session.exp ?? 0) - Math.floor(Date.now() / 1000);
  if (left < ttl - exactToSeconds) await session.save(ttl);
}

/** @throws Refused session.required, which the error page turns into a sign-in */
export async function requireSession(deps: BrowserSessionDeps, ctx: AppContext): Promise<SignedIn> {
  const signedIn = await readSession(deps, ctx);
  if (!signedIn) throw new Refused('session.required');
  return signedIn;
}
