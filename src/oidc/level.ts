import type { KoaContextWithOIDC } from 'oidc-provider';
import {
  decideLevel,
  reachedLevel,
  type Authentication,
  type LevelDecision,
  type LevelFacts,
  type LevelRequest,
} from '../domain/assurance/acr.ts';
import type { EvidenceStore } from '../domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../domain/assurance/ladder.ts';
import { compareAcr, countingKinds, isAcr } from '../domain/assurance/level.ts';
import type { Clock } from '../domain/clock.ts';
import {
  atLeast,
  countedFactors,
  fromPlain,
  mergedFactors,
  provedHere,
  strengthOf,
  type PlainFactor,
  type SessionFactor,
} from '../domain/presence/strength.ts';
import type { SessionStore } from '../domain/protocol-state.ts';
import { isOfVerified, nobodyMark } from './claims.ts';
import { setLevel, withhold } from './library.ts';

/**
 * The level of one authorization request (D3): decided once per request from evidence, factor times of
 * the session, the request and the client's minimum, and never stored in the session.
 */
export interface LevelDeps {
  readonly ladder: readonly AssuranceLevel[];
  /** Proofing methods this deployment offers. */
  readonly methods: ReadonlySet<string>;
  readonly evidence: EvidenceStore;
  readonly sessions: SessionStore;
  readonly clock: Clock;
}

/** Parameters of an authorization request, as the library keeps them. */
export interface RequestParams {
  readonly [name: string]: unknown;
}

/** Members of a client record that levels depend on. */
export interface LevelClient {
  readonly clientId: string;
  readonly defaultAcrValues?: readonly string[] | undefined;
  readonly minimum_acr?: unknown;
  readonly max_evidence_age?: unknown;
}

/** What the interaction result carries of ours: factors of a sign-in and what was declined. */
export interface OurResult {
  readonly factors?: readonly PlainFactor[];
  readonly declined?: boolean;
  /** Milliseconds; when the sign-in was submitted, which of a registration is later than what it counts from. */
  readonly signedInAt?: number;
}

/**
 * What the relying party asks for. An essential value is read from the `claims` parameter itself, because
 * the library overwrites it by `acr_values` in what it stores (D3).
 */
export function levelRequest(params: RequestParams, client: LevelClient, declined: boolean): LevelRequest {
  const claim = acrClaim(params.claims);
  const named = claim.values.filter((value) => typeof value === 'string');
  const asked = typeof params.acr_values === 'string' ? params.acr_values.split(' ').filter(Boolean) : [];
  const fallback = asked.length === 0 && named.length === 0 ? (client.defaultAcrValues ?? []) : [];
  const { essential } = claim;
  const minimum = client.minimum_acr;
  return {
    essential: essential ? named : undefined,
    voluntary: essential ? asked : [...asked, ...named, ...fallback],
    minimum: isAcr(minimum) ? minimum : undefined,
    declined,
  };
}

/** The `acr` that the `claims` parameter asks for; insisted on where it names values, even such as nobody can reach (OIDC Core 5.5.1). */
export function acrClaim(claims: unknown): { readonly essential: boolean; readonly values: readonly unknown[] } {
  if (typeof claims !== 'string') return { essential: false, values: [] };
  const parsed = JSON.parse(claims) as { id_token?: { acr?: { essential?: unknown; value?: unknown; values?: unknown } | null } };
  const { essential, value, values } = parsed.id_token?.acr ?? {};
  const named = [value, values].flat().filter((each) => each !== undefined);
  return { essential: essential === true && named.length > 0, values: named };
}

/** Facts of a person and session for one client. */
export async function levelFacts(
  deps: LevelDeps,
  accountId: string,
  authentication: Authentication,
  client: LevelClient,
): Promise<LevelFacts> {
  const held = await deps.evidence.ofAccount(accountId);
  const maxAge = typeof client.max_evidence_age === 'number' ? client.max_evidence_age : undefined;
  return {
    ladder: deps.ladder,
    methods: deps.methods,
    evidence: countingKinds(held, deps.clock.now(), maxAge),
    ...authentication,
  };
}

