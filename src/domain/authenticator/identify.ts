import { documentTypes, resemblesDocumentNumber, type DocumentType } from '../person/document-number.ts';
import { checkMobile } from '../person/mobile.ts';
import { usernameKey } from '../person/username.ts';
import type { Identifier, IdentifierKind } from '../person/account.ts';

/**
 * What an identifier typed at sign-in may be: mobile, document number or username (LOG-01). Usernames
 * can never look like the other two (person/username.ts), so the order decides nothing.
 */
export function identifierCandidates(
  typed: string,
  accepted: readonly IdentifierKind[],
  documents: readonly DocumentType[],
  now: Date,
): readonly Identifier[] {
  const mobile = checkMobile(typed);
  if (mobile.ok) return accepted.includes('mobile') ? [{ kind: 'mobile', value: mobile.canonical }] : [];
  const username = accepted.includes('username') ? [{ kind: 'username', value: usernameKey(typed) } as const] : [];
  const numbers = accepted.includes('document')
    ? documents.flatMap((type) => {
        const number = documentTypes[type].check(typed, now);
        return number.ok ? [{ kind: 'document', value: `${type}:${number.key}` } as const] : [];
      })
    : [];
  // Nearly every word is a possible passport number, so what does not look like a document is a name first.
  return resemblesDocumentNumber(typed) ? [...numbers, ...username] : [...username, ...numbers];
}
