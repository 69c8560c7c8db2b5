import type { Evidence } from '../domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../domain/assurance/ladder.ts';
import { assuranceLevel, countingKinds } from '../domain/assurance/level.ts';
import { platformLocale, type Account, type Person } from '../domain/person/account.ts';
import { mask, type NameMaskStyle } from '../domain/person/masking.ts';
import { holdsMobile } from '../domain/person/mobile.ts';

/** What is known of somebody when claims are made. */
export interface ClaimFacts {
  /** Present when a claim that needs it is wanted; likewise person and evidence. */
  readonly account: Account | undefined;
  readonly person: Person | undefined;
  readonly evidence: readonly Evidence[];
  /** What the answer holds besides. */
  readonly told: ReadonlySet<string>;
  readonly nameMask: NameMaskStyle;
  readonly ladder: readonly AssuranceLevel[];
  readonly now: Date;
  /** Special rights of the client record. */
  readonly entitlements: readonly string[];
  /** The service is one of the platform itself, which no consent keeps from asking for the mobile. */
  readonly mayHaveMobile: boolean;
}

/** What has to be read for a claim. */
export type Need = 'account' | 'person' | 'evidence';

export interface ClaimRow {
  readonly claim: string;
  readonly scope: string;
  readonly needs: readonly Need[];
  /** Undefined: nothing to say, the claim is left out. */
  readonly value: (facts: ClaimFacts) => unknown;
}

/**
 * Every claim, one row each. All but `openid` claims are given at userinfo only (the library's
 * conformIdTokenClaims). `identity_document` needs an entitlement of the client besides the person's consent.
 */
export const claimRows: readonly ClaimRow[] = [
  { claim: 'name', scope: 'profile', needs: ['account', 'person'], value: displayName },
  { claim: 'preferred_username', scope: 'profile', needs: ['account'], value: toldUsername },
  { claim: 'nickname', scope: 'profile', needs: ['account'], value: toldUsername },
  { claim: 'gender', scope: 'profile', needs: ['person'], value: ({ person }) => (person?.sex === 'unknown' ? undefined : person?.sex) },
  { claim: 'birthdate', scope: 'profile', needs: ['person'], value: ({ person }) => person?.birthDate },
  { claim: 'zoneinfo', scope: 'profile', needs: [], value: () => 'Asia/Shanghai' },
  { claim: 'locale', scope: 'profile', needs: ['account'], value: ({ account }) => account && (account.locale ?? platformLocale) },
  {
    claim: 'updated_at',
    scope: 'profile',
    needs: ['account'],
    value: ({ account }) => account && Math.floor(account.updatedAt.getTime() / 1000),
  },
  { claim: 'email', scope: 'email', needs: ['account'], value: ({ account }) => account?.email },
  {
    claim: 'email_verified',
    scope: 'email',
    needs: ['account'],
    value: ({ account }) => (account?.email === undefined ? undefined : true),
  },
  { claim: 'phone_number', scope: 'phone', needs: ['account'], value: ({ account }) => account && `+86${account.mobile}` },
  { claim: 'phone_number_verified', scope: 'phone', needs: ['account'], value: ({ account }) => account?.mobileProven },
  { claim: 'address', scope: 'address', needs: ['account'], value: ({ account }) => account?.address && { formatted: account.address } },
  { claim: 'real_name', scope: 'real_name', needs: ['person'], value: ({ person }) => person?.name },
  {
    claim: 'identity_document',
    scope: 'identity_document',
    needs: ['person'],
    value: ({ person, entitlements }) =>
      person && entitlements.includes('identity_document') ? { type: person.document.type, number: person.document.number } : undefined,
  },
  { claim: 'assurance', scope: 'assurance', needs: ['evidence'], value: assurance },
];

/**
 * What a service may greet somebody by: the name as verified where it is told that name anyway, else so much of it as pages
 * show; of nobody verified the username, unless it holds the mobile (REG-14), which is a claim of its own.
 */
function displayName({ account, person, told, nameMask }: ClaimFacts): string | undefined {
  if (person) return told.has('real_name') ? person.name : mask.name(person.name, nameMask).text;
  const username = account?.username;
  return username !== undefined && holdsMobile(username) ? mask.username(username).text : username;
}

/**
 * A username that holds a mobile (REG-14) tells it, so it is told to whoever is told the mobile: the one of now, and no number
 * of earlier. Left out rather than masked: two people would have one name, and services sign in by it.
 */
function toldUsername({ account, told, mayHaveMobile }: ClaimFacts): string | undefined {
  if (account?.username === undefined) return undefined;
  const { username, mobile } = account;
  return holdsMobile(mayHaveMobile || told.has('phone_number') ? username.replace(mobile, '') : username) ? undefined : username;
}

function assurance({ evidence, ladder, now }: ClaimFacts) {
  const kinds = countingKinds(evidence, now);
  return {
    level: assuranceLevel(ladder, kinds).acr,
    evidence: evidence
      .filter(({ expiresAt }) => !expiresAt || expiresAt > now)
      .map(({ kind, verifiedAt }) => ({ kind, verified_at: verifiedAt.toISOString() })),
  };
}

/** Scopes, and claims of the same names, that say who the verified person is and how well that is known. */
const ofVerified: ReadonlySet<string> = new Set(['real_name', 'identity_document', 'assurance']);

export function isOfVerified(scopeOrClaim: string): boolean {
  return ofVerified.has(scopeOrClaim);
}

/** Of tokens that say nothing of the verified person: of the scope `profile` they leave out what only the person has. */
export const nobodyMark = 'minxin:nobody';

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

/** What the person agreed to tell: by scopes, and named one by one. */
export interface Granted {
  readonly scope: string;
  readonly named: Readonly<Record<string, unknown>>;
  /** Told by no scope either. */
  readonly rejected: readonly string[];
}

/** The rows a request is answered with. */
export function wantedClaims({ scope, named, rejected }: Granted): readonly ClaimRow[] {
  const scopes = new Set(scope.split(' '));
  return claimRows.filter((row) => !rejected.includes(row.claim) && (scopes.has(row.scope) || Object.hasOwn(named, row.claim)));
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
