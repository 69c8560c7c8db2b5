import type { UpstreamPreset } from './upstream/upstream.ts';
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
  readonly account: AccountCentrePolicy;
  readonly captcha: CaptchaPolicy;
  /** Null: accounts have no chosen username. */
  readonly username: UsernamePolicy | null;
  readonly personName: PersonNamePolicy;
  readonly password: PasswordPolicy;
  readonly documents: readonly DocumentType[];
  readonly registration: RegistrationPolicy;
  /** Kinds of users whose tabs say that they are coming (REG-05, LOG-14, OPS-11). */
  readonly comingSubjects: readonly ComingSubject[];
  /** Whose identity is verified only with the consent of a guardian (PRV-05); null: nobody's. */
  readonly guardian: GuardianPolicy | null;
  /** How a recovery of the password begins, by channel; null: there is none. */
  readonly recovery: RecoveryPolicy | null;
  /** Imported people may activate their account (ACT-01). */
  readonly activation: boolean;
  /** Proofing methods in the order of the tiles. */
  readonly proofing: readonly string[];
  readonly bankCard: BankCardPolicy;
  readonly sms: SmsPolicy;
  readonly sessions: SessionPolicy;
  readonly presence: PresencePolicy;
  readonly masking: { readonly name: NameMaskStyle; readonly document: DocumentMaskShape };
  readonly help: HelpPolicy;
  /** Networks and what people call the place they are at, most exact first. */
  readonly places: readonly Place[];
  readonly appLinks: AppLinks;
  /** Third parties by the name of their login method. */
  readonly upstreams: Readonly<Record<string, UpstreamPreset>>;
  /** Texts of the deployment in place of the pages' own, by their keys. */
  readonly words: Readonly<Record<string, LocalText>>;
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
  /** How the registration on phones words it, where that differs (REG-42). */
  readonly agreementOnPhones?: { readonly title: LocalText; readonly accept: LocalText };
  /** What pages call the account centre (LOG-16). */
  readonly accountCentre: LocalText;
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

export interface Place {
  /** `10.1.0.0/16`, `2001:db8::/32`. */
  readonly networks: readonly string[];
  readonly name: LocalText;
}

export interface HelpPolicy {
  /** Questions of the help centre in their order. */
  readonly questions: readonly string[];
}

/** How the account centre is cut, and what its owner may change. */
export interface AccountCentrePolicy {
  /** Tabs in their order; none: everything on one page. */
  readonly tabs: readonly AccountTab[];
  readonly blocks: readonly AccountBlock[];
  readonly changes: readonly AccountChangeName[];
  /** Whether the platform's own number is shown (ACC-17). */
  readonly number: boolean;
}

/** Data of the account under one heading (ACC-04). */
export interface AccountBlock {
  readonly title: LocalText;
  readonly rows: readonly AccountRow[];
  /** Whether 编辑资料 stands beside the heading. */
  readonly edit?: boolean;
}

export type AccountRow = AccountChangeName | 'number' | 'name' | 'sex' | 'document';
export type AccountTab = 'profile' | 'bindings' | 'password' | 'security' | 'level' | 'settings';
export type AccountChangeName = 'username' | 'password' | 'mobile' | 'email' | 'ethnicity' | 'address' | 'social-history';

export interface CaptchaPolicy {
  readonly login: 'always' | 'after-failures' | 'never';
  /** How many failures an address or identifier may have before `after-failures` asks. */
  readonly failures: number;
  readonly length: number;
  readonly alphabet: 'digits' | 'alphanumeric';
}

/** Entries of the account form; `mobile` brings captcha and SMS code along, `details` what else a document says. */
export type RegistrationField =
  | 'username'
  | 'name'
  | 'document'
  | 'details'
  | 'address'
  | 'email'
  | 'mobile'
  | 'password'
  | 'confirmPassword';

/**
 * What an account form does with an identity: nothing; keeps what is typed, unverified (`asserted`); verifies it before
 * the account is there (`in-form`); asks in a step of its own, which may or may not be left out.
 */
export type RegistrationIdentity = 'none' | 'asserted' | 'in-form' | 'step' | 'skippable-step';

export interface RegistrationPolicy {
  /** A page in front of the form with the ways to an account, of which a new one is the last (REG-04). */
  readonly options: boolean;
  /** The account form in its order, by channel. */
  readonly fields: { readonly desktop: readonly RegistrationField[]; readonly h5: readonly RegistrationField[] };
  readonly identity: RegistrationIdentity;
  /** Characters of an address (REG-25). */
  readonly address: { readonly minLength: number; readonly maxLength: number };
  /** Accounts whose form has no username get this and their mobile (REG-14); null: they have none. */
  readonly generatedUsername: { readonly prefix: string } | null;
  /** Null: always open. */
  readonly hours: RegistrationHours | null;
  /** Null: nothing is passed on (REG-45). */
  readonly nationalPlatform: NationalPlatformPolicy | null;
}

/** When holders of resident identity cards of other provinces may register (REG-35). */
export interface RegistrationHours {
  /** `08:00`, of the day in China. */
  readonly opens: string;
  readonly closes: string;
  /** First two digits of the cards that may register at any time. */
  readonly exemptProvince: string;
}

/** An empty box that may be left so: nobody is passed on unasked (PIPL 14). */
export interface NationalPlatformPolicy {
  /** Version of the text that people agree to. */
  readonly version: string;
}

export type ComingSubject = 'legal-person' | 'agent';

export interface GuardianPolicy {
  /** Age in completed years below which a guardian must agree. */
  readonly under: number;
  /** Version of the text that guardians agree to. */
  readonly version: string;
}

export interface RecoveryPolicy {
  readonly desktop: readonly RecoveryStart[];
  readonly h5: readonly RecoveryStart[];
}

/** An identifier of the kind, or name and document number together (`identity`, REC-05), which stands alone. */
export type RecoveryStart = IdentifierKind | 'identity';

export interface BankCardPolicy {
  readonly debitOnly: boolean;
  /** Class I accounts only (RN-23). */
  readonly classIOnly: boolean;
  /** The mobile reserved at the bank must be the account's (RN-25, DIS-07). */
  readonly mobileMustMatchAccount: boolean;
  /** The type of document that the account was opened with is asked for (RN-27). */
  readonly documentType: boolean;
  readonly agreement: boolean;
}

export interface SmsPolicy {
  readonly cooldownSeconds: number;
  readonly perHour: number;
  readonly perDay: number;
  /** Per address and hour; a service hall shares one. */
  readonly perAddressHour: number;
  /** Of all people in an hour: what a deployment is ready to pay for. */
  readonly totalPerHour: number;
  readonly ttlSeconds: number;
  readonly attempts: number;
}

/** Apps that open the addresses of codes themselves. */
export interface AppLinks {
  readonly android: readonly { readonly package: string; readonly fingerprints: readonly string[] }[];
  /** Team and bundle, `ABCDE12345.cn.gov.example.citizen`. */
  readonly apple: readonly string[];
}

/** How much a proof counts, and for how long. */
export interface PresencePolicy {
  /** For so long a way in counts as what it was set by. */
  readonly settlingSeconds: number;
  /** For so long its owner may freeze a change. */
  readonly undoSeconds: number;
}

export interface SessionPolicy {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}
