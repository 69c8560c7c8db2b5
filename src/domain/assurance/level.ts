import type { Evidence, EvidenceKind } from './evidence.ts';
import { acrValues, type Acr, type AssuranceLevel } from './ladder.ts';

/** -1, 0 or 1, as `Array.sort` wants it. */
export function compareAcr(a: Acr, b: Acr): number {
  return Math.sign(acrValues.indexOf(a) - acrValues.indexOf(b));
}

export function isAcr(value: unknown): value is Acr {
  return typeof value === 'string' && (acrValues as readonly string[]).includes(value);
}

/** The higher of two. */
export function higherAcr(a: Acr, b: Acr): Acr {
  return compareAcr(a, b) >= 0 ? a : b;
}

/**
 * Kinds of evidence that count at this moment.
 *
 * @param maxAgeSeconds - a client's "no older than" (`max_evidence_age`), if it has one
 */
export function countingKinds(held: readonly Evidence[], now: Date, maxAgeSeconds?: number): ReadonlySet<EvidenceKind> {
  const oldest = maxAgeSeconds === undefined ? -Infinity : now.getTime() - maxAgeSeconds * 1000;
  return new Set(
    held.filter(({ expiresAt, verifiedAt }) => (!expiresAt || expiresAt > now) && verifiedAt.getTime() >= oldest).map(({ kind }) => kind),
  );
}

/**
 * The highest rung of `ladder` that the evidence satisfies, whatever the session.
 *
 * Rungs are tried from the top and are not cumulative: a person checked at a service counter never had
 * to hold what the rung below asks for. The lowest rung asks for nothing (the profile schema insists).
 */
export function assuranceLevel(ladder: readonly AssuranceLevel[], kinds: ReadonlySet<EvidenceKind>): AssuranceLevel {
  const met = ladder.findLast((rung) => !rung.comingSoon && evidenceMeets(rung, kinds));
  if (!met) throw new Error('the lowest rung of a ladder must ask for no evidence');
  return met;
}

function evidenceMeets(rung: AssuranceLevel, kinds: ReadonlySet<EvidenceKind>): boolean {
  return rung.anyOf.some((set) => set.every((kind) => kinds.has(kind)));
}
