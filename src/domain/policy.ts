import type { AssuranceLevel, LocalText } from './assurance/ladder.ts';
import type { PasswordPolicy } from './authenticator/password-policy.ts';
import type { DocumentType } from './person/document-number.ts';
import type { IdentifierKind } from './person/account.ts';
import type { DocumentMaskShape, NameMaskStyle } from './person/masking.ts';
import type { PersonNamePolicy } from './person/person-name.ts';
import type { UsernamePolicy } from './person/username.ts';

/**
 * A deployment, as the profile says it (src/config/profile.schema.json). Functions take the slice they
 * need, never the whole.
 */
export interface Profile {
  /** The file's name without its ending. */
  readonly name: string;
  readonly brand: Brand;
  readonly ladders: { readonly person: readonly AssuranceLevel[] };
  /** Login methods in the order of the tabs, by channel. */
  readonly login: { readonly desktop: readonly string[]; readonly h5: readonly string[] };
  /** Identifiers a password login accepts. */
  readonly identifiers: readonly IdentifierKind[];
  /** The same on phones; null: as everywhere (LOG-03). */
  readonly h5Identifiers: readonly IdentifierKind[] | null;
  readonly authenticators: AuthenticatorPolicy;
  readonly captcha: CaptchaPolicy;
  /** Null: accounts have no chosen username. */
  readonly username: UsernamePolicy | null;
  readonly personName: PersonNamePolicy;
  readonly password: PasswordPolicy;
  readonly documents: readonly DocumentType[];
  readonly registration: RegistrationPolicy;
  /** Imported people may activate their account (ACT-01). */
  readonly activation: boolean;
  /** Proofing methods in the order of the tiles. */
  readonly proofing: readonly string[];
  readonly bankCard: BankCardPolicy;
  readonly sms: SmsPolicy;
  readonly sessions: SessionPolicy;
  readonly masking: { readonly name: NameMaskStyle; readonly document: DocumentMaskShape };
  /** Where people land without a waiting service (LOG-16); a path of ours or an address. */
  readonly landing: string;
  /** Seeded account of the sandbox. */
  readonly sandbox: { readonly password: string };
  /** What the manual names and the code does not offer yet. Not shown. */
  readonly later: readonly string[];
}

export interface Brand {
  readonly platform: LocalText;
  readonly city: LocalText;
  /** One of the palettes of the style sheet. */
  readonly palette: 'blue' | 'red' | 'green' | 'teal';
  readonly hotline: string;
  /** Where people find help: a path of ours or an address. */
  readonly helpCentre: string;
  /** An empty text is not shown. */
  readonly footer: {
    readonly organiser: LocalText;
    readonly icp: string;
    readonly publicSecurity: string;
    readonly siteCode: string;
  };
  readonly portal: { readonly name: LocalText; readonly url: string };
  readonly agreement: { readonly title: LocalText; readonly version: string };
  readonly privacy: { readonly title: LocalText; readonly version: string };
  /** Title of the agreement on bank-card verification (RN-28). */
  readonly bankCardAgreement: { readonly title: LocalText; readonly version: string };
}

/** What people may set up besides the password. */
export interface AuthenticatorPolicy {
  /** Passkeys; the tab of the sign-in is listed under `login`. */
  readonly passkey: boolean;
  /** Authenticator apps as second factor, with recovery codes. */
  readonly totp: boolean;
}

export interface CaptchaPolicy {
  readonly login: 'always' | 'after-failures' | 'never';
  /** How many failures an address or identifier may have before `after-failures` asks. */
  readonly failures: number;
  readonly length: number;
  readonly alphabet: 'digits' | 'alphanumeric';
}

export interface RegistrationPolicy {
  readonly steps: readonly ('account' | 'identity' | 'done')[];
  readonly identitySkippable: boolean;
}

export interface BankCardPolicy {
  readonly debitOnly: boolean;
  /** Class I accounts only (RN-23). */
  readonly classIOnly: boolean;
  /** The mobile reserved at the bank must be the account's (RN-25, DIS-07). */
  readonly mobileMustMatchAccount: boolean;
  readonly agreement: boolean;
}

export interface SmsPolicy {
  readonly cooldownSeconds: number;
  readonly perHour: number;
  readonly perDay: number;
  /** Per address and hour; a service hall shares one. */
  readonly perAddressHour: number;
  readonly ttlSeconds: number;
  readonly attempts: number;
}

export interface SessionPolicy {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}
