import type { Provider } from 'oidc-provider';
import type { SessionPolicy } from '../domain/policy.ts';
import type { AccountHeader, AccountStore } from '../domain/person/account.ts';
import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { sentToken } from '../http/form.ts';
import type { FormOwner } from '../http/form-owner.ts';
import type { FormTokens } from '../http/form-token.ts';
import { sessionTtl } from './lifetimes.ts';

/** Who is signed in at our own pages (D15): the provider's session, read and kept alive by the page itself. */
export interface SignedIn {
  readonly uid: string;
  readonly account: AccountHeader;
  /** When this session was signed in last (`auth_time`). */
  readonly signedInAt: Date;
}

export interface BrowserSessionDeps {
  readonly tokens: Pick<FormTokens, 'refuseOfAnother' | 'ofAnother'>;
  readonly provider: () => Provider;
  readonly accounts: Pick<AccountStore, 'header'>;
  readonly policy: SessionPolicy;
}

/** The session of this browser, undefined when nobody is signed in or the account may not be used. */
export async function readSession(
  { provider, accounts, policy }: Pick<BrowserSessionDeps, 'provider' | 'accounts' | 'policy'>,
  ctx: AppContext,
): Promise<SignedIn | undefined> {
  const session = await provider().Session.get(ctx);
  if (!session.accountId) return undefined;
  const account = await accounts.header(session.accountId);
  if (account?.status !== 'active') return undefined;
  await extend(session, policy);
  return { uid: session.uid, account, signedInAt: signedInAt(session) };
}

/** Whoever is at work on a page of an interaction is not idle either. @returns who is signed in in this browser */
export async function keepSession(
  { provider, policy }: Pick<BrowserSessionDeps, 'provider' | 'policy'>,
  ctx: AppContext,
): Promise<FormOwner | undefined> {
  const session = await provider().Session.get(ctx);
  if (!session.accountId) return undefined;
  await extend(session, policy);
  return { sessionUid: session.uid, accountId: session.accountId };
}

/**
 * A step of an interaction that is asked of somebody who is signed in is theirs alone: whoever signed in here meanwhile
 * does nothing in their name.
 *
 * @param asked - the session that the interaction began with
 * @param here - the one of this browser
 * @throws Refused session.other; interaction.expired when the session has ended, as the library would say at the end
 */
export async function requireOwn(
  { tokens }: Pick<BrowserSessionDeps, 'tokens'>,
  asked: FormOwner,
  here: FormOwner | undefined,
): Promise<void> {
  if (here && here.accountId !== asked.accountId) throw await tokens.ofAnother(asked.accountId);
  if (here?.sessionUid !== asked.sessionUid) throw new Refused('interaction.expired');
}

/**
 * The session that an app was signed in with; whoever is at work in the app is not idle either.
 *
 * @returns undefined: it has ended, or is somebody else's by now
 */
export async function sessionOfApp(
  { provider, policy }: Pick<BrowserSessionDeps, 'provider' | 'policy'>,
  { sessionUid, accountId }: FormOwner,
): Promise<{ readonly uid: string; readonly signedInAt: Date } | undefined> {
  const session = await provider().Session.findByUid(sessionUid);
  if (!session || session.accountId !== accountId) return undefined;
  await extend(session, policy);
  return { uid: session.uid, signedInAt: signedInAt(session) };
}

function signedInAt({ loginTs = 0 }: Session): Date {
  return new Date(loginTs * 1000);
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

/**
 * Whose page it is: forms are bound to them from here on, and what was made for somebody else ends here.
 *
 * @throws Refused session.required, which the error page turns into a sign-in; session.other
 */
export async function requireSession(deps: BrowserSessionDeps, ctx: AppContext): Promise<SignedIn> {
  const signedIn = await readSession(deps, ctx);
  if (!signedIn) throw new Refused('session.required');
  ctx.state.owner = { sessionUid: signedIn.uid, accountId: signedIn.account.id };
  await deps.tokens.refuseOfAnother(ctx, sentToken(ctx));
  return signedIn;
}
