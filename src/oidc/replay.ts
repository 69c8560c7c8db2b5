import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import type { UnitOfWork } from '../domain/unit-of-work.ts';
import { appContextOf } from './app-contexts.ts';
import { saysUsedBefore } from './library.ts';
import { audited } from '../domain/audit/record.ts';

/** A code or refresh token that comes again may be stolen: the library revokes the grant, we remember it. */
export async function recordReplay(
  unitOfWork: UnitOfWork,
  clock: Clock,
  ctx: KoaContextWithOIDC,
  error: errors.OIDCProviderError,
): Promise<void> {
  if (!saysUsedBefore(error)) return;
  await unitOfWork.commit('token-replay', [
    audited(
      'token-family.revoked',
      clock.now(),
      {
        accountId: ctx.oidc.entities.RefreshToken?.accountId ?? ctx.oidc.entities.AuthorizationCode?.accountId,
        clientId: ctx.oidc.client?.clientId,
        requestId: appContextOf(ctx).state.requestId,
      },
      { reason: ctx.oidc.params?.grant_type === 'refresh_token' ? 'refresh-token' : 'code' },
    ),
  ]);
}
