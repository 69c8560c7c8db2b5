import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { Client, Provider } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import type { Jwk, SigningKeyStore } from '../domain/keys/signing-keys.ts';
import type { BackchannelLogoutPayload, DeliveryResult } from '../domain/notification/outbox.ts';
import { currentKeys } from './key-ring.ts';

/** Delivery of logout tokens by the worker of the outbox: signed anew at each attempt, with the `sub` kept in the message. */
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
    return status === 400 ? { result: 'rejected', reason: 'status 400' } : { result: 'unavailable', reason: `status ${status}` };
  } catch (error) {
    return { result: 'unavailable', reason: failureReason(error) };
  }
}

/** Codes of an error and its causes (`connection: ECONNREFUSED`); messages may hold addresses and are left out. */
export function failureReason(error: unknown): string {
  const codes: string[] = [];
  for (let each: unknown = error; typeof each === 'object' && each !== null; each = Reflect.get(each, 'cause')) {
    const code: unknown = Reflect.get(each, 'code');
    if (typeof code === 'string') codes.push(code);
  }
  return codes.join(': ') || (error instanceof Error ? error.name : 'unreachable');
}

async function logoutToken(
  { issuer, keys, clock }: Pick<LogoutDelivery, 'issuer' | 'keys' | 'clock'>,
  { sub, sid, clientId }: BackchannelLogoutPayload,
  client: Client,
): Promise<string> {
  const alg = client.idTokenSignedResponseAlg ?? 'ES256';
  const key = (await currentKeys({ store: keys, clock })).published.find((jwk) => fits(jwk, alg));
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

function fits(jwk: Jwk, alg: string): boolean {
  return jwk.kty === keyTypeOf[alg];
}
