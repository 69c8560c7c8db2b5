/**
 * What was proved about a person, when, by whom. Evidence belongs to the person and lasts; how one
 * signed in belongs to the session (assurance/acr.ts joins the two).
 */

/** Names of proofing methods are the kinds of evidence they give (`interactions/step-up/<kind>`). */
export type EvidenceKind = string;

export interface Evidence {
  readonly id: string;
  readonly personId: string;
  readonly kind: EvidenceKind;
  readonly verifiedAt: Date;
  /** Absent: does not expire by itself. */
  readonly expiresAt: Date | undefined;
  /** The authority that answered, and its transaction id. */
  readonly source: string;
  readonly reference: string;
}

export interface EvidenceStore {
  /** All evidence on file that is not revoked, expired items included. */
  ofPerson(personId: string): Promise<readonly Evidence[]>;
  /** The same for the person behind an account, in one look-up; empty for an unverified account. */
  ofAccount(accountId: string): Promise<readonly Evidence[]>;
  /** Evidence of active accounts that ends between two moments and whose owner was not told of it, the next first. */
  endingUntold(range: { readonly after: Date; readonly until: Date; readonly limit: number }): Promise<readonly EndingEvidence[]>;
}

/** Evidence that ends, and who is to hear of it. */
export interface EndingEvidence {
  readonly evidenceId: string;
  readonly accountId: string;
  readonly expiresAt: Date;
}
