/**
 * Every reason a person may be refused, with the HTTP status of the page that says so.
 *
 * The code is the locale key of the text (`refused.<code>` in interactions/layout), the
 * `data-error` attribute of the page and the reason in the audit log. Stated once, here.
 */
export const refusals = {
  'captcha.wrong': 422,
  'captcha.required': 422,
  'credentials.wrong': 401,
  'credentials.throttled': 429,
  'otp.wrong': 422,
  'otp.expired': 422,
  'otp.cooldown': 429,
  'otp.hour-limit': 429,
  'otp.day-limit': 429,
  'otp.address-limit': 429,
  'passkey.wrong': 422,
  'passkey.cloned': 422,
  'passkey.name': 422,
  'passkey.known': 409,
  'passkey.too-many': 409,
  'totp.wrong': 422,
  'recovery-code.wrong': 422,
  'recovery.wrong': 422,
  'recovery.over': 409,
  'mobile.invalid': 422,
  'mobile.taken': 409,
  'email.invalid': 422,
  'email.taken': 409,
  'ethnicity.invalid': 422,
  'social-history.invalid': 422,
  'username.invalid': 422,
  'username.taken': 409,
  'password.weak': 422,
  'password.mismatch': 422,
  'agreement.required': 422,
  'name.invalid': 422,
  'document.invalid': 422,
  'document.expired': 422,
  'date.invalid': 422,
  'identity.mismatch': 422,
  'identity.invalid': 422,
  'identity.taken': 409,
  'identity.waiting': 409,
  'identity.unavailable': 503,
  'identity.over-quota': 503,
  'identity.refused': 422,
  'identity.pending': 202,
  'identity.too-many': 429,
  'identity.differs': 422,
  'activation.gone': 409,
  'registration.closed': 403,
  'guardian.required': 422,
  'guardian.invalid': 422,
  'address.invalid': 422,
  'bank-card.invalid': 422,
  'bank-card.not-debit': 422,
  'bank-card.class': 422,
  'bank-card.mobile-differs': 422,
  'field.required': 422,
  'field.invalid': 422,
  'form.stale': 409,
  'form.forged': 403,
  'form.too-large': 413,
  'form.malformed': 400,
  'interaction.expired': 410,
  'interaction.done': 410,
  'session.required': 401,
  'session.other': 409,
  'change.frozen': 409,
  'change.gone': 410,
  'presence.required': 403,
  'presence.settling': 403,
  'account.locked': 403,
  'handover.gone': 410,
  'handover.number': 403,
  'handover.sign-in': 403,
  'handover.too-many': 429,
  'upstream.refused': 422,
  'upstream.invalid': 422,
  'upstream.unavailable': 503,
  'upstream.gone': 410,
  'upstream.other-person': 403,
  'bind.gone': 410,
  'bind.weak': 403,
  'bind.other-person': 403,
  'bind.taken': 409,
  'bind.already': 409,
  'page.not-found': 404,
  'page.method': 405,
  'service.busy': 503,
  'service.unavailable': 503,
  'service.failed': 500,
} as const;

export type RefusalCode = keyof typeof refusals;

/** What a text may be filled with. Never a secret, a full number or a full mobile. */
export type RefusalParams = Readonly<Record<string, string | number>>;

/** The person can do something about it: the same page is shown again, with the field marked. */
export class Refused extends Error {
  readonly code: RefusalCode;
  /** Name of the form field that is to be marked and focused. */
  readonly field: string | undefined;
  /** Values for the placeholders of the text; `reason` selects a more exact text where there is one. */
  readonly params: RefusalParams;
  /** Seconds for the Retry-After header of 429 and 503. */
  readonly retryAfterSeconds: number | undefined;
  /** The account it was about, for the audit log alone. */
  accountId: string | undefined = undefined;

  constructor(code: RefusalCode, field?: string, params: RefusalParams = {}, retryAfterSeconds?: number) {
    super(code);
    this.name = 'Refused';
    this.code = code;
    this.field = field;
    this.params = params;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Says which account it was about; pages never do. */
  about(accountId: string | undefined): this {
    this.accountId = accountId;
    return this;
  }

  get status(): number {
    return refusals[this.code];
  }
}

/** Several fields at once: what inline validation of a whole form finds. */
export class FormRefused extends Error {
  readonly refusals: readonly Refused[];

  constructor(list: readonly Refused[]) {
    super(list.map((refused) => `${refused.field ?? ''}:${refused.code}`).join(' '));
    this.name = 'FormRefused';
    this.refusals = list;
  }

  get status(): number {
    return this.refusals[0]?.status ?? 422;
  }
}

/**
 * A store or authority did not answer. Pages say "try later" (503, Retry-After); the cause is
 * for the log only.
 */
export class Unavailable extends Error {
  /** Read by koa and by the library, so that protocol endpoints answer 503 as well. */
  readonly statusCode = 503;

  constructor(what: string, options?: { cause?: unknown }) {
    super(`${what} is unavailable`, options);
    this.name = 'Unavailable';
  }
}
