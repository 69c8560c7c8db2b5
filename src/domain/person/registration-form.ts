import { normalisePassword, type PasswordPolicy } from '../authenticator/password-policy.ts';
import { isAgreed } from '../agreement.ts';
import type { Profile, RegistrationField, RegistrationIdentity } from '../policy.ts';
import { checkedName, checkedNumber, chosenType, type CheckedIdentity } from '../proofing/real-name.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { AssertedIdentity, Sex } from './account.ts';
import { ageOn, compareCivilDates, readCivilDate, todayInShanghai, type CivilDate } from './civil-date.ts';
import { checkContactAddress, type ContactAddressPolicy } from './contact-address.ts';
import { documentTypes, type DocumentType } from './document-number.ts';
import { endOfValidity, isValidity } from './document-validity.ts';
import { checkEmail } from './email.ts';
import { checkMobile } from './mobile.ts';
import type { PersonNamePolicy } from './person-name.ts';
import { passwordProblems } from './register.ts';
import { normaliseUsername, unmetUsernameRules, type UsernamePolicy } from './username.ts';

/** What somebody types to open an account (REG-08 to REG-32), judged without asking anybody. */

export interface RegistrationPolicies {
  /** What the form asks for, in its order. */
  readonly fields: readonly RegistrationField[];
  readonly identity: RegistrationIdentity;
  readonly username: UsernamePolicy | null;
  readonly password: PasswordPolicy;
  readonly personName: PersonNamePolicy;
  readonly documents: readonly DocumentType[];
  readonly address: ContactAddressPolicy;
}

/** What a form asks for; nobody is asked for a username where accounts have none. */
export function askedFields(
  { registration, username }: Pick<Profile, 'registration' | 'username'>,
  channel: 'desktop' | 'h5',
): readonly RegistrationField[] {
  return registration.fields[channel].filter((field) => field !== 'username' || username !== null);
}

export interface CheckedRegistration {
  readonly username: string | undefined;
  readonly mobile: string;
  readonly password: string;
  readonly address: string | undefined;
  /** To be verified. */
  readonly identity: CheckedIdentity | undefined;
  /** As typed, verified by nobody. */
  readonly asserted: AssertedIdentity | undefined;
}

type Typed = Readonly<Record<string, string | undefined>>;

/** Collects what is wrong and lets what is right through. */
interface Judge {
  keep<T extends object | string>(result: T | Refused): T | undefined;
  refuse(refused: Refused): undefined;
}

function createJudge(problems: Refused[]): Judge {
  const refuse = (refused: Refused): undefined => void problems.push(refused);
  return { refuse, keep: (result) => (result instanceof Refused ? refuse(result) : result) };
}

/**
 * All problems at once, each with its reason. What the form does not ask for is not read.
 *
 * @param typed - by the name of the field; absent: empty
 * @throws FormRefused
 */
export function checkRegistration(typed: Typed, policies: RegistrationPolicies, now: Date): CheckedRegistration {
  const problems: Refused[] = [];
  const judge = createJudge(problems);
  const { keep } = judge;
  const asks = (field: RegistrationField): boolean => policies.fields.includes(field);
  const username = asks('username') && policies.username ? keep(checkedUsername(typed.username ?? '', policies.username)) : undefined;
  const name = asks('name') ? keep(checkedName(typed.name ?? '', policies.personName)) : undefined;
  const type = asks('document') ? keep(chosenType(typed.documentType ?? '', policies.documents)) : undefined;
  const document = type && keep(checkedDocument(typed, type, policies.documents, now));
  const details = type && asks('details') ? checkedDetails(typed, type, judge, todayInShanghai(now)) : undefined;
  const address = asks('address') ? keep(checkedAddress(typed.address ?? '', policies.address)) : undefined;
  const email = asks('email') && typed.email?.trim() ? keep(checkedEmail(typed.email)) : undefined;
  const mobile = keep(checkedMobile(typed.mobile ?? ''));
  const { newPassword = '' } = typed;
  const confirmPassword = asks('confirmPassword') ? (typed.confirmPassword ?? '') : newPassword;
  problems.push(...passwordProblems({ newPassword, confirmPassword }, policies.password, { username, mobile, document: document?.number }));
  if (!isAgreed(typed.agreement)) problems.push(new Refused('agreement.required', 'agreement'));
  if (problems.length > 0 || mobile === undefined) throw new FormRefused(problems);
  return {
    username,
    mobile,
    password: normalisePassword(newPassword),
    address,
    identity: policies.identity === 'in-form' && name && document && details ? identityOf(name, document, details) : undefined,
    asserted:
      policies.identity === 'asserted' && name && document
        ? { name: name.typedName ?? name.name, documentType: document.documentType, documentNumber: document.number, email }
        : undefined,
  };
}

