/** Every event the audit log knows: one row each, what happened in the past tense. */
const auditEvents = {
  'account.registered': 'a person registered an account',
  'national-platform.consented': 'a person agreed to become a user of the national platform; `agreement` is the version of the text',
  'national-platform.synced': 'the national platform took somebody over as a user; `reference` is its own',
  'guardian.consented': 'a guardian, confirmed by `source`, agreed that a minor is verified; `agreement` is the version of the text',
  'account.activated': 'an imported person took up the account; `method` says by which mobile',
  'people.imported': 'a chunk of an import from `source` was written; `reference` names file and lines',
  'sign-in.succeeded': 'a person signed in; `method` says how',
  'sign-in.refused': 'a sign-in failed; `reason` says why',
  'guesses.stopped': 'the limits stopped `count` guesses within some minutes; `kind` says at what, `address` where all came from one',
  'handover.confirmed': 'on a second device a person confirmed what a first one had begun; `purpose` says what',
  'handover.denied': 'on a second device a person said no to what a first one had begun; `purpose` says what',
  'handover.refused': 'on a second device somebody picked another number than the first one shows; that ended it',
  'sign-out.done': 'a person ended the session',
  'sessions.ended': 'every other session of an account was ended',
  'otp.sent': 'a one-time code was asked for; `purpose` says what for',
  'identity.verified': 'an authority confirmed evidence of `kind`',
  'identity.not-verified': 'an authority did not confirm evidence of `kind`; `reason` is its outcome',
  'identity.claimed':
    'somebody proved the data of a person whom another account holds (`reason` taken) or who waits for activation (waiting); the person was told',
  'document.ending': 'an owner was told that their document, and its evidence with it, ends within thirty days',
  'step-up.declined': 'a person declined to raise the level for a service',
  'consent.given': 'a person allowed a service to read data; `scopes`',
  'consent.denied': 'a person refused a service',
  'password.recovered': 'the owner of an account set a new password without the old one; `method` says how they proved who they are',
  'recovery.refused': 'somebody did not prove to be the owner of an account whose password they wanted to set; `reason` says why',
  'password.rehashed': 'a stored password hash was renewed at sign-in',
  'owner.proved': 'a signed-in person proved again who they are, to change something about the account; `method` says by what',
  'owner.refused': 'a signed-in person did not prove to be the owner of the account; `kind` says by what',
  'password.changed': 'an owner chose another password; every other session was ended; `method`: the proof it went by',
  'mobile.changed': 'an owner bound another mobile; every other session was ended; `method`: the proof it went by',
  'email.changed': 'an owner bound an e-mail address, or another one; `method`: the proof it went by',
  'username.changed': 'an owner chose another username; `method`: the proof it went by',
  'change.frozen':
    'a change of an account was frozen by the link in its notice, with all sessions ended; `kind` is the act, `count` how many changes froze',
  'change.returned': 'what was there before a frozen change is back; `method` says what the owner proved besides the old channel',
  'change.confirmed':
    'an owner put a frozen change back in force; `kind` is what it is of, `method` by what they proved it besides a code to the mobile',
  'profile.changed': 'an owner changed what the account says of them; `kind`',
  'session.ended': 'an owner ended one session from another',
  'passkey.added': 'a passkey was added to an account; `method`: the proof it went by',
  'passkey.renamed': 'a passkey was given another name; `method`: the proof it went by',
  'passkey.removed': 'a passkey was removed from an account; `method`: the proof it went by',
  'binding.added': 'an account of a third party was bound, and signs in from now on; `method`: the proof it went by',
  'binding.removed': 'the binding to an account of a third party was removed; `method`: the proof it went by',
  'passkey.cloned': 'a passkey was refused because its counter went back: there is a copy of it',
  'totp.set-up': 'an authenticator app was set up for an account; `method`: the proof it went by',
  'totp.removed': 'the authenticator app of an account was removed, with its recovery codes; `method`: the proof it went by',
  'recovery-codes.made': 'an account was given new recovery codes; earlier ones are void; `method`: the proof it went by',
  'first-factor.accepted': 'a person proved the first of two factors; `method` says how',
  'second-factor.refused': 'the second factor of a sign-in was not accepted; `method` and `reason` say why',
  'key.rotated': 'a signing key changed its state; `reason` is the new one, `actor` who did it',
  'key.withdrawn': 'a signing key was taken out of the published set before its time; `actor` who did it',
  'data-keys.rewrapped': '`count` data keys of the table `kind` were wrapped by the newest key-encryption key; `actor` who did it',
  'operator.appointed': 'an account was given an operator role',
  'token-family.revoked': 'a used refresh token or code came again; all of its grant was revoked',
} as const;

