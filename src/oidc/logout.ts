import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { Client, Provider } from 'oidc-provider';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { PrivateJwk, SigningKeyStore } from '../domain/keys/signing-keys.ts';
import type { BackchannelLogoutPayload, DeliveryResult, OutboxMessage } from '../domain/notification/outbox.ts';
import type { SessionStore } from '../domain/protocol-state.ts';
import type { UnitOfWork, Write } from '../domain/unit-of-work.ts';
import type { Vault } from '../domain/vault.ts';
import { providerKeys } from './key-ring.ts';
import type { SubjectOf } from './subject.ts';

/**
 * Back-channel logout (OpenID Connect Back-Channel Logout 1.0) through the outbox: the `sub` is computed
 * when the session ends and kept, the token is signed anew at each attempt (D1, D7).
 */
export interface LogoutDeps {
  readonly unitOfWork: UnitOfWork;
  readonly subjectOf: SubjectOf;
  readonly clock: Clock;
}

/** For how long a service that does not answer is tried. */
const deliverForSeconds = 24 * 3600;

/** The library calls this when a session ends through `end_session`; it must not wait for services. */
export function replaceBackchannelLogout(provider: Provider, { unitOfWork, subjectOf, clock }: LogoutDeps): void {
  const { prototype } = provider.Client as unknown as { prototype: Client };
  Object.defineProperty(prototype, 'backchannelLogout', {
    async value(this: Client, accountId: string, sid: string | undefined) {
      const sub = await subjectOf(undefined, accountId, this);
      const message = logoutMessage({ kind: 'backchannel-logout', clientId: this.clientId, sub, sid }, clock.now());
      await unitOfWork.commit('end-session', [{ write: 'outbox.enqueue', message }]);
    },
  });
}

function logoutMessage(payload: BackchannelLogoutPayload, now: Date): OutboxMessage {
  return {
    id: randomUUID(),
    payload,
    suppressed: false,
    enqueuedAt: now,
    expiresAt: secondsAfter(now, deliverForSeconds),
  };
}

export interface EndSessionsDeps extends LogoutDeps {
  readonly provider: () => Provider;
  readonly sessions: SessionStore;
  readonly vault: Vault;
}

/**
 * Ends every session of an account but one and tells every service that took part in them, in one
 * transaction with the audit record ("sign out everywhere", PRV-07).
 */
export async function endOtherSessions(
  deps: EndSessionsDeps,
  { accountId, exceptUid, requestId }: { accountId: string; exceptUid: string | undefined; requestId: string },
): Promise<void> {
  const now = deps.clock.now();
  const payloads = await deps.sessions.payloadsOfAccount(accountId, now);
  const sessions = payloads.map((payload) => JSON.parse(deps.vault.openFor('oidc:Session', payload)) as StoredSession);
  const messages: Write[] = [];
  for (const { uid, authorizations = {} } of sessions) {
    if (uid === exceptUid) continue;
    for (const [clientId, { sid }] of Object.entries(authorizations)) {
      const client = await deps.provider().Client.find(clientId);
      if (!client?.backchannelLogoutUri) continue;
      const sub = await deps.subjectOf(undefined, accountId, client);
      messages.push({
        write: 'outbox.enqueue',
        message: logoutMessage({ kind: 'backchannel-logout', clientId, sub, sid }, now),
      });
    }
  }
  await deps.unitOfWork.commit('end-sessions', [
    { write: 'sessions.end', accountId, exceptUid },
    ...messages,
    {
      write: 'audit.append',
      event: { id: randomUUID(), at: now, event: 'sessions.ended', accountId, clientId: undefined, requestId, details: {} },
    },
  ]);
}

interface StoredSession {
  readonly uid: string;
  readonly authorizations?: Readonly<Record<string, { readonly sid?: string }>>;
}

export interface LogoutDelivery {
  readonly issuer: string;
  readonly provider: () => Provider;
  readonly keys: SigningKeyStore;
  readonly clock: Clock;
  /** POSTs a form to an address that is allowed to be reached; answers the status. */
  readonly post: (url: string, form: Readonly<Record<string, string>>) => Promise<number>;
}

/** One attempt to deliver a logout token. A service that no longer exists needs none. */
export async function deliverLogout(deps: LogoutDelivery, payload: BackchannelLogoutPayload): Promise<DeliveryResult> {
  const client = await deps.provider().Client.find(payload.clientId);
  if (!client?.backchannelLogoutUri) return { result: 'rejected', reason: 'the client takes no logout tokens' };
  const token = await logoutToken(deps, payload, client);
  try {
    const status = await deps.post(client.backchannelLogoutUri, { logout_token: token });
    if (status === 200 || status === 204) return { result: 'sent', reference: payload.clientId };
    // 400: the service understood and refused; trying again changes nothing (section 2.8).
    return status === 400
      ? { result: 'rejected', reason: 'status 400' }
      : { result: 'unavailable', reason: `status ${status}` };
  } catch (error) {
    return { result: 'unavailable', reason: error instanceof Error ? error.name : 'unreachable' };
  }
}

async function logoutToken(
  { issuer, keys, clock }: Pick<LogoutDelivery, 'issuer' | 'keys' | 'clock'>,
  { sub, sid, clientId }: BackchannelLogoutPayload,
  client: Client,
): Promise<string> {
  const alg = client.idTokenSignedResponseAlg ?? 'ES256';
  const key = (await providerKeys({ store: keys, clock })).find((jwk) => fits(jwk, alg));
  if (!key) throw new Error(`no key signs ${alg}`);
  const now = Math.floor(clock.now().getTime() / 1000);
  return new SignJWT({
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    ...(sid === undefined ? {} : { sid }),
  })
    .setProtectedHeader({ alg, kid: key.kid, typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience(clientId)
    .setSubject(sub)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + 120)
    .sign(await importJWK(key, alg));
}

const keyTypeOf: Readonly<Record<string, string>> = { ES256: 'EC', RS256: 'RSA', PS256: 'RSA', EdDSA: 'OKP' };

function fits(jwk: PrivateJwk, alg: string): boolean {
  return jwk.kty === keyTypeOf[alg];
}
