import type { CivilDate } from '../src/domain/person/civil-date.ts';
import type { DocumentType } from '../src/domain/person/document-number.ts';
import type { IdentityCheck, SourceOutcome } from '../src/domain/proofing/identity-source.ts';

/** Whom an authority knows. */
export interface RegisteredPerson {
  /** As the document prints it. */
  readonly name: string;
  readonly sex: 'male' | 'female';
  readonly birthDate: CivilDate;
  /** The mobile to register with, 11 digits. */
  readonly mobile: string;
  readonly document: {
    readonly type: DocumentType;
    /** Canonical form. */
    readonly number: string;
    readonly validFrom: CivilDate;
    /** Or `long-term`. */
    readonly validUntil: NonNullable<IdentityCheck['validUntil']>;
  };
  /** What the register answers when name, sex and dates are right. */
  readonly outcome: SourceOutcome;
  readonly bankCards: readonly BankCard[];
}

/** Why a bank does not confirm a card although holder, document and mobile are right. */
export type CardReason = 'lost' | 'expired' | 'dormant' | 'no-online-banking' | 'risk' | 'too-many-wrong-pins';

export interface BankCard {
  /** 16 or 19 digits with a valid Luhn digit. */
  readonly number: string;
  readonly kind: 'debit' | 'credit';
  /** 一类 / 二类 / 三类账户; credit cards have none. */
  readonly class?: 'I' | 'II' | 'III';
  /** The mobile that the bank knows, 11 digits. */
  readonly reservedMobile: string;
  /** What the bank answers when all four elements are right. */
  readonly outcome: SourceOutcome;
  readonly reason?: CardReason;
}
