import { citizenAppId } from '../domain/client.ts';
import type { Holder } from '../domain/handover/second-device.ts';
import { Refused } from '../domain/refused.ts';
import type { QuotaStore } from '../domain/short-lived.ts';
import type { Clock } from '../domain/clock.ts';
import type { AppContext } from '../http/app-context.ts';
import { bearerOf, Challenge } from '../http/bearer.ts';
import { sessionOfApp, type BrowserSessionDeps } from './browser-session.ts';

export interface AppCallerDeps extends Pick<BrowserSessionDeps, 'provider' | 'accounts' | 'policy'> {
  readonly quotas: QuotaStore;
  readonly clock: Clock;
}

/** Of one account; a scan takes three calls. */
const perMinute = 60;

/**
 * Who is signed in to the app that asks: the account of its access token, and the session that was signed in with it, which
 * must both be there still.
 *
 * @throws Challenge; Refused handover.too-many
 */
export async function appCallerOf(deps: AppCallerDeps, ctx: AppContext): Promise<Holder> {
  const { AccessToken, Client, Grant } = deps.provider();
  const token = await AccessToken.find(bearerOf(ctx));
  if (!token || token.aud !== undefined) throw new Challenge('invalid_token');
  const { clientId = '', accountId, grantId, sessionUid = '' } = token;
  const client = clientId === citizenAppId ? await Client.find(clientId) : undefined;
  if (client?.first_party !== true) throw new Challenge('insufficient_scope');
  const [grant, account] = await Promise.all([Grant.find(grantId), deps.accounts.header(accountId)]);
  if (grant?.accountId !== accountId || account?.status !== 'active') throw new Challenge('invalid_token');
  const taken = await deps.quotas.take([{ key: `app:${accountId}`, limit: perMinute, windowSeconds: 60 }], deps.clock.now());
  if (!taken.ok) throw new Refused('handover.too-many', undefined, { seconds: taken.retryAfterSeconds }, taken.retryAfterSeconds);
  const session = await sessionOfApp(deps, { sessionUid, accountId });
  if (!session) throw new Challenge('insufficient_user_authentication', 0);
  return {
    accountId,
    sessionUid: session.uid,
    signedInAt: session.signedInAt,
    address: ctx.state.address,
    requestId: ctx.state.requestId,
    locale: ctx.state.locale,
  };
}
