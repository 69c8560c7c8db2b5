import type { Configuration } from 'oidc-provider';
import type { SessionPolicy } from '../domain/policy.ts';

/** Seconds. */
export const tokenTtl = {
  accessToken: 15 * 60,
  authorizationCode: 60,
  clientCredentials: 10 * 60,
  idToken: 10 * 60,
  interaction: 60 * 60,
  refreshToken: 14 * 86_400,
} as const;

/** How long everything lives that the library keeps. */
export function lifetimes({ idleSeconds, absoluteSeconds }: SessionPolicy): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: () => tokenTtl.accessToken,
    AuthorizationCode: tokenTtl.authorizationCode,
    ClientCredentials: () => tokenTtl.clientCredentials,
    IdToken: tokenTtl.idToken,
    Interaction: tokenTtl.interaction,
    RefreshToken: tokenTtl.refreshToken,
    // A grant ends with what it can be used for; that of a session with refresh tokens outlives the session.
    Grant: (_ctx, grant) => (grant.getOIDCScope().split(' ').includes('offline_access') ? tokenTtl.refreshToken : absoluteSeconds),
    Session: (_ctx, session) => sessionTtl(session.loginTs, idleSeconds, absoluteSeconds),
  };
}

/** Idle time, but never beyond the absolute end since the last authentication; at least a second. */
export function sessionTtl(loginTs: number | undefined, idleSeconds: number, absoluteSeconds: number): number {
  if (loginTs === undefined) return idleSeconds;
  const left = loginTs + absoluteSeconds - Math.floor(Date.now() / 1000);
  return Math.max(1, Math.min(idleSeconds, left));
}
