import { beginning } from '../characters.ts';
import { resemblesDocumentNumber } from './document-number.ts';
import { checkMobile } from './mobile.ts';

/** Fields of our forms that a hint may fill. */
export type HintedField = 'identifier' | 'mobile' | 'email' | 'documentNumber' | 'username';

/** Longer than anything somebody signs in with. */
const longest = 64;

/**
 * Whom a service hints at (`login_hint`, OpenID Connect Core 3.1.2.1, Initiating User Registration 4): what stands in a form that
 * nobody has typed into yet. It proves nothing and finds nobody; a form takes what it has a field for.
 *
 * @param hint - as the request says it
 */
export function hintedFields(hint: unknown): Readonly<Partial<Record<HintedField, string>>> {
  const text = typeof hint === 'string' ? beginning(hint.trim(), longest) : '';
  if (text === '') return {};
  return { identifier: text, ...ofItsKind(text) };
}

function ofItsKind(text: string): Readonly<Partial<Record<HintedField, string>>> {
  const mobile = checkMobile(text);
  if (mobile.ok) return { mobile: mobile.canonical };
  if (/[@＠]/.test(text)) return { email: text };
  return resemblesDocumentNumber(text) ? { documentNumber: text } : { username: text };
}
