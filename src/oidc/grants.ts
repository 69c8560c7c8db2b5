import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { covers, type ConsentStore } from '../domain/consent/consent.ts';
import { mayAskFor } from './claims.ts';

/**
 * A grant belongs to one session; what is remembered is the consent. First-party clients and covered
 * consents get their grant without a page; anything else waits for the consent prompt.
 */
export interface GrantDeps {
  readonly consents: ConsentStore;
}

/** Claims that are no personal data and need no consent. */
const protocolClaims = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

/** What a request asks to learn: scopes and claims named one by one; `denied` are those that no consent can give. */
function askedFor(ctx: KoaContextWithOIDC): { scopes: string[]; claims: string[]; denied: string[] } {
  const { client, requestParamOIDCScopes, requestParamClaims } = ctx.oidc;
  const named = [...requestParamClaims].filter((claim) => !protocolClaims.has(claim));
  const allowed = (claim: string) => client !== undefined && mayAskFor(client, claim);
  return {
    scopes: [...requestParamOIDCScopes],
    claims: named.filter(allowed),
    denied: named.filter((claim) => !allowed(claim)),
  };
}

export function createLoadExistingGrant(deps: GrantDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { session, client, account, provider } = ctx.oidc;
    if (!session || !client || !account) return undefined;
    const { scopes, claims, denied } = askedFor(ctx);
    const known = session.grantIdFor(client.clientId);
    const grant = known === undefined ? undefined : await provider.Grant.find(known);
    if (grant?.accountId === account.accountId && grantCovers(grant, scopes, [...claims, ...denied])) return grant;

    const consented =
      client.first_party === true || covers(await deps.consents.find(account.accountId, client.clientId, 'person'), scopes, claims);
    if (!consented) return grant?.accountId === account.accountId ? grant : undefined;
    const made = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    made.addOIDCScope(scopes.join(' '));
    if (claims.length > 0) made.addOIDCClaims(claims);
    if (denied.length > 0) made.rejectOIDCClaims(denied);
    await made.save();
    return made;
  };
}

function grantCovers(grant: Grant, scopes: readonly string[], claims: readonly string[]): boolean {
  const known = new Set(grant.getOIDCScopeEncountered().split(' '));
  const named = new Set(grant.getOIDCClaimsEncountered());
  return scopes.every((scope) => known.has(scope)) && claims.every((claim) => named.has(claim));
}
