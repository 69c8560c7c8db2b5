import type { CivilDate } from '../person/civil-date.ts';
import type { DocumentType } from '../person/document-number.ts';
import type { Sex } from '../person/account.ts';

/**
 * An authority's answer is a value, never an exception (AST-13). Only `match` raises a level;
 * `unavailable` and `over-quota` say nothing about the person and must never look like `mismatch`.
 */
export type SourceOutcome = 'match' | 'mismatch' | 'no-record' | 'invalid' | 'unavailable' | 'over-quota' | 'refused' | 'pending';

export interface SourceAnswer {
  readonly outcome: SourceOutcome;
  /** The authority's own code, for the log and the audit record; never shown. */
  readonly reason?: string;
  /** Transaction id of the authority, or ours when it gave none. */
  readonly reference: string;
}

/** Of a name in letters: the order of its words that was confirmed, where that is another than was asked. */
export interface IdentityAnswer extends SourceAnswer {
  readonly name?: string;
}

export interface IdentityCheck {
  readonly documentType: DocumentType;
  /** Canonical form. */
  readonly documentNumber: string;
  readonly name: string;
  readonly sex: Sex;
  /** Where the number does not say it. */
  readonly birthDate?: CivilDate | undefined;
  readonly validFrom: CivilDate | undefined;
  readonly validUntil: CivilDate | 'long-term' | undefined;
}

/** Population register: does this document, with this name and these dates, exist and belong together? */
export interface IdentitySource {
  readonly name: string;
  /** Never throws and never takes longer than its time limit (5 s): a late answer is `unavailable`. */
  check(check: IdentityCheck, reference: string): Promise<IdentityAnswer>;
}

export interface BankCardCheck {
  readonly name: string;
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  /** 13 to 19 digits. Never stored by us. */
  readonly bankCard: string;
  readonly reservedMobile: string;
}

export interface BankCardAnswer extends SourceAnswer {
  /** Where the source says so. */
  readonly cardKind?: 'debit' | 'credit';
  /** 一类 / 二类 / 三类账户; most sources do not say. */
  readonly accountClass?: 'I' | 'II' | 'III';
}

/** Four elements of a bank card: name, document, card number, mobile reserved at the bank. */
export interface BankCardSource {
  readonly name: string;
  /** As `IdentitySource.check`. */
  check(check: BankCardCheck, reference: string): Promise<BankCardAnswer>;
}
