import { ageOn, todayInShanghai, type CivilDate } from '../person/civil-date.ts';
import type { DocumentType } from '../person/document-number.ts';
import type { GuardianPolicy } from '../policy.ts';

/** Who agreed that a minor's identity is verified, and how we know them. Plain data, so that a draft can hold it. */
export interface GuardianProof {
  readonly name: string;
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  /** Proven by an SMS code. */
  readonly mobile: string;
  /** Version of the text they agreed to. */
  readonly version: string;
  /** Authority that confirmed name and number. */
  readonly source: string;
  readonly reference: string;
  /** Milliseconds. */
  readonly at: number;
}

/** The consent as it is kept, with the minor's person. */
export interface GuardianConsent extends GuardianProof {
  readonly personId: string;
}

/**
 * Whether somebody's identity may be verified only with the consent of a guardian (PIPL article 31). Of whom neither
 * document nor form tells the birth date nobody is asked.
 */
export function needsGuardian(policy: GuardianPolicy | null, birthDate: CivilDate | undefined, now: Date): boolean {
  return policy !== null && birthDate !== undefined && ageOn(birthDate, todayInShanghai(now)) < policy.under;
}
