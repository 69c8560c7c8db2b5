import type { Person } from '../person/account.ts';
import type { DocumentType } from '../person/document-number.ts';
import type { PersonNamePolicy } from '../person/person-name.ts';
import { checkRealName, type CheckedIdentity, type RealNameForm } from './real-name.ts';

/**
 * A person whose document has ended gives the dates of the new one; what is known of them stays, and the authority is
 * asked for all of it again (DIS-17).
 *
 * @throws FormRefused
 */
export function checkRenewal(
  { name, typedName, document, sex, birthDate }: Person,
  dates: Pick<RealNameForm, 'validFrom' | 'validUntil' | 'longTerm'>,
  policies: { documents: readonly DocumentType[]; personName: PersonNamePolicy },
  now: Date,
): CheckedIdentity {
  const checked = checkRealName({ ...dates, documentType: document.type, name, documentNumber: document.number, sex }, policies, now);
  return { ...checked, name, typedName, birthDate: checked.birthDate ?? birthDate };
}
