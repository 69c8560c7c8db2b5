import type { AccountHeader, AccountStore } from '../domain/person/account.ts';
import type { Vault } from '../domain/vault.ts';

/**
 * Pairwise subject identifiers (OpenID Connect Core 8.1, D1): HMAC(sector, subject of the account now).
 * The account id is never shown to anybody.
 */
export type SubjectOf = (ctx: object | undefined, accountId: string, client: SubjectClient) => Promise<string>;

export interface SubjectClient {
  readonly clientId: string;
  /** Clients of one sector see the same subject; absent: the client alone. */
  readonly sector?: unknown;
  /** Granted to see the subject that all such clients see (PRT-06). */
  readonly public_subject?: unknown;
}

/** Header of an account, asked for once per request however many tokens name it. */
export type HeaderOf = (ctx: object | undefined, accountId: string) => Promise<AccountHeader | undefined>;

export function createHeaderOf(accounts: Pick<AccountStore, 'header'>): HeaderOf {
  const perRequest = new WeakMap<object, Map<string, Promise<AccountHeader | undefined>>>();
  return (ctx, accountId) => {
    if (!ctx) return accounts.header(accountId);
    const known = perRequest.get(ctx) ?? new Map<string, Promise<AccountHeader | undefined>>();
    perRequest.set(ctx, known);
    const asked = known.get(accountId) ?? accounts.header(accountId);
    known.set(accountId, asked);
    return asked;
  };
}

export function createSubjectOf(headerOf: HeaderOf, vault: Vault): SubjectOf {
  return async (ctx, accountId, client) => {
    const header = await headerOf(ctx, accountId);
    if (!header) throw new Error('no account to name');
    return vault.pairwise(sectorOf(client), header.subjectId);
  };
}

/** "Public" is one sector that many clients share; its name has no colon and is nobody else's. */
function sectorOf({ sector, clientId, public_subject: isPublic }: SubjectClient): string {
  if (isPublic === true) return 'public';
  return typeof sector === 'string' ? `sector:${sector}` : `client:${clientId}`;
}

/** For the header of a library context, which is the same object through one request. */
