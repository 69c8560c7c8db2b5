import type { EvidenceKind } from './evidence.ts';
import type { Acr, AssuranceLevel } from './ladder.ts';
import { assuranceLevel, compareAcr, higherAcr, isAcr } from './level.ts';

/**
 * The one place where the two axes meet (AST-06): evidence belongs to the person, authentication to the
 * session. Pure; decided anew for every request and never stored in a session (D3).
 */

/** What a relying party asks for, read from the request and the client record. */
export interface LevelRequest {
  /** Values of an essential `claims.id_token.acr`, as sent; absent when none was asked. */
  readonly essential: readonly string[] | undefined;
  /** `acr_values`, a voluntary `acr` claim or `default_acr_values`, in order of preference. */
  readonly voluntary: readonly string[];
  /** The client's own minimum (AST-05). */
  readonly minimum: Acr | undefined;
  /** Voluntary values the person declined to reach in this interaction. */
  readonly declined: boolean;
}

/** What the session proves, as far as levels go by it. */
export interface Authentication {
  /** RFC 8176 values of the authentications of this session that count for this request (`countedFactors`). */
  readonly amr: ReadonlySet<string>;
  /** Those of them that were proved on this device; absent: all. */
  readonly here?: ReadonlySet<string>;
  /** An SMS code alone, of a verified person, on a device that never proved more than that. */
  readonly newDevice?: boolean;
}

/** What is known of the person and the session. */
export interface LevelFacts extends Authentication {
  readonly ladder: readonly AssuranceLevel[];
  /** Kinds of evidence that count now for this client (`countingKinds`). */
  readonly evidence: ReadonlySet<EvidenceKind>;
  /** Proofing methods this deployment offers. */
  readonly methods: ReadonlySet<EvidenceKind>;
}

export type LevelDecision =
  /** Nothing is missing: `acr` goes into the token. */
  | { readonly verdict: 'satisfied'; readonly acr: Acr }
  /** A method is left: show the step-up page for `target`. `hard`: declining ends in an error (AST-03). */
  | { readonly verdict: 'step-up'; readonly acr: Acr; readonly target: AssuranceLevel; readonly hard: boolean }
  /** Cannot be met here at all. */
  | { readonly verdict: 'unmet'; readonly acr: Acr };

/** Did the person authenticate in this session as the rung demands? */
export function authenticationMeets(rung: AssuranceLevel, { amr, here = amr, newDevice = false }: Authentication): boolean {
  if (newDevice && rung.knownDevice === true) return false;
  const wanted = rung.minimumAuthentication;
  return !wanted || wanted.anyOf.some((value) => (wanted.onThisDevice ? here : amr).has(value));
}

/**
 * The highest level that evidence and session satisfy together: that of the identity, or the highest below
 * it for which this session is strong enough (whose own evidence the identity need not hold).
 */
export function reachedLevel({ ladder, evidence, ...authentication }: Omit<LevelFacts, 'methods'>): AssuranceLevel {
  const identity = assuranceLevel(ladder, evidence);
  const meets = (rung: AssuranceLevel) => authenticationMeets(rung, authentication);
  const reached = ladder.findLast((rung) => !rung.comingSoon && compareAcr(rung.acr, identity.acr) <= 0 && meets(rung));
  if (!reached) throw new Error('the lowest rung of a ladder must ask for no authentication');
  return reached;
}

/** What must be added for a rung: one entry for each way, the shortest first. */
export interface Missing {
  readonly evidence: readonly EvidenceKind[];
  readonly authentication: boolean;
}

/**
 * Every way to reach at least `target`, only the missing part of each (AST-08): a higher rung will do
 * as well, and methods that this deployment does not offer are no way.
 */
export function waysTo(target: AssuranceLevel, { ladder, evidence, methods, ...authentication }: LevelFacts): readonly Missing[] {
  return ladder
    .filter((rung) => !rung.comingSoon && compareAcr(rung.acr, target.acr) >= 0)
    .flatMap((rung) =>
      rung.anyOf.map((set) => ({
        evidence: set.filter((kind) => !evidence.has(kind)),
        authentication: !authenticationMeets(rung, authentication),
      })),
    )
    .filter((way) => way.evidence.every((kind) => methods.has(kind)))
    .sort((a, b) => a.evidence.length - b.evidence.length);
}

/**
 * Decides the level of one authorization request (AST-01 to AST-06, "Unmet levels" of the public surface).
 *
 * - A requested value below the client's minimum counts as the minimum.
 * - Any essential value is enough; none met → step-up, or `unmet` when no way is left.
 * - The preferred voluntary value is offered once and may be declined.
 * - The `acr` answered is the highest requested value that is satisfied; with nothing requested, or
 *   nothing requested satisfied, the highest that is satisfied.
 */
export function decideLevel(request: LevelRequest, facts: LevelFacts): LevelDecision {
  const reached = reachedLevel(facts).acr;
  const raise = (values: readonly string[]) =>
    values.filter(isAcr).map((value) => (request.minimum ? higherAcr(value, request.minimum) : value));
  const essential = request.essential && raise(request.essential);
  const voluntary = raise(request.voluntary);
  const acr = answeredAcr([...(essential ?? []), ...voluntary], reached);

  if (essential?.length === 0) return { verdict: 'unmet', acr };

  const hard = essential ?? (request.minimum ? [request.minimum] : []);
  const met = (value: Acr) => compareAcr(reached, value) >= 0;
  if (hard.length > 0 && !hard.some(met)) return stepUp(hard, true, acr, facts) ?? { verdict: 'unmet', acr };

  const preferred = voluntary[0];
  if (preferred && !met(preferred) && !request.declined) {
    return stepUp([preferred], false, acr, facts) ?? { verdict: 'satisfied', acr };
  }
  return { verdict: 'satisfied', acr };
}

function answeredAcr(requested: readonly Acr[], reached: Acr): Acr {
  const satisfied = requested.filter((value) => compareAcr(reached, value) >= 0);
  return satisfied.length > 0 ? satisfied.reduce(higherAcr) : reached;
}

function stepUp(wanted: readonly Acr[], hard: boolean, acr: Acr, facts: LevelFacts): LevelDecision | undefined {
  for (const value of wanted) {
    const target = facts.ladder.find((rung) => compareAcr(rung.acr, value) >= 0 && !rung.comingSoon);
    if (target && waysTo(target, facts).length > 0) return { verdict: 'step-up', acr, target, hard };
  }
  return undefined;
}

/**
 * The level of a token that is refreshed: what was granted, lowered to what still holds (AST-07, AST-10). What the session
 * counted for less is in what was granted, so that no refresh makes more of it.
 *
 * @param amr - of the token: the session may have ended
 */
export function refreshedAcr(granted: string | undefined, facts: Omit<LevelFacts, 'methods'>): Acr {
  const reached = reachedLevel(facts).acr;
  if (!isAcr(granted)) return reached;
  return compareAcr(reached, granted) < 0 ? reached : granted;
}