function checkedUsername(typed: string, policy: UsernamePolicy): string | Refused {
  const username = normaliseUsername(typed);
  const [reason] = unmetUsernameRules(policy, username);
  const { minLength: min, maxLength: max } = policy;
  return reason ? new Refused('username.invalid', 'username', { reason, min, max }) : username;
}

type CheckedDocument = Pick<CheckedIdentity, 'documentType' | 'number' | 'key' | 'birthDate'> & { readonly sex: Sex | undefined };

function checkedDocument(typed: Typed, documentType: DocumentType, offered: readonly DocumentType[], now: Date): CheckedDocument | Refused {
  const number = checkedNumber(documentType, typed.documentNumber ?? '', now, offered);
  if (number instanceof Refused) return number;
  return { documentType, number: number.canonical, key: number.key, sex: number.sex, birthDate: number.birthDate };
}

type CheckedName = Pick<CheckedIdentity, 'name' | 'typedName'>;
type Details = Partial<Pick<CheckedIdentity, 'sex' | 'birthDate' | 'validFrom' | 'validUntil'>>;

/** What the number says is truer than what was typed beside it (RN-14). */
function identityOf(name: CheckedName, document: CheckedDocument, { sex, birthDate, validFrom, validUntil }: Details): CheckedIdentity {
  return {
    ...document,
    ...name,
    sex: document.sex ?? sex ?? 'unknown',
    birthDate: document.birthDate ?? birthDate,
    validFrom,
    validUntil,
  };
}

/** Where the number tells sex and birth date, the validity is asked; of a permit the other two (REG-30, REG-32). */
function checkedDetails(typed: Typed, type: DocumentType, judge: Judge, today: CivilDate): Details | undefined {
  if (documentTypes[type].tellsSex) return checkedValidity(typed, type, judge, today);
  const sex = judge.keep(
    typed.sex === 'male' || typed.sex === 'female' ? typed.sex : new Refused('field.required', 'sex', { reason: 'sex' }),
  );
  const birthDate = judge.keep(checkedBirthDate(typed.birthDate ?? '', today));
  return sex && birthDate ? { sex, birthDate } : undefined;
}

function checkedValidity(typed: Typed, type: DocumentType, { keep, refuse }: Judge, today: CivilDate): Details | undefined {
  const from = keep(dateIn(typed.validFrom ?? '', 'validFrom'));
  const future = from !== undefined && compareCivilDates(from, today) > 0;
  const validFrom = future ? refuse(new Refused('date.invalid', 'validFrom', { reason: 'future' })) : from;
  const { validity = '' } = typed;
  if (!isValidity(validity)) return refuse(new Refused('field.required', 'validity', { reason: 'validity' }));
  if (validFrom === undefined) return undefined;
  const validUntil = endOfValidity(type, validFrom, validity);
  const ended = validUntil !== 'long-term' && compareCivilDates(validUntil, today) < 0;
  return ended ? refuse(new Refused('document.expired', 'validity')) : { validFrom, validUntil };
}

/** Longer than anybody has lived. */
const greatestAge = 150;

function checkedBirthDate(text: string, today: CivilDate): CivilDate | Refused {
  const date = dateIn(text, 'birthDate');
  if (date instanceof Refused) return date;
  const age = ageOn(date, today);
  return age < 0 || age > greatestAge ? new Refused('date.invalid', 'birthDate', { reason: 'birth-date' }) : date;
}

function dateIn(text: string, field: string): CivilDate | Refused {
  if (text.trim() === '') return new Refused('field.required', field, { reason: field });
  return readCivilDate(text) ?? new Refused('date.invalid', field);
}

function checkedAddress(typed: string, policy: ContactAddressPolicy): string | Refused {
  const check = checkContactAddress(typed, policy);
  const { minLength: min, maxLength: max } = policy;
  return check.ok ? check.canonical : new Refused('address.invalid', 'address', { reason: check.reason, min, max });
}

function checkedEmail(typed: string): string | Refused {
  const check = checkEmail(typed);
  return check.ok ? check.canonical : new Refused('email.invalid', 'email', { reason: check.reason });
}

function checkedMobile(typed: string): string | Refused {
  const check = checkMobile(typed);
  return check.ok ? check.canonical : new Refused('mobile.invalid', 'mobile', { reason: check.reason });
}
