import { randomUUID } from 'node:crypto';
import { passwordProblems, requireMobile } from './register.ts';
import { compareCivilDates, readCivilDate, todayInShanghai, type CivilDate } from './civil-date.ts';
import { isDocumentType, type DocumentType } from './document-number.ts';
import { endOfValidity, isValidity } from './document-validity.ts';
import type { Person } from './account.ts';
import type { PersonNamePolicy } from './person-name.ts';
import { normalisePassword, type PasswordPolicy } from '../authenticator/password-policy.ts';
import type { IdentitySource } from '../proofing/identity-source.ts';
import type { Asking } from '../proofing/claim.ts';
import { checkedName, checkedNumber, concerning, type ConfirmedIdentity } from '../proofing/real-name.ts';
import { askCounted, askersOf } from '../proofing/inquiry.ts';
import { requireMatch, type ProofDeps } from '../proofing/proof.ts';
import { FormRefused, Refused } from '../refused.ts';

/**
 * Activation of imported people (ACT-01 to ACT-06). Whoever knows the number of a document learns nothing of it
 * (DIS-21): what is on record shows to whoever holds the bound mobile, and that somebody waits at all to whoever knows
 * name, number and dates, which the authority must confirm together. What follows is in take-up.ts.
 */

/** The document somebody asks about, with a mobile of theirs. */
export interface Sought {
  readonly type: DocumentType;
  readonly number: string;
  readonly key: string;
  readonly mobile: string;
}

/** @throws FormRefused, all problems at once */
export function checkSought(
  form: { readonly documentType: string; readonly documentNumber: string; readonly mobile: string },
  documents: readonly DocumentType[],
  now: Date,
): Sought {
  const problems: Refused[] = [];
  const { documentType: type } = form;
  const known = isDocumentType(type) && documents.includes(type) ? type : undefined;
  if (!known) problems.push(new Refused('document.invalid', 'documentType', { reason: 'type' }));
  const number = known && checkedNumber(known, form.documentNumber, now, documents);
  if (number instanceof Refused) problems.push(number);
  const mobile = attempt(problems, () => requireMobile(form.mobile));
  if (!known || !number || number instanceof Refused || mobile === undefined) throw new FormRefused(problems);
  return { type: known, number: number.canonical, key: number.key, mobile };
}

function attempt<T>(problems: Refused[], judge: () => T): T | undefined {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problems.push(error);
    return undefined;
  }
}

/** What the holder of the document reads off it. */
export interface Possession {
  /** Undefined: the name on record counts, because the bound mobile was proven. */
  readonly name: string | undefined;
  /** As it was typed, where that is not the same. */
  readonly typedName?: string | undefined;
  readonly validFrom: CivilDate;
  readonly validUntil: CivilDate | 'long-term';
}

export interface PossessionForm {
  readonly name: string | undefined;
  readonly validFrom: string;
  /** One of `validities`. */
  readonly validity: string;
}

/** @throws FormRefused, all problems at once */
export function checkPossession(form: PossessionForm, type: DocumentType, policy: PersonNamePolicy, now: Date): Possession {
  const problems: Refused[] = [];
  const today = todayInShanghai(now);
  const name = form.name === undefined ? undefined : checkedName(form.name, policy);
  if (name instanceof Refused) problems.push(name);
  const validFrom = readCivilDate(form.validFrom);
  if (!validFrom) problems.push(new Refused('date.invalid', 'validFrom'));
  else if (compareCivilDates(validFrom, today) > 0) problems.push(new Refused('date.invalid', 'validFrom', { reason: 'future' }));
  const { validity } = form;
  if (!isValidity(validity)) problems.push(new Refused('field.required', 'validity', { reason: 'validity' }));
  const validUntil = validFrom && isValidity(validity) ? endOfValidity(type, validFrom, validity) : undefined;
  if (validUntil !== undefined && validUntil !== 'long-term' && compareCivilDates(validUntil, today) < 0) {
    problems.push(new Refused('document.expired', 'validity'));
  }
  if (problems.length > 0 || !validFrom || !validUntil) throw new FormRefused(problems);
  return { name: undefined, ...(name instanceof Refused ? {} : name), validFrom, validUntil };
}

/** The authority said yes: kept until the password is chosen. Plain data, so that a draft can hold it. */
export interface Confirmation extends Possession {
  readonly name: string;
  readonly source: string;
  readonly reference: string;
}

/** What the register confirmed in another journey; undefined where that did not ask for the dates. */
export function confirmationOf({ identity, source, reference }: ConfirmedIdentity): Confirmation | undefined {
  const { name, typedName, validFrom, validUntil } = identity;
  return validFrom && validUntil ? { name, typedName, validFrom, validUntil, source, reference } : undefined;
}

export interface PossessionCheck {
  readonly possession: Possession;
  /** Its mobile was proven. */
  readonly sought: Sought;
  /** Of whoever proved the bound mobile; undefined: what was typed counts alone. */
  readonly onRecord: Pick<Person, 'name' | 'sex'> | undefined;
  readonly origin: Asking;
}

/**
 * Asks the authority for name, number and dates together. What of them differs is not told. Whether somebody waits under
 * the number makes no difference to whoever has not proven the bound mobile: their tries are few, and those of the document
 * with all other strangers'. Whoever proved it is not kept out by them.
 *
 * @throws Refused as the authority's outcome says; identity.too-many
 */
export async function confirmPossession(
  deps: Pick<ProofDeps, 'unitOfWork' | 'quotas' | 'vault' | 'clock'> & { readonly identitySource: IdentitySource },
  { possession, sought, onRecord, origin }: PossessionCheck,
): Promise<Confirmation> {
  const { validFrom, validUntil } = possession;
  const name = onRecord?.name ?? possession.name;
  if (name === undefined) throw new Refused('form.stale');
  const { type: documentType, number: documentNumber } = sought;
  const check = { documentType, documentNumber, name, sex: onRecord?.sex ?? 'unknown', validFrom, validUntil };
  const inquiry = { askers: askersOf(origin.accountId, sought.mobile), guessed: onRecord ? undefined : sought };
  const answer = await askCounted(deps, inquiry, () => deps.identitySource.check(check, randomUUID()));
  const source = deps.identitySource.name;
  const proof = { kind: 'real-name', source, answer, params: concerning(name, 'activation') };
  await requireMatch(deps, { ...origin, accountId: undefined }, proof);
  return { name, typedName: possession.typedName, validFrom, validUntil, source, reference: answer.reference };
}

export interface PasswordForm {
  readonly newPassword: string;
  readonly confirmPassword: string;
  readonly agreement: boolean;
}

/** @returns the password as it is hashed. @throws FormRefused, all problems at once */
export function checkPassword(form: PasswordForm, policy: PasswordPolicy, facts: { mobile: string; document: string }): string {
  const problems = [...passwordProblems(form, policy, facts)];
  if (!form.agreement) problems.push(new Refused('agreement.required', 'agreement'));
  if (problems.length > 0) throw new FormRefused(problems);
  return normalisePassword(form.newPassword);
}
