import type { EvidenceKind } from './evidence.ts';

/** The common scale of every deployment (AST-01); `L1` is the lowest. */
export const acrValues = ['L1', 'L2', 'L3', 'L4'] as const;
export type Acr = (typeof acrValues)[number];

/** A text in the languages of the pages. */
export interface LocalText {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** One rung of a deployment's ladder; which evidence gives which level is data (RN-44, DIS-04). */
export interface AssuranceLevel {
  readonly acr: Acr;
  /** What pages call it: 初级认证, V1 … */
  readonly label: LocalText;
  /** What the level opens, as a sentence of the page (RN-05 to RN-08). */
  readonly opens: LocalText;
  /** It opens that besides what the levels below open; else what it opens stands alone. */
  readonly adds?: boolean;
  /** What the city's app calls what it opens (RN-06, RN-07). */
  readonly inApp?: LocalText;
  /** Any of these sets of evidence is enough; the lowest rung has an empty set. */
  readonly anyOf: readonly (readonly EvidenceKind[])[];
  /**
   * How the person must have authenticated in this session, besides: any of these RFC 8176 values.
   * Absent: any way of signing in (AST-06).
   */
  readonly minimumAuthentication?: MinimumAuthentication;
  /** An SMS code alone reaches it only on a device that proved more before: whoever finds a phone has another one. */
  readonly knownDevice?: boolean;
  /** Shown as a disabled tile, reachable by nobody yet (RN-36). */
  readonly comingSoon?: boolean;
  /** Evidence of `anyOf` that is shown as coming (RN-10). */
  readonly soon?: readonly EvidenceKind[];
  /** Where people get the level while no method here leads to it (RN-37, RN-38). */
  readonly where?: LocalText;
}

export interface MinimumAuthentication {
  readonly anyOf: readonly string[];
  /** What another device proved, which signed this one in, does not count. */
  readonly onThisDevice?: boolean;
}
