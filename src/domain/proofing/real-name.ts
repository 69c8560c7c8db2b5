import { randomUUID } from 'node:crypto';
import type { Person, Sex } from '../person/account.ts';
import { compareCivilDates, endOfDay, readCivilDate, todayInShanghai, type CivilDate } from '../person/civil-date.ts';
import { documentTypes, isDocumentType, type DocumentType } from '../person/document-number.ts';
import type { DocumentNumber } from '../person/document-number-check.ts';
import { checkPersonName, hasRareCharacter, isNameOfLetters, type PersonNamePolicy } from '../person/person-name.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { IdentityCheck, IdentitySource } from './identity-source.ts';
import { needsGuardian, type GuardianProof } from './guardian-proof.ts';
import { requireUnclaimed, type Asking } from './claim.ts';
import { askCounted, guessedBy, askersOf, type InquiryDeps, type OnRecordDeps } from './inquiry.ts';
import { recordVerifiedPerson, requireMatch, type Applicant, type ProofDeps, type Proven } from './proof.ts';

/** Real-name verification: document and name against the population register (RN-12 to RN-17). */

export interface RealNameForm {
  readonly documentType: string;
  readonly name: string;
  readonly documentNumber: string;
  /** As ticked; `unknown` only of somebody who is known so. */
  readonly sex: Sex | undefined;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly longTerm: boolean;
}

export interface CheckedIdentity {
  readonly documentType: DocumentType;
  /** Canonical form. */
  readonly name: string;
  /** As it was typed, where that is another. */
  readonly typedName: string | undefined;
  readonly number: string;
  readonly key: string;
  readonly sex: Sex;
  readonly birthDate: CivilDate | undefined;
  /** Undefined where the form does not ask for the validity. */
  readonly validFrom: CivilDate | undefined;
  readonly validUntil: CivilDate | 'long-term' | undefined;
}

/**
 * Everything that can be judged without asking the authority, all problems at once and each with its reason.
 *
 * @param policy - document types and rule for names of the profile
 * @throws FormRefused
 */
export function checkRealName(
  form: RealNameForm,
  { documents, personName }: { documents: readonly DocumentType[]; personName: PersonNamePolicy },
  now: Date,
): CheckedIdentity {
  const problems: Refused[] = [];
  const keep = <T>(result: T | Refused): T | undefined => {
    if (!(result instanceof Refused)) return result;
    problems.push(result);
    return undefined;
  };
  const type = keep(chosenType(form.documentType, documents));
  const name = keep(checkedName(form.name, personName));
  const number = type && keep(checkedNumber(type, form.documentNumber, now, documents));
  const sex = type && keep(checkedSex(type, number, form.sex));
  const today = todayInShanghai(now);
  const validFrom = keep(startDate(form, today));
  const validUntil = keep(endDate(form, validFrom, today));
  if (problems.length > 0 || !type || !name || !number || !sex || !validFrom || !validUntil) throw new FormRefused(problems);
  return {
    documentType: type,
    ...name,
    number: number.canonical,
    key: number.key,
    sex,
    birthDate: number.birthDate,
    validFrom,
    validUntil,
  };
}

/** The type of document, of those that are offered. */
export function chosenType(text: string, offered: readonly DocumentType[]): DocumentType | Refused {
  return isDocumentType(text) && offered.includes(text) ? text : new Refused('document.invalid', 'documentType', { reason: 'type' });
}

/** A name in its canonical form and as typed, or why it cannot be one (REG-21, REG-22). */
export function checkedName(text: string, policy: PersonNamePolicy): Pick<CheckedIdentity, 'name' | 'typedName'> | Refused {
  const name = checkPersonName(text, policy);
  if (!name.ok) return new Refused('name.invalid', 'name', { reason: name.reason });
  return { name: name.canonical, typedName: name.shown === name.canonical ? undefined : name.shown };
}

/**
 * Number of a document as typed, or why it cannot be one (REG-24). Nobody is told to choose a type that is not offered.
 *
 * @param offered - by the deployment
 */
export function checkedNumber(type: DocumentType, text: string, now: Date, offered: readonly DocumentType[]): DocumentNumber | Refused {
  const number = documentTypes[type].check(text, now);
  if (number.ok) return number;
  const isOther = number.reason === 'other-document-type';
  const reason = isOther && !offered.some((other) => documentTypes[other].check(text, now).ok) ? 'not-taken' : number.reason;
  return new Refused('document.invalid', 'documentNumber', { reason });
}

/**
 * What the number says is truer than what was ticked. Where it says nothing the sex must be ticked: what nobody states,
 * no register compares (RN-14).
 */
function checkedSex(type: DocumentType, number: DocumentNumber | undefined, ticked: Sex | undefined): Sex | Refused | undefined {
  if (documentTypes[type].tellsSex) return number?.sex;
  return ticked ?? new Refused('field.required', 'sex', { reason: 'sex' });
}

function startDate({ validFrom }: RealNameForm, today: CivilDate): CivilDate | Refused {
  const date = dateIn(validFrom, 'validFrom');
  if (date instanceof Refused || compareCivilDates(date, today) <= 0) return date;
  return new Refused('date.invalid', 'validFrom', { reason: 'future' });
}

/** @param from - undefined when that is no date: then there is no order to judge */
function endDate({ validUntil, longTerm }: RealNameForm, from: CivilDate | undefined, today: CivilDate): CivilDate | 'long-term' | Refused {
  if (longTerm) return 'long-term';
  const date = dateIn(validUntil, 'validUntil');
  if (date instanceof Refused) return date;
  if (from !== undefined && compareCivilDates(date, from) <= 0) return new Refused('date.invalid', 'validUntil', { reason: 'order' });
  return compareCivilDates(date, today) < 0 ? new Refused('document.expired', 'validUntil') : date;
}

