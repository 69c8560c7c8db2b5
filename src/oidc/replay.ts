import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import type { UnitOfWork } from '../domain/unit-of-work.ts';
import type { Vault } from '../domain/vault.ts';
import { appContextOf } from './app-contexts.ts';
import { saysUsedBefore } from './library.ts';
import { auditedRefusal } from '../domain/audit/record.ts';

/** A code or refresh token that comes again may be stolen: the library revokes the grant, we remember it. */
export async function recordReplay(
  { unitOfWork, vault, clock }: { readonly unitOfWork: UnitOfWork; readonly vault: Vault; readonly clock: Clock },
  ctx: KoaContextWithOIDC,
  error: errors.OIDCProviderError,
): Promise<void> {
  if (!saysUsedBefore(error)) return;
  const { requestId, address } = appContextOf(ctx).state;
  await unitOfWork.commit('token-replay', [
    auditedRefusal(vault, 'token-family.revoked', {
      at: clock.now(),
      origin: {
        accountId: ctx.oidc.entities.RefreshToken?.accountId ?? ctx.oidc.entities.AuthorizationCode?.accountId,
        clientId: ctx.oidc.client?.clientId,
        requestId,
        address,
      },
      details: { reason: ctx.oidc.params?.grant_type === 'refresh_token' ? 'refresh-token' : 'code' },
    }),
  ]);
}
