import { parseCivilDate, compareCivilDates, endOfDay, todayInShanghai, type CivilDate } from './civil-date.ts';
import { documentTypes, isDocumentType, type DocumentType } from './document-number.ts';
import { checkMobile } from './mobile.ts';
import { checkPersonName, type PersonNamePolicy } from './person-name.ts';
import { normaliseUsername, unmetUsernameRules, usernameKey, type UsernamePolicy } from './username.ts';
import type { GuardianPolicy } from '../policy.ts';
import { needsGuardian } from '../proofing/guardian-proof.ts';
import { Refused } from '../refused.ts';
import type { Person, Sex } from './account.ts';
import type { Identifiers } from './import-progress.ts';

/** Columns of an import, named as the fields of forms. */
export const importColumns = [
  'name',
  'documentType',
  'documentNumber',
  'validFrom',
  'validUntil',
  'sex',
  'birthDate',
  'mobile',
  'username',
  'passwordHash',
  'verifiedAt',
] as const;

export type ImportColumn = (typeof importColumns)[number];

/** One line as the file says it; a column that is missing or empty is not there. */
export type ImportRecord = Readonly<Partial<Record<ImportColumn, string>>>;

export interface ImportPolicies {
  /** Types of documents of the deployment. */
  readonly documents: readonly DocumentType[];
  readonly personName: PersonNamePolicy;
  /** Null: accounts have no usernames. */
  readonly username: UsernamePolicy | null;
  readonly guardian: GuardianPolicy | null;
  readonly acceptsHash: (hash: string) => boolean;
  /** As it is to be stored. */
  readonly sealHash: (hash: string) => string;
}

export type ImportedIdentity = Omit<Person, 'id' | 'subjectId'>;

/** With a password hash of the earlier system: an active account. */
export interface ImportedAccount {
  readonly kind: 'account';
  readonly mobile: string;
  readonly username: string | undefined;
  /** Sealed. */
  readonly passwordHash: string;
  /** Only an identity that the earlier system verified: nobody holds a document because they once typed its number. */
  readonly verified: { readonly identity: ImportedIdentity; readonly at: Date; readonly expiresAt: Date | undefined } | undefined;
}

/** Without one: a person who activates the account themselves. */
export interface ImportedPerson {
  readonly kind: 'person';
  readonly identity: ImportedIdentity;
  /** What the earlier programme had bound. */
  readonly mobile: string | undefined;
}

export type Imported = ImportedAccount | ImportedPerson;

/**
 * Judges one record by the rules that hold for everybody.
 *
 * @throws Refused with the column as its field
 */
export function checkImported(record: ImportRecord, policies: ImportPolicies, now: Date): Imported {
  const { passwordHash } = record;
  const mobile = record.mobile === undefined ? undefined : checkedMobile(record.mobile);
  if (passwordHash === undefined) return { kind: 'person', identity: checkedIdentity(record, policies, now), mobile };
  if (mobile === undefined) throw new Refused('field.required', 'mobile');
  if (!policies.acceptsHash(passwordHash)) throw new Refused('field.invalid', 'passwordHash', { reason: 'form' });
  const [username, verified] = [checkedUsername(record.username, policies), checkedProof(record, policies, now)];
  // Nobody's guardian has agreed here yet (PRV-05); the activation asks for it.
  if (verified && needsGuardian(policies.guardian, verified.identity.birthDate, now))
    return { kind: 'person', identity: verified.identity, mobile };
  return { kind: 'account', mobile, username, passwordHash: policies.sealHash(passwordHash), verified };
}

/** What nobody else may have. */
export function identifiersOf(imported: Imported): Identifiers {
  const identity = imported.kind === 'person' ? imported.identity : imported.verified?.identity;
  const { username } = imported.kind === 'account' ? imported : { username: undefined };
  return {
    documents: identity ? [`${identity.document.type}:${identity.document.key}`] : [],
    mobiles: imported.kind === 'account' ? [imported.mobile] : [],
    usernames: username === undefined ? [] : [usernameKey(username)],
  };
}

function checkedMobile(text: string): string {
  const mobile = checkMobile(text);
  if (!mobile.ok) throw new Refused('mobile.invalid', 'mobile', { reason: mobile.reason });
  return mobile.canonical;
}

function checkedUsername(text: string | undefined, { username: policy }: ImportPolicies): string | undefined {
  if (text === undefined) return undefined;
  const [reason] = policy ? unmetUsernameRules(policy, text) : ['not-used'];
  if (reason) throw new Refused('username.invalid', 'username', { reason });
  return normaliseUsername(text);
}

function checkedProof(record: ImportRecord, policies: ImportPolicies, now: Date): ImportedAccount['verified'] {
  if (record.verifiedAt === undefined) return undefined;
  const at = momentOf(record.verifiedAt);
  if (!at) throw new Refused('date.invalid', 'verifiedAt');
  if (at > now) throw new Refused('date.invalid', 'verifiedAt', { reason: 'future' });
  const identity = checkedIdentity(record, policies, now);
  const { validUntil } = identity.document;
  // A document that has ended proves nothing any more (DIS-17), but the account is theirs.
  return { identity, at, expiresAt: validUntil === undefined || validUntil === 'long-term' ? undefined : endOfDay(validUntil) };
}

/** A day, or a moment of ISO 8601 with its zone. */
function momentOf(text: string): Date | undefined {
  const day = parseCivilDate(text);
  if (day) return new Date(`${day}T00:00:00+08:00`);
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text) : undefined;
}

function checkedIdentity(record: ImportRecord, { documents, personName }: ImportPolicies, now: Date): ImportedIdentity {
  const { documentType: type = 'resident-id-card', documentNumber = '', name: typedName = '' } = record;
  if (!isDocumentType(type) || !documents.includes(type)) throw new Refused('document.invalid', 'documentType', { reason: 'type' });
  const number = documentTypes[type].check(documentNumber, now);
  if (!number.ok) throw new Refused('document.invalid', 'documentNumber', { reason: number.reason });
  const name = checkPersonName(typedName, personName);
  if (!name.ok) throw new Refused('name.invalid', 'name', { reason: name.reason });
  const validFrom = checkedDay(record, 'validFrom');
  const validUntil = record.validUntil === 'long-term' ? record.validUntil : checkedDay(record, 'validUntil');
  if (validFrom !== undefined && compareCivilDates(validFrom, todayInShanghai(now)) > 0)
    throw new Refused('date.invalid', 'validFrom', { reason: 'future' });
  return {
    name: name.canonical,
    document: { type, number: number.canonical, key: number.key, validFrom, validUntil },
    // What the number says is truer than what somebody ticked (RN-14).
    sex: number.sex ?? sexOf(record.sex),
    birthDate: number.birthDate ?? checkedDay(record, 'birthDate'),
  };
}

function checkedDay(record: ImportRecord, column: 'validFrom' | 'validUntil' | 'birthDate'): CivilDate | undefined {
  const text = record[column];
  const day = text === undefined ? undefined : parseCivilDate(text);
  if (text !== undefined && day === undefined) throw new Refused('date.invalid', column);
  return day;
}

const sexes: ReadonlyMap<string, Sex> = new Map([
  ['male', 'male'],
  ['男', 'male'],
  ['female', 'female'],
  ['女', 'female'],
]);

function sexOf(text: string | undefined): Sex {
  if (text === undefined) return 'unknown';
  const sex = sexes.get(text);
  if (!sex) throw new Refused('field.invalid', 'sex', { reason: 'form' });
  return sex;
}