function dateIn(text: string, field: string): CivilDate | Refused {
  if (text.trim() === '') return new Refused('field.required', field, { reason: field });
  return readCivilDate(text) ?? new Refused('date.invalid', field);
}

/** The sex as ticked; undefined: nothing was. */
export function tickedSex(text: string | undefined): Sex | undefined {
  return text === 'male' || text === 'female' ? text : undefined;
}

/** What the register confirmed. Plain data, so that a draft can hold it while a guardian is asked. */
export interface ConfirmedIdentity {
  readonly identity: CheckedIdentity;
  readonly source: string;
  readonly reference: string;
}

/** Who asks the register, and what they have besides data. */
export interface RealNameAsking extends Asking {
  /** Proven by a code; undefined: none is. */
  readonly mobile: string | undefined;
  /** It is the document that the one who asks is verified by. */
  readonly held?: boolean;
}

/**
 * Asks the register; only a match comes back.
 *
 * @throws Refused as the authority's outcome says; identity.too-many
 */
export async function confirmRealName(
  deps: InquiryDeps & OnRecordDeps & Pick<ProofDeps, 'unitOfWork'> & { readonly identitySource: IdentitySource },
  { mobile, held = false, ...asking }: RealNameAsking,
  identity: CheckedIdentity,
): Promise<ConfirmedIdentity> {
  const { documentType, number: documentNumber, name, sex, validFrom, validUntil } = identity;
  // An identity card says the birth date in its number; of other documents only the form knows it.
  const birthDate = documentType === 'resident-id-card' ? undefined : identity.birthDate;
  const check: IdentityCheck = { documentType, documentNumber, name, sex, birthDate, validFrom, validUntil };
  const inquiry = {
    askers: askersOf(asking.accountId, mobile),
    guessed: held ? undefined : await guessedBy(deps, { type: documentType, key: identity.key }, mobile),
  };
  const answer = await askCounted(deps, inquiry, () => deps.identitySource.check(check, randomUUID()));
  const source = deps.identitySource.name;
  await requireMatch(deps, asking, { kind: 'real-name', source, answer, params: concerning(identity.typedName ?? name) });
  return { identity: { ...identity, name: answer.name ?? name }, source, reference: answer.reference };
}

/**
 * Why a name may not match, so that nobody is told of characters that their name has not.
 *
 * @param otherwise - the reason for other names; undefined: none
 */
export function concerning(name: string, otherwise?: string): Record<string, string> {
  if (isNameOfLetters(name)) return { reason: 'letters' };
  const reason = otherwise ?? (hasRareCharacter(name) ? 'rare-character' : undefined);
  return reason === undefined ? {} : { reason };
}

/** The person as the register confirmed them. */
export function confirmedPerson({ identity }: ConfirmedIdentity): Omit<Person, 'id' | 'subjectId'> {
  const { documentType: type, number, key, validFrom, validUntil, name, typedName, sex, birthDate } = identity;
  return { name, typedName, document: { type, number, key, validFrom, validUntil }, sex, birthDate };
}

/** The evidence `real-name`. The document's end is its end (DIS-17). */
export function realNameEvidence(
  { identity: { validUntil }, source, reference }: ConfirmedIdentity,
  guardian: GuardianProof | undefined,
): Proven {
  const ends = validUntil !== undefined && validUntil !== 'long-term';
  return { kind: 'real-name', source, reference, expiresAt: ends ? endOfDay(validUntil) : undefined, guardian };
}

/**
 * Makes the person and the evidence.
 *
 * @throws Refused identity.taken, identity.waiting, identity.differs, guardian.required
 */
export async function recordRealName(
  deps: ProofDeps,
  applicant: Applicant,
  confirmed: ConfirmedIdentity,
  guardian?: GuardianProof,
): Promise<undefined> {
  await recordVerifiedPerson(deps, applicant, confirmedPerson(confirmed), realNameEvidence(confirmed, guardian));
}

/**
 * Asks the authority and, on a match, makes the person and the evidence.
 *
 * @param waits - told what was confirmed when the person waits for their activation, which need not ask for it again
 * @returns what was confirmed but not written yet, where a guardian must agree first
 * @throws Refused as the authority's outcome says; identity.taken, identity.waiting, identity.differs, identity.too-many
 */
export async function verifyRealName(
  deps: ProofDeps & { readonly identitySource: IdentitySource },
  applicant: Applicant,
  identity: CheckedIdentity,
  waits: (confirmed: ConfirmedIdentity) => Promise<void>,
): Promise<ConfirmedIdentity | undefined> {
  const { accountId, personId, mobile, clientId, requestId, address } = applicant;
  const asking = { mobile, held: personId !== undefined, accountId, clientId, requestId, address };
  const confirmed = await confirmRealName(deps, asking, identity);
  try {
    if (!needsGuardian(deps.guardian, identity.birthDate, deps.clock.now())) return await recordRealName(deps, applicant, confirmed);
    // No guardian is asked for somebody who cannot be verified here.
    await requireUnclaimed(deps, confirmedPerson(confirmed).document, applicant);
    return confirmed;
  } catch (error) {
    if (error instanceof Refused && error.code === 'identity.waiting') await waits(confirmed);
    throw error;
  }
}
