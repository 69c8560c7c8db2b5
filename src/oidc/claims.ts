import type { Evidence } from '../domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../domain/assurance/ladder.ts';
import { assuranceLevel, countingKinds } from '../domain/assurance/level.ts';
import type { Account, Person } from '../domain/person/account.ts';

/** What is known of somebody when claims are made. */
export interface ClaimFacts {
  /** Present when a claim that needs it is wanted; likewise person and evidence. */
  readonly account: Account | undefined;
  readonly person: Person | undefined;
  readonly evidence: readonly Evidence[];
  readonly ladder: readonly AssuranceLevel[];
  readonly now: Date;
  /** Special rights of the client record. */
  readonly entitlements: readonly string[];
}

export interface ClaimRow {
  readonly claim: string;
  readonly scope: string;
  /** What has to be read for it. */
  readonly needs: 'account' | 'person' | 'evidence' | 'nothing';
  /** Undefined: nothing to say, the claim is left out. */
  readonly value: (facts: ClaimFacts) => unknown;
}

/**
 * Every claim, one row each. All but `openid` claims are given at userinfo only (the library's
 * conformIdTokenClaims). `identity_document` needs an entitlement of the client besides the person's consent.
 */
export const claimRows: readonly ClaimRow[] = [
  { claim: 'preferred_username', scope: 'profile', needs: 'account', value: ({ account }) => account?.username },
  { claim: 'nickname', scope: 'profile', needs: 'account', value: ({ account }) => account?.username },
  { claim: 'gender', scope: 'profile', needs: 'person', value: ({ person }) => (person?.sex === 'unknown' ? undefined : person?.sex) },
  { claim: 'birthdate', scope: 'profile', needs: 'person', value: ({ person }) => person?.birthDate },
  { claim: 'zoneinfo', scope: 'profile', needs: 'nothing', value: () => 'Asia/Shanghai' },
  {
    claim: 'updated_at',
    scope: 'profile',
    needs: 'account',
    value: ({ account }) => account && Math.floor(account.updatedAt.getTime() / 1000),
  },
  { claim: 'email', scope: 'email', needs: 'account', value: ({ account }) => account?.email },
  { claim: 'email_verified', scope: 'email', needs: 'account', value: ({ account }) => (account?.email === undefined ? undefined : true) },
  { claim: 'phone_number', scope: 'phone', needs: 'account', value: ({ account }) => account && `+86${account.mobile}` },
  { claim: 'phone_number_verified', scope: 'phone', needs: 'nothing', value: () => true },
  { claim: 'address', scope: 'address', needs: 'account', value: ({ account }) => account?.address && { formatted: account.address } },
  { claim: 'real_name', scope: 'real_name', needs: 'person', value: ({ person }) => person?.name },
  {
    claim: 'identity_document',
    scope: 'identity_document',
    needs: 'person',
    value: ({ person, entitlements }) =>
      person && entitlements.includes('identity_document') ? { type: person.document.type, number: person.document.number } : undefined,
  },
  { claim: 'assurance', scope: 'assurance', needs: 'evidence', value: assurance },
];

function assurance({ evidence, ladder, now }: ClaimFacts) {
  const kinds = countingKinds(evidence, now);
  return {
    level: assuranceLevel(ladder, kinds).acr,
    evidence: evidence
      .filter(({ expiresAt }) => !expiresAt || expiresAt > now)
      .map(({ kind, verifiedAt }) => ({ kind, verified_at: verifiedAt.toISOString() })),
  };
}

/** The library's table: scope → claims. `openid` claims are ours to set in the ID token (D3). */
export function claimsByScope(): Record<string, string[]> {
  const table: Record<string, string[]> = { openid: ['sub', 'acr', 'amr', 'auth_time'] };
  for (const { claim, scope } of claimRows) (table[scope] ??= []).push(claim);
  return table;
}

/** Scopes that tell something about a person, in the order of the consent page. */
export const personalScopes: readonly string[] = [...new Set(claimRows.map(({ scope }) => scope))];

/** Scopes whose release is sensitive personal information (PIPL art. 28). */
export const sensitiveScopes: ReadonlySet<string> = new Set(['identity_document', 'real_name', 'profile']);

/** The rows a request may be answered with: by its scopes, and named one by one. */
export function wantedClaims(scope: string, named: Readonly<Record<string, unknown>>): readonly ClaimRow[] {
  const scopes = new Set(scope.split(' '));
  return claimRows.filter((row) => scopes.has(row.scope) || Object.hasOwn(named, row.claim));
}

/** What is known for these rows; the library filters by consent and request once more. */
export function claimsOf(rows: readonly ClaimRow[], facts: ClaimFacts): Record<string, unknown> {
  return Object.fromEntries(rows.map(({ claim, value }) => [claim, value(facts)] as const).filter(([, value]) => value !== undefined));
}

/** Named one by one, a client may ask for no more than by the scopes it is registered with. */
export function mayAskFor(client: { readonly scope?: string | undefined }, claim: string): boolean {
  const row = claimRows.find((each) => each.claim === claim);
  return row !== undefined && (client.scope ?? '').split(' ').includes(row.scope);
}