export type AuditEventName = keyof typeof auditEvents;

/**
 * Somebody tried something and was refused. Each says from where, by a keyed hash in `address`: record.ts writes them no other way
 * (docs/adr/0043).
 */
export type RefusalEventName =
  | 'sign-in.refused'
  | 'second-factor.refused'
  | 'passkey.cloned'
  | 'recovery.refused'
  | 'owner.refused'
  | 'handover.refused'
  | 'identity.not-verified'
  | 'identity.claimed'
  | 'token-family.revoked';

/** The only details an event may carry; none of them is personal. */
export interface AuditDetails {
  readonly method?: string;
  readonly reason?: string;
  readonly purpose?: string;
  readonly kind?: string;
  readonly source?: string;
  readonly reference?: string;
  readonly acr?: string;
  readonly scopes?: string;
  readonly role?: string;
  readonly keyId?: string;
  readonly agreement?: string;
  /** Keyed hash of a network address. */
  readonly address?: string;
  readonly count?: number;
  /** `system`: a process by itself; `command`: somebody on the command line. */
  readonly actor?: 'system' | 'command';
}

export interface AuditEvent {
  /** UUID v7 or random UUID, made by the caller: a repeated commit appends once. */
  readonly id: string;
  readonly at: Date;
  readonly event: AuditEventName;
  /** Pseudonymous ids only. */
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  readonly requestId: string | undefined;
  readonly details: AuditDetails;
}

export interface AuditLog {
  /**
   * Chains all committed, unsealed events in their order: each gets a sequence number and
   * hash(previous hash, event). One sealer at a time, over all processes. Returns how many.
   */
  seal(limit: number): Promise<number>;
  /**
   * Vouches for the head of the chain by a keyed hash, kept outside the log: without the key nobody can cut off the end
   * or chain everything anew. Answers `<number>.<hash>.<keyed hash>`, to be kept where the database is not; undefined
   * when there is nothing new to vouch for.
   *
   * @throws Error when the entry that was vouched for is gone: what was cut off stays found, whatever is appended
   */
  anchor(at: Date): Promise<string | undefined>;
  /**
   * Removes the oldest events, whose time has come, and vouches by a keyed hash for where the log begins from now on (its
   * low-water mark), in one transaction. Nothing else writes that mark, so that whoever deletes old events is found. Goes no
   * further than the chain fits, and leaves the last event.
   *
   * @param before - events of an earlier moment have had their time
   * @returns how many were removed
   */
  expire(before: Date, at: Date, limit: number): Promise<number>;
  /**
   * Walks the chain from where it begins; answers how many events were checked and the first that does not fit.
   *
   * @param anchor - one that was kept elsewhere, in place of the newest
   */
  verify(anchor?: string): Promise<AuditVerdict>;
}

export interface AuditVerdict {
  readonly checked: number;
  /** Number of the first event that does not fit or is missing. */
  readonly brokenAt: number | undefined;
  readonly unsealed: number;
  /** The event up to which an anchor vouches; undefined when there is none, or it is not ours. */
  readonly anchored: number | undefined;
  /** The last event that had its time; 0: none yet. */
  readonly expired: number;
}
