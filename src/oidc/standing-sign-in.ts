import type { Interaction, KoaContextWithOIDC } from 'oidc-provider';
import type { OurResult } from './level.ts';
import type { HeaderOf } from './subject.ts';

/**
 * A sign-in that was submitted and not picked up makes a session as soon as somebody follows its way back, an hour later if
 * they like. Whoever has ended all sessions of the account meanwhile, by a new password, by signing out everywhere or by
 * freezing a change, has ended that one, too. Inside a session of the account the session itself says whether it ended.
 */
export function createStandingSignIn(headerOf: HeaderOf): (ctx: KoaContextWithOIDC, interaction: Interaction) => Promise<boolean> {
  return async (ctx, { result, session }) => {
    const login = result?.login;
    if (!login || (session?.uid !== undefined && session.accountId === login.accountId)) return true;
    const endedAt = (await headerOf(ctx, login.accountId))?.sessionsEndedAt;
    if (endedAt === undefined) return true;
    const { signedInAt = 0 } = (result['minxin'] ?? {}) as OurResult;
    return signedInAt > endedAt.getTime();
  };
}
