import type { Account as LibraryAccount, Client, FindAccount } from 'oidc-provider';
import { refreshedAcr } from '../domain/assurance/acr.ts';
import { compareAcr, isAcr } from '../domain/assurance/level.ts';
import type { AccountStore, PersonStore } from '../domain/person/account.ts';
import type { NameMaskStyle } from '../domain/person/masking.ts';
import { claimsOf, mayAskFor, nobodyMark, wantedClaims, type ClaimRow } from './claims.ts';
import { levelFacts, type LevelDeps } from './level.ts';
import { isMarked } from './library.ts';
import type { HeaderOf } from './subject.ts';

export interface AccountDeps {
  readonly headerOf: HeaderOf;
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly levels: LevelDeps;
  /** How names are shown to whoever may not know them. */
  readonly nameMask: NameMaskStyle;
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
      const facts = await levelFacts(deps.levels, accountId, { amr: new Set(amr) }, client);
      const acr = refreshedAcr(token.acr, facts);
      const minimum = client.minimum_acr;
      if (isAcr(minimum) && compareAcr(acr, minimum) < 0) return undefined;
      token.acr = acr;
    }
    // As if nobody had been verified: neither masked name nor birthday.
    const personId = isMarked(token, nobodyMark) ? undefined : header.personId;
    return {
      accountId,
      claims: (use, scope, named, rejected) =>
        // The ID token carries nothing personal, so nothing personal is read for it.
        use === 'id_token'
          ? { sub: accountId }
          : claims(deps, { accountId, personId, client: ctx.oidc.client }, wantedClaims({ scope, named, rejected })),
    };
  };
}

interface Whose {
  readonly accountId: string;
  readonly personId: string | undefined;
  /** Who asks. */
  readonly client: Client | undefined;
}

/** Only what the wanted claims need is read and decrypted. */
async function claims(
  { accounts, persons, levels, nameMask }: AccountDeps,
  { accountId, personId, client }: Whose,
  rows: readonly ClaimRow[],
): Promise<Awaited<ReturnType<LibraryAccount['claims']>>> {
  const needs = new Set(rows.flatMap((row) => row.needs));
  const [account, person, evidence] = await Promise.all([
    needs.has('account') ? accounts.byId(accountId) : undefined,
    needs.has('person') && personId !== undefined ? persons.byId(personId) : undefined,
    needs.has('evidence') ? levels.evidence.ofAccount(accountId) : [],
  ]);
  const facts = {
    account,
    person,
    evidence,
    told: new Set(rows.map(({ claim }) => claim)),
    nameMask,
    ladder: levels.ladder,
    now: levels.clock.now(),
    entitlements: Array.isArray(client?.entitlements) ? (client.entitlements as string[]) : [],
    mayHaveMobile: client?.first_party === true && mayAskFor(client, 'phone_number'),
  };
  return { sub: accountId, ...claimsOf(rows, facts) };
}
