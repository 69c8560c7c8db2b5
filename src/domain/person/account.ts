import type { CivilDate } from './civil-date.ts';
import type { Setting } from '../presence/strength.ts';
import type { DocumentType } from './document-number.ts';

/**
 * The four tables of D1: `account` is how one signs in, `person` a verified human being,
 * `subject` who a relying party sees, `evidence` (assurance/evidence.ts) what was proved.
 */

export type AccountStatus = 'active' | 'locked' | 'disabled';

/** What the hot path needs: nothing in it is personal, so nothing has to be decrypted. */
export interface AccountHeader {
  /** Immutable, oidc-provider's accountId; never shown to anybody. UUID. */
  readonly id: string;
  /** Who relying parties see; see src/oidc/subject.ts. UUID. */
  readonly subjectId: string;
  /** Set once the account belongs to a verified person. UUID. */
  readonly personId: string | undefined;
  readonly status: AccountStatus;
  /** Language in which the owner last signed in (BCP 47), where it is not the platform's own. */
  readonly locale: string | undefined;
  /** When all its sessions ended last, one perhaps excepted; absent: never. */
  readonly sessionsEndedAt?: Date;
  /** When the trust in browsers ended last (session-endings.ts); absent: never. */
  readonly trustEndedAt?: Date;
  /** Whoever has the account redeemed a code that was sent to the mobile; an earlier programme's word for it is none. */
  readonly mobileProven: boolean;
}

export interface Account extends AccountHeader {
  readonly username: string | undefined;
  /** Normalised mainland mobile, 11 digits. */
  readonly mobile: string;
  readonly email: string | undefined;
  readonly address: string | undefined;
  readonly asserted: AssertedIdentity | undefined;
  /** A name of GB/T 3304 (ethnicity.ts). */
  readonly ethnicity: string | undefined;
  /** Free text of the owner's, released to nobody (DIS-19). */
  readonly socialHistory: string | undefined;
  /** The platform's own number, 12 digits (ACC-17). */
  readonly number: string | undefined;
  /** When something of it, or whose it is, changed last. */
  readonly updatedAt: Date;
  /** A change of it is frozen: its old values are back, but nobody is found by them. */
  readonly frozen: boolean;
}

/** What somebody said of themselves and nobody verified: never an identifier, never unique, released to nobody. */
export interface AssertedIdentity {
  readonly name: string;
  readonly documentType: DocumentType;
  /** Canonical form. */
  readonly documentNumber: string;
  /** Becomes the account's own with a code sent to it. */
  readonly email?: string | undefined;
}

/** What an owner may change about an account; null empties what may be empty. */
export interface AccountChanges {
  readonly username?: string;
  /** Proven by a code. */
  readonly mobile?: string;
  readonly email?: string | null;
  readonly ethnicity?: string | null;
  /** Contact address, as checked by contact-address.ts. */
  readonly address?: string | null;
  readonly socialHistory?: string | null;
  /** Null: the platform's own. */
  readonly locale?: string | null;
}

/** Whoever never chose another language is addressed in this one. */
export const platformLocale = 'zh-CN';

export interface NewAccount {
  readonly id: string;
  readonly subjectId: string;
  readonly username: string | undefined;
  readonly mobile: string;
  /** By a code; undefined: not yet. */
  readonly mobileProvenAt: Date | undefined;
  readonly email: string | undefined;
  readonly address?: string | undefined;
  readonly asserted?: AssertedIdentity | undefined;
  /** Version of the text by which the person agreed to become a user of the national platform; absent: did not. */
  readonly nationalPlatform?: string | undefined;
  readonly agreement: { readonly version: string; readonly acceptedAt: Date };
  readonly createdAt: Date;
}

export type IdentifierKind = 'username' | 'mobile' | 'document';

/** What an account is found by, normalised. */
export interface Identifier {
  readonly kind: IdentifierKind;
  /** Of a document its `key` together with its type, as `type:key`. */
  readonly value: string;
}

export interface IdentityDocument {
  readonly type: DocumentType;
  /** Canonical form of document-number.ts. */
  readonly number: string;
  /** What uniqueness goes by (a permit's reissue count does not make a new person). */
  readonly key: string;
  readonly validFrom: CivilDate | undefined;
  readonly validUntil: CivilDate | 'long-term' | undefined;
}

export type Sex = 'male' | 'female' | 'unknown';

export interface Person {
  readonly id: string;
  readonly subjectId: string;
  /** Canonical form, as the authority confirmed it. */
  readonly name: string;
  /** As its owner typed it, where that is another: what pages show. */
  readonly typedName?: string | undefined;
  readonly document: IdentityDocument;
  readonly sex: Sex;
  readonly birthDate: CivilDate | undefined;
}

/** A person we know, and where they stand. */
export interface Holder {
  readonly person: Person;
  /** The account that holds them now. */
  readonly accountId: string | undefined;
  /** Imported, and not active yet. */
  readonly waits: boolean;
}

export interface AccountStore {
  /** Header by id; undefined when there is none. One look-up. */
  header(id: string): Promise<AccountHeader | undefined>;
  /** With personal data opened. */
  byId(id: string): Promise<Account | undefined>;
  /**
   * By keyed hash of the normalised value. `document` is the `key` of an identity document together with
   * its type as `type:key`; it finds the account that holds the verified person.
   */
  byIdentifier(kind: IdentifierKind, value: string): Promise<AccountHeader | undefined>;
  /** By the first of these that somebody has. One look-up, whoever it finds, so that its time tells nothing. */
  byFirst(candidates: readonly Identifier[]): Promise<AccountHeader | undefined>;
  password(accountId: string): Promise<StoredPassword | undefined>;
}

export interface StoredPassword {
  /** PHC string. */
  readonly hash: string;
  /** Undefined: with the account itself. */
  readonly set: Setting | undefined;
  /** Its change is frozen: it signs nobody in. */
  readonly held: boolean;
}

export interface PersonStore {
  byId(id: string): Promise<Person | undefined>;
  /** Who holds this document, which account holds that person now, and whether they wait for their activation. One look-up. */
  byDocument(type: DocumentType, key: string): Promise<Holder | undefined>;
}
