import type { Passkey } from '../../../src/domain/authenticator/passkey-store.ts';
import type { Totp } from '../../../src/domain/authenticator/totp.ts';
import type { AuthenticatorPolicy } from '../../../src/domain/policy.ts';
import type { AppContext } from '../../../src/http/app-context.ts';
import type { Locale } from '../../../src/http/page-model.ts';
import type { Say } from '../../../src/http/words.ts';
import { dayText } from '../../../src/http/moment.ts';
import type { Journey } from '../../journey.ts';
import { requireOwner } from '../owner.ts';
import { proofRoutes } from '../proof.ts';
import { changeOf, securityPath, type Change, type SecurityDeps } from './change.ts';
import { passkeyRoutes, passkeyRow, type PasskeyRow } from './passkeys.ts';
import { recoveryCodeRoutes } from './recovery-codes.ts';
import { totpRoutes } from './totp.ts';

/**
 * 登录保护 – passkeys, the authenticator app and recovery codes of an account. Every change asks for a fresh proof, is
 * audited, and is told to the owner on every channel they have, in one transaction.
 */
export interface SecurityModel {
  /** What was done a moment ago. */
  readonly done: string | undefined;
  readonly passkeys: { readonly list: readonly PasskeyRow[]; readonly addHref: string } | undefined;
  readonly totp:
    | {
        readonly since: string | undefined;
        readonly setUpHref: string;
        readonly removeHref: string;
        readonly codesLeft: number;
        readonly newCodesHref: string;
      }
    | undefined;
}

export interface SecurityFacts {
  readonly authenticators: AuthenticatorPolicy;
  readonly passkeys: readonly Passkey[];
  readonly totp: Pick<Totp, 'confirmedAt'> | undefined;
  readonly codesLeft: number;
  readonly done: Change | undefined;
}

export function createSecurity(deps: SecurityDeps): Journey {
  const { authenticators } = deps;
  return {
    name: 'account/security',
    routes(router) {
      proofRoutes(router, deps);
      if (!authenticators.passkey && !authenticators.totp) return;
      router.get(securityPath, async (ctx) => overview(deps, ctx));
      if (authenticators.passkey) passkeyRoutes(router, deps);
      if (authenticators.totp) {
        totpRoutes(router, deps);
        recoveryCodeRoutes(router, deps);
      }
    },
  };
}

async function overview(deps: SecurityDeps, ctx: AppContext): Promise<void> {
  const { account, user } = await requireOwner(deps, ctx);
  const [passkeys, totp, codesLeft] = await Promise.all([
    deps.passkeys.passkeys.ofAccount(account.id),
    deps.totps.ofAccount(account.id),
    deps.recoveryCodes.left(account.id),
  ]);
  const { authenticators } = deps;
  const say: Say = (key, params) => deps.pages.words.text(ctx.state.locale, key, params);
  const done = changeOf(ctx.query.done);
  const model = securityModel({ locale: ctx.state.locale, say }, { authenticators, passkeys, totp, codesLeft, done });
  await deps.pages.render(ctx, { view: 'account/security/security', model, user });
}

export function securityModel({ locale, say }: { locale: Locale; say: Say }, facts: SecurityFacts): SecurityModel {
  const { authenticators, passkeys, totp, codesLeft, done } = facts;
  return {
    done: done && say(`account.security.done.${done}`),
    passkeys: authenticators.passkey
      ? { list: passkeys.map((passkey) => passkeyRow(locale, passkey)), addHref: `${securityPath}/passkeys/new` }
      : undefined,
    totp: authenticators.totp
      ? {
          since: totp && dayText(locale, totp.confirmedAt),
          setUpHref: `${securityPath}/totp`,
          removeHref: `${securityPath}/totp/remove`,
          codesLeft,
          newCodesHref: `${securityPath}/recovery-codes/new`,
        }
      : undefined,
  };
}
