import { fieldKinds, fold, type FieldKind, type FieldKindName } from './folding.ts';

/**
 * Every field of every form by its name (which is fixed, for scripts and password managers), and the kind of thing that is
 * typed into it. What a field may hold besides – a rule for user names, a document of the city – the domain judges.
 */
const kinds = {
  identifier: 'identifier',
  username: 'username',
  password: 'password',
  newPassword: 'password',
  confirmPassword: 'password',
  captcha: 'captcha',
  code: 'code',
  totpCode: 'code',
  recoveryCode: 'recovery-code',
  mobile: 'mobile',
  reservedMobile: 'mobile',
  email: 'email',
  name: 'name',
  documentType: 'choice',
  documentNumber: 'document-number',
  validFrom: 'date',
  validUntil: 'date',
  longTerm: 'choice',
  validity: 'choice',
  sex: 'choice',
  birthDate: 'date',
  ethnicity: 'choice',
  address: 'address',
  socialHistory: 'text',
  bankCard: 'bank-card',
  agreement: 'choice',
  nationalPlatform: 'choice',
  passkeyName: 'label',
  credential: 'credential',
  number: 'choice',
} as const satisfies Readonly<Record<string, FieldKindName>>;

export type FieldName = keyof typeof kinds;

/** What kind of thing is typed into a field. */
export function kindOf(field: FieldName): FieldKind {
  return fieldKinds[kinds[field]];
}

/** The text as the field is read. */
export function foldField(field: FieldName, text: string): string {
  return fold(kinds[field], text);
}

const secretKinds: ReadonlySet<FieldKindName> = new Set(['password', 'code', 'recovery-code', 'credential', 'captcha']);

/** Whether what is typed into a field proves who types it: it is good for one submission and kept by no page. */
export function isSecret(field: FieldName): boolean {
  return secretKinds.has(kinds[field]);
}

/** Whether a word names a field. */
export function isFieldName(word: string): word is FieldName {
  return Object.hasOwn(kinds, word);
}
