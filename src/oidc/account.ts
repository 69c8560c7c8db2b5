import type { Account as LibraryAccount, FindAccount } from 'oidc-provider';
import { refreshedAcr } from '../domain/assurance/acr.ts';
import { compareAcr, isAcr } from '../domain/assurance/level.ts';
import type { AccountStore, PersonStore } from '../domain/person/account.ts';
import { claimsOf } from './claims.ts';
import { levelFacts, type LevelDeps } from './level.ts';
import type { HeaderOf } from './subject.ts';

export interface AccountDeps {
  readonly headerOf: HeaderOf;
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly levels: LevelDeps;
}

/**
 * The library's findAccount: undefined for a locked or missing account, at every endpoint. At refresh the
 * level of the token is lowered to what still holds before the rotation copies it (AST-07); below the
 * client's minimum nothing is refreshed.
 */
export function createFindAccount(deps: AccountDeps): FindAccount {
  return async (ctx, accountId, token) => {
    const header = await deps.headerOf(ctx, accountId);
    if (header?.status !== 'active') return undefined;
    if (token && 'acr' in token && token.kind === 'RefreshToken') {
      const { client } = ctx.oidc;
      if (!client) return undefined;
      const { amr = [] } = token as { amr?: string[] };
      const facts = await levelFacts(deps.levels, accountId, amr, client);
      const acr = refreshedAcr(token.acr, facts);
      const minimum = client.minimum_acr;
      if (isAcr(minimum) && compareAcr(acr, minimum) < 0) return undefined;
      token.acr = acr;
    }
    return { accountId, claims: (use) => claims(deps, ctx.oidc.client?.entitlements, accountId, use) };
  };
}

/** The ID token carries nothing personal, so nothing personal is read for it. */
async function claims(
  deps: AccountDeps,
  entitlements: unknown,
  accountId: string,
  use: string,
): Promise<Awaited<ReturnType<LibraryAccount['claims']>>> {
  if (use === 'id_token') return { sub: accountId };
  const account = await deps.accounts.byId(accountId);
  if (!account) return { sub: accountId };
  const [person, evidence] = await Promise.all([
    account.personId === undefined ? undefined : deps.persons.byId(account.personId),
    deps.levels.evidence.ofAccount(accountId),
  ]);
  const facts = {
    account,
    person,
    evidence,
    ladder: deps.levels.ladder,
    now: deps.levels.clock.now(),
    entitlements: Array.isArray(entitlements) ? (entitlements as string[]) : [],
  };
  return { sub: accountId, ...claimsOf(facts) };
}
