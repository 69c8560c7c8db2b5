import { documentTypes, resemblesDocumentNumber, type DocumentType } from '../person/document-number.ts';
import { checkMobile } from '../person/mobile.ts';
import { usernameKey } from '../person/username.ts';
import type { AccountHeader, AccountStore, IdentifierKind } from '../person/account.ts';

/**
 * What an identifier typed at sign-in may be: mobile, document number or username (LOG-01). Usernames
 * can never look like the other two (person/username.ts), so the order decides nothing.
 */
export function identifierCandidates(
  typed: string,
  accepted: readonly IdentifierKind[],
  documents: readonly DocumentType[],
  now: Date,
): readonly { readonly kind: IdentifierKind; readonly value: string }[] {
  const text = typed.normalize('NFKC').trim();
  const mobile = checkMobile(text);
  if (mobile.ok) return accepted.includes('mobile') ? [{ kind: 'mobile', value: mobile.canonical }] : [];
  const candidates: { kind: IdentifierKind; value: string }[] = [];
  if (accepted.includes('username') && !resemblesDocumentNumber(text)) {
    candidates.push({ kind: 'username', value: usernameKey(text) });
  }
  if (accepted.includes('document')) {
    for (const type of documents) {
      const number = documentTypes[type].check(text, now);
      if (number.ok) candidates.push({ kind: 'document', value: `${type}:${number.key}` });
    }
  }
  return candidates;
}

/** The account behind what was typed; undefined for unknown identifiers. */
export async function findByIdentifier(
  { accounts }: { accounts: AccountStore },
  candidates: ReturnType<typeof identifierCandidates>,
): Promise<AccountHeader | undefined> {
  for (const { kind, value } of candidates) {
    const header = await accounts.byIdentifier(kind, value);
    if (header) return header;
  }
  return undefined;
}
