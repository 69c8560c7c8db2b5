import { randomUUID } from 'node:crypto';
import { ageOn, todayInShanghai } from '../person/civil-date.ts';
import type { DocumentType } from '../person/document-number.ts';
import type { PersonNamePolicy } from '../person/person-name.ts';
import { requireMobile } from '../person/register.ts';
import { noticeWrites } from '../notification/notice.ts';
import { channelsOfPerson } from '../notification/person-channels.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { GuardianProof } from './guardian-proof.ts';
import type { IdentitySource } from './identity-source.ts';
import type { Vault } from '../vault.ts';
import { mayTell, type Asking, type ClaimDeps } from './claim.ts';
import { askCounted, askersOf, guessedBy } from './inquiry.ts';
import { requireMatch } from './proof.ts';
import { checkedName, checkedNumber, chosenType, concerning } from './real-name.ts';

/**
 * The consent of a guardian (PRV-05): who says to be one is verified by name and document, has a mobile in their hand
 * and has agreed. That they are the guardian of this child no register tells us; they declare it, and it is kept.
 */

export interface GuardianForm {
  readonly documentType: string;
  readonly name: string;
  readonly documentNumber: string;
  readonly mobile: string;
  readonly agreement: boolean;
}

export interface CheckedGuardian {
  readonly name: string;
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  readonly key: string;
  readonly mobile: string;
}

const adultAge = 18;

/**
 * Everything that can be judged without asking anybody, all problems at once.
 *
 * @param minorKey - key of the minor's own document
 * @throws FormRefused
 */
export function checkGuardian(
  form: GuardianForm,
  { documents, personName, minorKey }: { documents: readonly DocumentType[]; personName: PersonNamePolicy; minorKey: string },
  now: Date,
): CheckedGuardian {
  const problems: Refused[] = [];
  const keep = <T>(result: T | Refused): T | undefined => {
    if (!(result instanceof Refused)) return result;
    problems.push(result);
    return undefined;
  };
  const documentType = keep(chosenType(form.documentType, documents));
  const name = keep(checkedName(form.name, personName));
  const number = documentType && keep(checkedNumber(documentType, form.documentNumber, now, documents));
  if (number?.key === minorKey) keep(new Refused('guardian.invalid', 'documentNumber', { reason: 'own' }));
  else if (number?.birthDate && ageOn(number.birthDate, todayInShanghai(now)) < adultAge) {
    keep(new Refused('guardian.invalid', 'documentNumber', { reason: 'age' }));
  }
  const mobile = keep(asRefusal(() => requireMobile(form.mobile)));
  if (!form.agreement) keep(new Refused('agreement.required', 'agreement'));
  if (problems.length > 0 || !documentType || !name || !number || !mobile) throw new FormRefused(problems);
  return { name: name.name, documentType, documentNumber: number.canonical, key: number.key, mobile };
}

function asRefusal(judge: () => string): string | Refused {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/**
 * Asks the register whether there is such a person, who hears of it where we know them. The mobile must have been proven
 * by an SMS code before.
 *
 * @param askerMobile - proven by whoever is here without an account, who need not be the guardian
 * @throws Refused as the authority's outcome says; identity.too-many
 */
export async function proveGuardian(
  deps: ClaimDeps & { readonly vault: Vault; readonly identitySource: IdentitySource },
  { askerMobile, ...asking }: Asking & { readonly askerMobile?: string | undefined },
  { guardian, version }: { guardian: CheckedGuardian; version: string },
): Promise<GuardianProof> {
  const { name, documentType, documentNumber, key, mobile } = guardian;
  const check = { documentType, documentNumber, name, sex: 'unknown', validFrom: undefined, validUntil: undefined } as const;
  const account = asking.accountId === undefined ? undefined : await deps.accounts.byId(asking.accountId);
  const inquiry = {
    askers: askersOf(asking.accountId, account?.mobileProven ? account.mobile : undefined, askerMobile, mobile),
    guessed: await guessedBy(deps, { type: documentType, key }, mobile),
    reason: 'guardian',
  } as const;
  const answer = await askCounted(deps, inquiry, () => deps.identitySource.check(check, randomUUID()));
  const source = deps.identitySource.name;
  await requireMatch(deps, asking, { kind: 'real-name', source, answer, params: concerning(name, 'guardian') });
  await tellGuardian(deps, guardian);
  return { name, documentType, documentNumber, mobile, version, source, reference: answer.reference, at: deps.clock.now().getTime() };
}

async function tellGuardian(deps: ClaimDeps, { documentType, key }: CheckedGuardian): Promise<void> {
  const holder = await deps.persons.byDocument(documentType, key);
  if (!holder || !(await mayTell(deps, 'guardian', holder.person.id))) return;
  const channels = await channelsOfPerson(deps, holder);
  const notices = channels.flatMap((each) => noticeWrites(each, { name: 'guardian-verified', locale: 'zh-CN' }, deps.clock.now()));
  if (notices.length > 0) await deps.unitOfWork.commit('guardian-verified', notices);
}
