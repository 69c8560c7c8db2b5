import type { Account, AccountStore, Identifier, IdentifierKind, Person, PersonStore } from '../person/account.ts';
import { documentTypes, type DocumentType } from '../person/document-number.ts';
import type { DocumentNumber } from '../person/document-number-check.ts';
import { checkPersonName, isSameName, type PersonNamePolicy } from '../person/person-name.ts';
import { requireMobile } from '../person/register.ts';
import { normaliseUsername } from '../person/username.ts';
import { FormRefused, Refused } from '../refused.ts';
import type { Vault } from '../vault.ts';
import { identifierCandidates } from './identify.ts';
import { passwordMark } from './password.ts';
import { decoyOf } from './recovery-decoy.ts';

/**
 * The first step of a recovery: whose password it is about. Whoever is unknown is looked for in the same way, in the same
 * time, and found to have a decoy's mobile and document (DIS-21).
 */

/** What was typed, after its form was checked. */
export interface Wanted {
  readonly candidates: readonly Identifier[];
  readonly typed: Typed;
}

/** As pages show it, masked: the same whether somebody was found or not. */
export interface Typed {
  readonly kind: IdentifierKind;
  readonly text: string;
  /** Given together with the document number (REC-05). */
  readonly name: string | undefined;
}

/** Whose password is to be set anew. Plain data, so that a draft can hold it. */
export interface Sought {
  readonly typed: Typed;
  /** The account, or the decoy: limits and codes go by it. */
  readonly key: string;
  /** Undefined: there is none. */
  readonly accountId: string | undefined;
  /** False: no code is sent. Accounts that are locked or have a frozen change, and those that do not exist. */
  readonly usable: boolean;
  readonly mobile: string;
  /** Of the verified person; undefined: the account is not verified. */
  readonly document: { readonly type: DocumentType; readonly number: string; readonly key: string } | undefined;
  /** Stands for the password of that moment: whoever sets another one meanwhile ends this recovery. */
  readonly passwordMark: string;
}

/** @throws Refused mobile.invalid, field.invalid on `identifier` */
export function checkIdentifier(typed: string, accepted: readonly IdentifierKind[], documents: readonly DocumentType[], now: Date): Wanted {
  if (accepted.every((kind) => kind === 'mobile')) requireMobile(typed, 'identifier');
  const candidates = identifierCandidates(typed, accepted, documents, now);
  const [first] = candidates;
  if (!first) throw new Refused('field.invalid', 'identifier', { reason: 'identifier' });
  const text =
    first.kind === 'username'
      ? normaliseUsername(typed)
      : first.kind === 'mobile'
        ? first.value
        : checkDocumentNumber(typed, documents, now);
  return { candidates, typed: { kind: first.kind, text, name: undefined } };
}

/** @throws FormRefused, all problems at once */
export function checkIdentity(
  form: { readonly name: string; readonly documentNumber: string },
  { documents, personName }: { documents: readonly DocumentType[]; personName: PersonNamePolicy },
  now: Date,
): Wanted {
  const name = checkPersonName(form.name, personName);
  const problems = name.ok ? [] : [new Refused('name.invalid', 'name', { reason: name.reason })];
  const number = numberOf(form.documentNumber, documents, now);
  if (!number.ok) problems.push(new Refused('document.invalid', 'documentNumber', { reason: number.reason }));
  if (!name.ok || !number.ok) throw new FormRefused(problems);
  const candidates = identifierCandidates(form.documentNumber, ['document'], documents, now);
  return { candidates, typed: { kind: 'document', text: number.canonical, name: name.canonical } };
}

/** A number as a document of this deployment prints it. @throws Refused document.invalid */
export function checkDocumentNumber(typed: string, documents: readonly DocumentType[], now: Date): string {
  const number = numberOf(typed, documents, now);
  if (!number.ok) throw new Refused('document.invalid', 'documentNumber', { reason: number.reason });
  return number.canonical;
}

/** Of the first type it fits; else what is wrong with it as one of the first type. Of a type that is not offered it says so. */
function numberOf(typed: string, documents: readonly DocumentType[], now: Date): DocumentNumber | { ok: false; reason: string } {
  const checks = documents.map((type) => documentTypes[type].check(typed, now));
  const fitting = checks.find(({ ok }) => ok) ?? checks[0] ?? { ok: false, reason: 'empty' };
  return !fitting.ok && fitting.reason === 'other-document-type' ? { ok: false, reason: 'not-taken' } : fitting;
}

export interface SearchDeps {
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly vault: Vault;
}

/** Looked up in place of who is not there, so that both cost the same. */
const nobody = '00000000-0000-4000-8000-000000000000';

/** @param verifiable - does this deployment verify people? Else a decoy is never verified either. */
export async function search(deps: SearchDeps, { candidates, typed }: Wanted, verifiable: boolean): Promise<Sought> {
  const { accounts, persons } = deps;
  const header = await accounts.byFirst(candidates);
  const [account, person, password] = await Promise.all([
    accounts.byId(header?.id ?? nobody),
    persons.byId(header?.personId ?? nobody),
    accounts.password(header?.id ?? nobody),
  ]);
  const unknown = { typed, passwordMark: passwordMark(password?.hash), ...decoy(deps.vault, { candidates, typed }, verifiable) };
  const isOwn = typed.name === undefined || (person !== undefined && isSameName(typed.name, person.name));
  return account && isOwn ? { ...unknown, ...found(account, person) } : unknown;
}

function found(account: Account, person: Person | undefined): Omit<Sought, 'typed' | 'passwordMark'> {
  const { id, mobile, status, frozen } = account;
  const document = person && { type: person.document.type, number: person.document.number, key: person.document.key };
  return { key: id, accountId: id, usable: status === 'active' && !frozen, mobile, document };
}

/** What the person typed is shown back to them, masked; the rest is made up. */
function decoy(vault: Vault, { candidates, typed }: Wanted, verifiable: boolean): Omit<Sought, 'typed' | 'passwordMark'> {
  const [first] = candidates;
  const { key, mobile, documentNumber, verified } = decoyOf(vault, JSON.stringify([first?.kind, first?.value, typed.name]));
  const number = typed.kind === 'document' ? typed.text : documentNumber;
  const isVerified = typed.kind === 'document' || (verifiable && verified);
  return {
    key,
    accountId: undefined,
    usable: false,
    mobile: typed.kind === 'mobile' ? typed.text : mobile,
    document: isVerified ? { type: 'resident-id-card', number, key: '' } : undefined,
  };
}
