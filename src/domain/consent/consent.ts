/**
 * What a relying party may learn: decided by the person, per client and (for organisations) per
 * principal, remembered with the version of the text, withdrawn as easily as given (PIPL arts. 13–17, 23).
 */
export interface Consent {
  readonly accountId: string;
  readonly clientId: string;
  /** Whom the person acts for: `person`, or an organisation's id. */
  readonly principal: string;
  readonly scopes: readonly string[];
  /** Names asked for one by one through the `claims` parameter. */
  readonly claims: readonly string[];
  /** Version of the privacy text at that time. */
  readonly textVersion: string;
  readonly givenAt: Date;
}

export interface ConsentStore {
  /** The consent in force. */
  find(accountId: string, clientId: string, principal: string): Promise<Consent | undefined>;
}

/** What is allowed now besides what was allowed before, unless that was under another text. */
export function together(earlier: Consent | undefined, consent: Consent): Consent {
  if (earlier?.textVersion !== consent.textVersion) return consent;
  return {
    ...consent,
    scopes: [...new Set([...earlier.scopes, ...consent.scopes])],
    claims: [...new Set([...earlier.claims, ...consent.claims])],
  };
}

/** Does a remembered consent cover what is asked now? Less is fine, more is asked again. */
export function covers(consent: Consent | undefined, scopes: readonly string[], claims: readonly string[]): boolean {
  if (!consent) return false;
  return scopes.every((scope) => consent.scopes.includes(scope)) && claims.every((claim) => consent.claims.includes(claim));
}
