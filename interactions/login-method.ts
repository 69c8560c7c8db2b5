import type { FieldName } from '../src/domain/form-fields.ts';
import type { IdentifierKind } from '../src/domain/person/account.ts';
import type { Authenticated } from '../src/domain/authenticator/password.ts';
import type { SubmittedForm } from '../src/http/form.ts';
import type { CodeRequest } from '../src/http/code-desk.ts';
import type { FieldSchema } from '../src/http/form-schema.ts';

/**
 * A way to sign in. It decides nothing about the protocol: no redirects, no acr, no session. The journey
 * runs anti-forgery, captcha, schema and audit around it, once for all methods.
 */
export interface LoginMethod {
  /** Folder, route segment, words, profile key, audit key. */
  readonly name: string;
  /** RFC 8176, unless `authenticate` says it. */
  readonly amr: readonly string[];
  /** Of the form's fields, in the order of the page. */
  readonly form: FieldSchema;
  /** Names of the fields on the page. */
  readonly fields: readonly FieldName[];
  /** When the bot check is due: with the form (by the profile), before a code is sent (always), or not at all: nothing can be guessed. */
  readonly captcha: 'with-form' | 'before-code' | 'none';
  /** Who is to get a code; only of methods with a code. */
  readonly code?: (form: SubmittedForm, attempt: LoginAttempt) => Promise<CodeRequest & { readonly deliver: boolean }>;
  /** What the script of the page hands to the browser; only of methods that cannot do without a script. */
  readonly challenge?: (attempt: LoginAttempt) => Promise<object>;
  /** @throws Refused */
  readonly authenticate: (form: SubmittedForm, attempt: LoginAttempt) => Promise<Authenticated>;
}

/** What a method may know of the request it works in. */
export interface LoginAttempt {
  /** Id of the interaction: codes are bound to it. */
  readonly scope: string;
  readonly address: string;
  readonly requestId: string;
  /** Of the page. */
  readonly locale: string;
  /** Identifiers this channel accepts. */
  readonly identifiers: readonly IdentifierKind[];
  /** Id of this browser, where it signed in to the account before. */
  readonly deviceOf: (accountId: string) => string | undefined;
}
