import type { IdentityDocument } from '../person/account.ts';

/** A third party that says who somebody is: they go there with the browser, and come back to one fixed address (docs/adr/0050). */
export interface Upstream {
  /** Where the browser goes. Never throws: what went wrong is a value. */
  begin(departure: Departure): Promise<Begun | UpstreamFailure>;
  /** What came back is asked about with the third party itself. Never throws. */
  complete(arrival: Arrival): Promise<UpstreamAnswer>;
}

export interface Departure {
  /** Our fixed address, as it is registered there. */
  readonly redirectUri: string;
  /** Comes back unchanged. */
  readonly state: string;
  /** Of the pages. */
  readonly locale: string;
}

export interface Begun {
  readonly outcome: 'begun';
  readonly url: string;
  /** What the driver needs when they come back; kept sealed. */
  readonly keep: string;
}

export interface Arrival {
  /** As they came; each once. */
  readonly params: Readonly<Record<string, string>>;
  readonly keep: string;
  readonly redirectUri: string;
}

/**
 * - `refused`: the person said no over there
 * - `invalid`: what came back, or what the third party says of it, is not to be believed
 * - `unavailable`: no answer
 */
export interface UpstreamFailure {
  readonly outcome: 'refused' | 'invalid' | 'unavailable';
  /** For the audit log; nothing personal. */
  readonly reason: string;
}

export type UpstreamAnswer = KnownThere | UpstreamFailure;

export interface KnownThere {
  readonly outcome: 'known';
  readonly subject: UpstreamSubject;
  /** Whom the third party has verified them to be. */
  readonly identity: VouchedIdentity | undefined;
}

/** Who it is there: a value alone may mean somebody else at another application of the same vendor. */
export interface UpstreamSubject {
  /** Issuer or application that gave it. */
  readonly app: string;
  /** Which of several ids. */
  readonly kind: string;
  readonly value: string;
}

export interface VouchedIdentity {
  readonly name: string;
  readonly document: Pick<IdentityDocument, 'type' | 'number' | 'key'>;
}

/** One text for the three. */
export function subjectKey({ app, kind, value }: UpstreamSubject): string {
  return JSON.stringify([app, kind, value]);
}

/** How a third party says who somebody is: data of the profile. */
export interface UpstreamPreset {
  /** Besides `openid`. */
  readonly scopes: readonly string[];
  /** Where its word for the verified identity stands; null: it has none that counts. */
  readonly identity: {
    readonly name: string;
    readonly documentType: string;
    readonly documentNumber: string;
    /** Its codes of document types. */
    readonly documentTypes: Readonly<Record<string, IdentityDocument['type']>>;
  } | null;
}
