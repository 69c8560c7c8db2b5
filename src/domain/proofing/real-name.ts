import { randomUUID } from 'node:crypto';
import type { Sex } from '../person/account.ts';
import { compareCivilDates, endOfDay, parseCivilDate, todayInShanghai, type CivilDate } from '../person/civil-date.ts';
import { documentTypes, isDocumentType, type DocumentType } from '../person/document-number.ts';
import { checkPersonName, type PersonNamePolicy } from '../person/person-name.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { IdentityCheck, IdentitySource } from './identity-source.ts';
import { countProofing, recordVerifiedPerson, requireMatch, type Applicant, type ProofDeps } from './proof.ts';

/** Real-name verification: document and name against the population register (RN-12 to RN-17). */

export interface RealNameForm {
  readonly documentType: string;
  readonly name: string;
  readonly documentNumber: string;
  readonly sex: string | undefined;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly longTerm: boolean;
}

export interface CheckedIdentity {
  readonly documentType: DocumentType;
  readonly name: string;
  readonly number: string;
  readonly key: string;
  readonly sex: Sex;
  readonly birthDate: CivilDate | undefined;
  readonly validFrom: CivilDate;
  readonly validUntil: CivilDate | 'long-term';
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
  const number = type && keep(checkedNumber(type, form.documentNumber, now));
  const today = todayInShanghai(now);
  const validFrom = keep(startDate(form, today));
  const validUntil = keep(endDate(form, validFrom, today));
  if (problems.length > 0 || !type || !name || !number || !validFrom || !validUntil) throw new FormRefused(problems);
  return {
    documentType: type,
    name,
    number: number.canonical,
    key: number.key,
    // What the number says is truer than what was ticked (RN-14).
    sex: number.sex ?? sexOf(form.sex),
    birthDate: number.birthDate,
    validFrom,
    validUntil,
  };
}

function chosenType(text: string, offered: readonly DocumentType[]): DocumentType | Refused {
  return isDocumentType(text) && offered.includes(text)
    ? text
    : new Refused('document.invalid', 'documentType', { reason: 'type' });
}

function checkedName(text: string, policy: PersonNamePolicy): string | Refused {
  const name = checkPersonName(text, policy);
  return name.ok ? name.canonical : new Refused('name.invalid', 'name', { reason: name.reason });
}

/** Number of a document as typed, or why it cannot be one (REG-24). */
export function checkedNumber(type: DocumentType, text: string, now: Date) {
  const number = documentTypes[type].check(text, now);
  return number.ok ? number : new Refused('document.invalid', 'documentNumber', { reason: number.reason });
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
  return parseCivilDate(text.trim()) ?? new Refused('date.invalid', field);
}

function sexOf(text: string | undefined): Sex {
  return text === 'male' || text === 'female' ? text : 'unknown';
}

/**
 * Asks the authority and, on a match, makes the person and the evidence `real-name`. The document's end
 * is the evidence's end (DIS-17).
 *
 * @throws Refused as the authority's outcome says; identity.taken, identity.differs, identity.too-many
 */
export async function verifyRealName(
  deps: ProofDeps & { readonly identitySource: IdentitySource },
  applicant: Applicant,
  identity: CheckedIdentity,
): Promise<void> {
  await countProofing(deps, applicant.accountId);
  const check: IdentityCheck = {
    documentType: identity.documentType,
    documentNumber: identity.number,
    name: identity.name,
    sex: identity.sex,
    validFrom: identity.validFrom,
    validUntil: identity.validUntil,
  };
  const answer = await deps.identitySource.check(check, randomUUID());
  const source = deps.identitySource.name;
  await requireMatch(deps, applicant, { kind: 'real-name', source, answer, field: 'documentNumber' });
  await recordVerifiedPerson(
    deps,
    applicant,
    {
      name: identity.name,
      document: {
        type: identity.documentType,
        number: identity.number,
        key: identity.key,
        validFrom: identity.validFrom,
        validUntil: identity.validUntil,
      },
      sex: identity.sex,
      birthDate: identity.birthDate,
    },
    {
      kind: 'real-name',
      source,
      reference: answer.reference,
      expiresAt: identity.validUntil === 'long-term' ? undefined : endOfDay(identity.validUntil),
    },
  );
}
