import { randomUUID } from 'node:crypto';
import { Provider, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { BackchannelLogoutPayload } from '../domain/notification/outbox.ts';
import type { SessionStore } from '../domain/protocol-state.ts';
import type { EndingWrites } from '../domain/ending-writes.ts';
import { endings, type Ending } from '../domain/session-endings.ts';
import type { UnitOfWork, Write } from '../domain/unit-of-work.ts';
import type { Vault } from '../domain/vault.ts';
import { endpoints } from '../http/endpoints.ts';
import type { LeftSession } from './library.ts';
import type { SubjectOf } from './subject.ts';
import { audited } from '../domain/audit/record.ts';

/**
 * Ending sessions. Whoever took part is told by the outbox (OpenID Connect Back-Channel Logout 1.0): the `sub`
 * is computed before anything changes and kept (D1), and the messages are committed before the session is
 * gone, so that a failure leaves a session that can be ended again and never a service that was not told.
 */
export interface SessionEndDeps {
  readonly unitOfWork: UnitOfWork;
  readonly subjectOf: SubjectOf;
  readonly clock: Clock;
}

/** For how long a service that does not answer is tried. */
const deliverForSeconds = 24 * 3600;

const waiting = new WeakMap<KoaContextWithOIDC, Write[]>();

/** For each service when somebody signs out, right before the library destroys the session. */
export async function collectLogout(
  { subjectOf, clock }: SessionEndDeps,
  ctx: KoaContextWithOIDC,
  client: Client,
  { accountId, sid }: LeftSession,
): Promise<void> {
  const sub = await subjectOf(ctx, accountId, client);
  const messages = waiting.get(ctx) ?? [];
  waiting.set(ctx, [...messages, logoutMessage(client, { sub, sid }, clock.now())]);
}

/** Before the store forgets a session: what was collected, and that somebody signed out, in one transaction. */
export async function beforeSessionEnds({ unitOfWork, clock }: SessionEndDeps): Promise<void> {
  const { ctx } = Provider;
  if (ctx?.path !== endpoints.end_session_confirm.path) return;
  const messages = waiting.get(ctx) ?? [];
  waiting.delete(ctx);
  const accountId = ctx.oidc.session?.accountId;
  // Who stays signed in gets a new identifier, and the old one ends here as well.
  const stays = ctx.oidc.params?.logout === undefined;
  const done = accountId === undefined || stays ? [] : [audited('sign-out.done', clock.now(), { accountId })];
  if (messages.length + done.length > 0) await unitOfWork.commit('sign-out', [...messages, ...done]);
}

export interface EndSessionsDeps extends SessionEndDeps {
  readonly provider: () => Provider;
  readonly sessions: SessionStore;
  readonly vault: Vault;
}

/** What ends with an act (src/domain/session-endings.ts), with the messages to every service that took part in it. */
export function createEndingWrites(deps: EndSessionsDeps): EndingWrites {
  return async (act, { accountId, sessionUid }) => {
    const { sessions, grants, trust }: Ending = endings[act];
    return [
      ...(await sessionWrites(deps, sessions, accountId, sessionUid)),
      ...(grants ? [{ write: 'grants.end', accountId } as const] : []),
      ...(trust ? [{ write: 'trust.end', accountId } as const] : []),
    ];
  };
}

async function sessionWrites(
  deps: EndSessionsDeps,
  which: Ending['sessions'],
  accountId: string,
  sessionUid: string | undefined,
): Promise<readonly Write[]> {
  if (which === 'none') return [];
  if (which === 'one') {
    if (sessionUid === undefined) return [];
    return [{ write: 'session.end', accountId, uid: sessionUid }, ...(await logoutMessages(deps, accountId, (uid) => uid === sessionUid))];
  }
  const exceptUid = which === 'all' ? undefined : sessionUid;
  return [{ write: 'sessions.end', accountId, exceptUid }, ...(await logoutMessages(deps, accountId, (uid) => uid !== exceptUid))];
}

/** What the services that took part in these sessions are told. */
async function logoutMessages(deps: EndSessionsDeps, accountId: string, ends: (uid: string) => boolean): Promise<readonly Write[]> {
  const now = deps.clock.now();
  const payloads = await deps.sessions.payloadsOfAccount(accountId, now);
  const sessions = payloads.map((payload) => JSON.parse(deps.vault.openFor('oidc:Session', payload)) as StoredSession);
  const messages: Write[] = [];
  for (const { authorizations = {} } of sessions.filter(({ uid }) => ends(uid))) {
    for (const [clientId, { sid }] of Object.entries(authorizations)) {
      const client = await deps.provider().Client.find(clientId);
      if (!client?.backchannelLogoutUri) continue;
      const sub = await deps.subjectOf(undefined, accountId, client);
      messages.push(logoutMessage(client, { sub, sid }, now));
    }
  }
  return messages;
}

/** "Sign out everywhere" (PRV-07), in one transaction with the audit record. */
export async function endOtherSessions(
  deps: EndDeps,
  { accountId, exceptUid, requestId }: { accountId: string; exceptUid: string | undefined; requestId: string },
): Promise<void> {
  const act = exceptUid === undefined ? 'sessions.ended-all' : 'sessions.ended';
  await deps.unitOfWork.commit('end-sessions', [
    ...(await deps.endings(act, { accountId, sessionUid: exceptUid })),
    audited('sessions.ended', deps.clock.now(), { accountId, requestId }),
  ]);
}

/** One session of an account, from another (PRV-07), in one transaction with the audit record. */
export async function endOneSession(
  deps: EndDeps,
  { accountId, uid, requestId }: { accountId: string; uid: string; requestId: string },
): Promise<void> {
  await deps.unitOfWork.commit('end-session', [
    ...(await deps.endings('session.ended', { accountId, sessionUid: uid })),
    audited('session.ended', deps.clock.now(), { accountId, requestId }),
  ]);
}

export interface EndDeps {
  readonly endings: EndingWrites;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

interface StoredSession {
  readonly uid: string;
  readonly authorizations?: Readonly<Record<string, { readonly sid?: string }>>;
}

/** `sid` is for services that were given it in the ID token; to others it says nothing. */
function logoutMessage(client: Client, { sub, sid }: Pick<BackchannelLogoutPayload, 'sub' | 'sid'>, now: Date): Write {
  const { clientId, backchannelLogoutSessionRequired: knowsSid } = client;
  const payload: BackchannelLogoutPayload = { kind: 'backchannel-logout', clientId, sub, sid: knowsSid ? sid : undefined };
  return {
    write: 'outbox.enqueue',
    message: {
      id: randomUUID(),
      payload,
      suppressed: false,
      enqueuedAt: now,
      expiresAt: secondsAfter(now, deliverForSeconds),
    },
  };
}