/** A decision, and what of the session it went by. */
export type Decided = LevelDecision & { readonly authentication: Authentication };

const decisions = new WeakMap<KoaContextWithOIDC, Promise<Decided>>();

/** The decision for the request under way; the first caller computes it and sets `acr` and `amr` of the tokens. */
export function decideRequest(deps: LevelDeps, ctx: KoaContextWithOIDC): Promise<Decided> {
  const known = decisions.get(ctx);
  if (known) return known;
  const decision = decide(deps, ctx);
  decisions.set(ctx, decision);
  return decision;
}

async function decide(deps: LevelDeps, ctx: KoaContextWithOIDC): Promise<Decided> {
  const { session, client, params, result } = ctx.oidc;
  if (!session?.accountId || !client || !params) throw new Error('a level is decided for a signed-in person only');
  const ours = (result?.minxin ?? {}) as OurResult;
  const now = deps.clock.now();
  const factors = recent(await sessionFactors(deps, session.uid, ours), oldestWanted(params), session.loginTs ?? 0, now);
  const authentication = authenticationOf(factors, now);
  const facts = await levelFacts(deps, session.accountId, authentication, client);
  const decision = decideLevel(levelRequest(params, client, ours.declined === true), facts);
  setLevel(ctx, { acr: decision.acr, amr: amrOf(factors) });
  // The device is all that keeps the session below what the identity gives: nothing is said of the person behind it, however
  // often that was allowed before.
  if (compareAcr(reachedLevel(facts).acr, reachedLevel({ ...facts, newDevice: false }).acr) < 0) withhold(ctx, isOfVerified, nobodyMark);
  return { ...decision, authentication };
}

/** How far the factors of a session carry: what services are told of them (`amr`) is what was used, this is what it is worth. */
export function authenticationOf(factors: readonly SessionFactor[], now: Date): Authentication {
  const counted = (some: readonly SessionFactor[]) => new Set(amrOf(countedFactors(some, now)));
  return { amr: counted(factors), here: counted(provedHere(factors)), newDevice: !atLeast(strengthOf(factors, now), 'mobile') };
}

/** Newest of each kind: stored factors of the session, with those of a sign-in that is only just being resumed. */
async function sessionFactors(
  { sessions, clock }: Pick<LevelDeps, 'sessions' | 'clock'>,
  sessionUid: string,
  ours: OurResult,
): Promise<readonly SessionFactor[]> {
  const stored = await sessions.factors(sessionUid, clock.now());
  return mergedFactors([...stored, ...(ours.factors ?? []).map(fromPlain)]);
}

/** The library makes `prompt=login` of `max_age=0` and forgets the latter; either wants a sign-in of now (Core 3.1.2.1). */
function oldestWanted({ prompt, max_age: maxAge }: RequestParams): unknown {
  return typeof prompt === 'string' && prompt.split(' ').includes('login') ? 0 : maxAge;
}

/**
 * Factors that are no older than the service asks for (`max_age`): who signed in anew with an SMS code does not
 * bring along the password of an hour ago (AST-07). The last sign-in itself was judged by the library.
 *
 * @param maxAge - seconds, in digits; undefined when the service does not ask
 * @param loginTs - of the session, in seconds
 */
export function recent(factors: readonly SessionFactor[], maxAge: unknown, loginTs: number, now: Date): readonly SessionFactor[] {
  if (maxAge === undefined) return factors;
  const oldest = Math.min(now.getTime() - Number(maxAge) * 1000, loginTs * 1000);
  return factors.filter(({ at }) => at.getTime() >= oldest);
}

/** RFC 8176: what was used, with `mfa` when two kinds of factor were. */
export function amrOf(factors: readonly SessionFactor[]): string[] {
  // The number of a document is told to nobody, nor that somebody knew it.
  const names = factors.map(({ amr }) => amr).filter((name) => name !== 'document');
  const knows = names.some((name) => name === 'pwd' || name === 'pin');
  const has = names.some((name) => ['sms', 'otp', 'hwk', 'swk', 'face'].includes(name));
  return [...new Set([...names, ...(knows && has ? ['mfa'] : [])])].sort();
}
