import { randomUUID } from 'node:crypto';
import { passwordProblems, requireMobile } from './register.ts';
import { compareCivilDates, endOfDay, readCivilDate, todayInShanghai, type CivilDate } from './civil-date.ts';
import { isDocumentType, type DocumentType } from './document-number.ts';
import { endOfValidity, isValidity } from './document-validity.ts';
import { checkPersonName, type PersonNamePolicy } from './person-name.ts';
import type { Activation } from './activation-store.ts';
import type { PasswordHasher } from '../authenticator/password-hasher.ts';
import { normalisePassword, type PasswordPolicy } from '../authenticator/password-policy.ts';
import { secondsAfter, type Clock } from '../clock.ts';
import type { IdentitySource } from '../proofing/identity-source.ts';
import type { GuardianProof } from '../proofing/guardian-proof.ts';
import { checkedNumber } from '../proofing/real-name.ts';
import { askCounted, evidenceWrites, requireMatch, type ProofDeps } from '../proofing/proof.ts';
import { FormRefused, Refused } from '../refused.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';

/**
 * Activation of imported people (ACT-01 to ACT-06). Whoever knows the number of a document learns nothing before an
 * SMS code was redeemed (DIS-21), and gets nothing without the dates printed on it: the authority must confirm name,
 * number and dates together. With another mobile than the bound one the name, too, must be known, and whoever has the
 * bound one is told.
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
  /** Undefined: the imported name counts, because the bound mobile was proven. */
  readonly name: string | undefined;
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
  const name = form.name === undefined ? undefined : checkPersonName(form.name, policy);
  if (name && !name.ok) problems.push(new Refused('name.invalid', 'name', { reason: name.reason }));
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
  return { name: name?.ok ? name.canonical : undefined, validFrom, validUntil };
}

/** The authority said yes: kept until the password is chosen. Plain data, so that a draft can hold it. */
export interface Confirmation extends Possession {
  readonly name: string;
  readonly source: string;
  readonly reference: string;
}

/** Whose request it is, for the audit log. */
export interface Origin {
  readonly requestId: string;
  readonly clientId: string | undefined;
}

/**
 * Asks the authority for name, number and dates together. What of them differs is not told.
 *
 * @param replacing - another mobile than the bound one was proven; its tries are counted apart, so that nobody uses
 *   up those of the owner
 * @throws Refused as the authority's outcome says; identity.too-many
 */
export async function confirmPossession(
  deps: Pick<ProofDeps, 'unitOfWork' | 'quotas' | 'vault' | 'clock'> & { readonly identitySource: IdentitySource },
  { person }: Activation,
  { possession, replacing, origin }: { possession: Possession; replacing: boolean; origin: Origin },
): Promise<Confirmation> {
  const { validFrom, validUntil } = possession;
  const name = possession.name ?? person.name;
  const { type: documentType, number: documentNumber } = person.document;
  const check = { documentType, documentNumber, name, sex: person.sex, validFrom, validUntil };
  const inquiry = replacing
    ? { who: `${person.id}:new-mobile`, document: person.document }
    : { who: `${person.id}:bound-mobile`, document: undefined };
  const answer = await askCounted(deps, inquiry, () => deps.identitySource.check(check, randomUUID()));
  const source = deps.identitySource.name;
  const proof = { kind: 'real-name', source, answer, params: { reason: 'activation' } };
  await requireMatch(deps, { ...origin, accountId: undefined }, proof);
  return { name, validFrom, validUntil, source, reference: answer.reference };
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

export interface ActivateDeps {
  readonly hasher: PasswordHasher;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

export interface ActivateRequest {
  readonly activation: Activation;
  /** Proven by an SMS code. */
  readonly mobile: string;
  readonly confirmation: Confirmation;
  /** Who agreed to it, for a minor (PRV-05). */
  readonly guardian: GuardianProof | undefined;
  readonly password: string;
  readonly agreementVersion: string;
  readonly hotline: string;
  readonly origin: Origin;
}

/**
 * Opens the account, in one transaction. Of two who activate one person at once, one does.
 *
 * @returns the account's id
 * @throws Refused mobile.taken, activation.gone, service.busy
 */
export async function activate(deps: ActivateDeps, request: ActivateRequest): Promise<string> {
  const hash = await deps.hasher.hash(request.password);
  const id = randomUUID();
  try {
    await deps.unitOfWork.commit('activate', activateWrites(request, { id, hash }, deps.clock.now()));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw error.rule === 'mobile' ? new Refused('mobile.taken') : new Refused('activation.gone');
  }
  return id;
}

function activateWrites(request: ActivateRequest, { id, hash }: { id: string; hash: string }, now: Date): readonly Write[] {
  const { activation, mobile, confirmation, guardian, agreementVersion, origin } = request;
  const { name, validFrom, validUntil, source, reference } = confirmation;
  const expiresAt = validUntil === 'long-term' ? undefined : endOfDay(validUntil);
  const person = { ...activation.person, name, document: { ...activation.person.document, validFrom, validUntil } };
  const { id: personId, subjectId } = person;
  const agreement = { version: agreementVersion, acceptedAt: now };
  const method = mobile === activation.mobile ? 'bound-mobile' : 'new-mobile';
  const event = { at: now, accountId: id, ...origin };
  return [
    {
      write: 'account.insert',
      account: { id, subjectId, username: undefined, mobile, email: undefined, agreement, createdAt: now },
    },
    { write: 'password.put', accountId: id, hash, at: now },
    { write: 'person.update', person, at: now },
    { write: 'account.link-person', accountId: id, personId, subjectId, at: now },
    ...evidenceWrites({ clock: { now: () => now } }, { ...origin, accountId: id }, personId, {
      kind: 'real-name',
      source,
      reference,
      expiresAt,
      guardian,
    }),
    {
      write: 'audit.append',
      event: { ...event, id: randomUUID(), event: 'account.activated', details: { method, source: activation.source } },
    },
    ...noticeWrites(request, now),
  ];
}

const noticeSeconds = 7 * 86_400;

/** Whoever has the bound mobile learns that another one has taken its place (PRV-06). Their language is not known. */
function noticeWrites({ activation, mobile, hotline }: ActivateRequest, now: Date): readonly Write[] {
  if (activation.mobile === undefined || activation.mobile === mobile) return [];
  const params = { ending: mobile.slice(-4), hotline };
  return [
    {
      write: 'outbox.enqueue',
      message: {
        id: randomUUID(),
        payload: { kind: 'sms', to: activation.mobile, template: 'notice.activated', params, locale: 'zh-CN' },
        suppressed: false,
        enqueuedAt: now,
        expiresAt: secondsAfter(now, noticeSeconds),
      },
    },
  ];
}
