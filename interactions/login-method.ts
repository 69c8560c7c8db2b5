import type { FieldName } from '../src/domain/form-fields.ts';
import type { IdentifierKind } from '../src/domain/person/account.ts';
import type { Authenticated } from '../src/domain/authenticator/password.ts';
import type { Upstream } from '../src/domain/upstream/upstream.ts';
import type { SubmittedForm } from '../src/http/form.ts';
import type { CodeRequest } from '../src/http/code-desk.ts';
import type { FieldSchema } from '../src/http/form-schema.ts';

/**
 * A way to sign in. It decides nothing about the protocol: no redirects, no acr, no session. The journey
 * runs anti-forgery, captcha, schema and audit around it, once for all methods of a shape (docs/adr/0047).
 */
export type LoginMethod = FormLogin | ChallengeLogin | HandoverLogin | RedirectLogin;

interface Named {
  /** Folder, route segment, words, profile key, audit key. */
  readonly name: string;
}

/** What is answered by one form. */
interface Answered extends Named {
  /** RFC 8176, unless `authenticate` says it. */
  readonly amr: readonly string[];
  /** Of the form's fields, in the order of the page. */
  readonly form: FieldSchema;
  /** Names of the fields on the page. */
  readonly fields: readonly FieldName[];
  /** @throws Refused */
  readonly authenticate: (form: SubmittedForm, attempt: LoginAttempt) => Promise<Authenticated>;
}

/** Somebody fills a form in. */
export interface FormLogin extends Answered {
  readonly shape: 'form';
  /** When the bot check is due: with the form (by the profile), or before a code is sent (always). */
  readonly captcha: 'with-form' | 'before-code';
  /** Who is to get a code; only of methods with a code. */
  readonly code?: (form: SubmittedForm, attempt: LoginAttempt) => Promise<CodeRequest & { readonly deliver: boolean }>;
}

/** A script asks what is to be signed and posts the answer; nothing of it can be guessed, so there is no bot check. */
export interface ChallengeLogin extends Answered {
  readonly shape: 'challenge';
  /** What the script of the page hands to the browser. */
  readonly challenge: (attempt: LoginAttempt) => Promise<object>;
  /** Whether the browser may offer it while somebody fills in another form (conditional mediation, WebAuthn 5.1.4). */
  readonly conditional: boolean;
}

/** Another device finishes it, which is signed in or signs in there; src/domain/handover has the states. */
export interface HandoverLogin extends Named {
  readonly shape: 'handover';
}

/** Somebody else's site says who it is; src/http/upstream-desk.ts has the way there and back. */
export interface RedirectLogin extends Named {
  readonly shape: 'redirect';
  readonly upstream: Upstream;
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
