import type { AuditEvent } from './audit/events.ts';
import type { Evidence } from './assurance/evidence.ts';
import type { AuthenticatorWrite } from './authenticator/authenticator-write.ts';
import type { Consent } from './consent/consent.ts';
import type { Jwk, SigningKey } from './keys/signing-keys.ts';
import type { OutboxMessage } from './notification/outbox.ts';
import type { AccountChanges, NewAccount, Person } from './person/account.ts';
import type { NewChange, Old, Taken, UndoableAct } from './presence/change.ts';
import type { SessionFactor, Strength } from './presence/strength.ts';
import type { GuardianConsent } from './proofing/guardian-proof.ts';
import type { ImportProgress } from './person/import-progress.ts';
import type { BindingWrite } from './upstream/binding.ts';
import type { WrappedKey } from './vault.ts';

/**
 * Named write points (docs/adr/0017). A use case decides everything first and then commits a list of
 * writes as data: they are carried out in order, in one transaction, all or nothing. The list of names
 * is what the fault tests kill the process at.
 */
export type Write =
  | { readonly write: 'subject.insert'; readonly id: string; readonly createdAt: Date }
  | { readonly write: 'account.insert'; readonly account: NewAccount }
  /** Refuses (`username`, `mobile`, `email`) what belongs to another account. */
  | { readonly write: 'account.update'; readonly accountId: string; readonly set: AccountChanges; readonly at: Date }
  /** A code that was sent to the mobile of the account was redeemed in it. Does nothing where that was known before. */
  | { readonly write: 'mobile.proven'; readonly accountId: string; readonly at: Date }
  /** With `replaces` it refuses (`replaced`) when another hash than that is there by now. */
  | {
      readonly write: 'password.put';
      readonly accountId: string;
      readonly hash: string;
      readonly at: Date;
      readonly replaces?: string;
      /** By which proof it is set; absent: with the account itself, or the same password under a newer hash. */
      readonly by?: Strength;
    }
  /** Refuses (`Conflict`) when the document already belongs to a person. */
  | { readonly write: 'person.insert'; readonly person: Person; readonly at: Date }
  /** New dates or corrected data of the same document. */
  | { readonly write: 'person.update'; readonly person: Person; readonly at: Date }
  /** An imported person whom no account holds yet. */
  | {
      readonly write: 'activation.insert';
      readonly personId: string;
      /** The mobile that the earlier programme had bound; undefined: none. */
      readonly mobile: string | undefined;
      readonly source: string;
      readonly at: Date;
    }
  /** The waiting is over. @throws Conflict (rule `once`) when nobody waits under this id by now */
  | { readonly write: 'activation.end'; readonly personId: string }
  /** Refuses when the import did not stand at line `after`: somebody else imports the same file. */
  | { readonly write: 'import-progress.put'; readonly progress: ImportProgress; readonly after: number; readonly at: Date }
  /**
   * Gives the account its person and subject; refuses when the account has a person or the person an account by now, and
   * while the person waits for their activation, which only `activation.end` in the same transaction ends.
   */
  | {
      readonly write: 'account.link-person';
      readonly accountId: string;
      readonly personId: string;
      readonly subjectId: string;
      readonly at: Date;
    }
  /** Replaces an earlier consent for the same person. */
  | { readonly write: 'guardian-consent.put'; readonly consent: GuardianConsent }
  /** Replaces earlier evidence of the same kind (which is kept, marked as superseded). */
  | { readonly write: 'evidence.insert'; readonly evidence: Evidence }
  /** The owner hears that evidence ends. @throws Conflict (rule `once`) when they did already */
  | { readonly write: 'evidence.end-told'; readonly evidenceId: string; readonly at: Date }
  | {
      readonly write: 'session-factors.put';
      readonly sessionUid: string;
      readonly accountId: string;
      readonly factors: readonly SessionFactor[];
      readonly expiresAt: Date;
      /** What the session runs on, in words; absent: not known, or as before. */
      readonly device?: string | undefined;
    }
  /**
   * Makes an act take its turn among those of the account. Refuses (`account`) when the account is not usable, or came to
   * be verified, in between, and (`session`) when the session that acts has ended.
   */
  | {
      readonly write: 'presence.hold';
      readonly accountId: string;
      /** Undefined: nobody is signed in (a recovery). */
      readonly sessionUid: string | undefined;
      readonly verified: boolean;
    }
  /** Refuses (`frozen`) while a change of the account is frozen: it is given back first. */
  | { readonly write: 'change.insert'; readonly change: NewChange }
  /** Refuses (`moved`) when other changes of the account are open by now than were looked at (`known`: how many). */
  | {
      readonly write: 'changes.freeze';
      readonly accountId: string;
      /** `kept`: what it had set. */
      readonly changes: readonly { readonly id: string; readonly kept: Old }[];
      readonly known: number;
      readonly at: Date;
    }
  /** Refuses (`moved`) when one of them is not frozen, or was given back. */
  | { readonly write: 'changes.return'; readonly accountId: string; readonly ids: readonly string[]; readonly at: Date }
  /**
   * They are the owner's own, for good. Refuses (`moved`) when one of them is not frozen, or no more. Changes of the acts
   * `supersedes` that nobody has frozen yet can be frozen no more either.
   */
  | {
      readonly write: 'changes.confirm';
      readonly accountId: string;
      readonly ids: readonly string[];
      readonly supersedes: readonly UndoableAct[];
      readonly at: Date;
    }
  /** What was held signs in again. */
  | { readonly write: 'ways-in.restore'; readonly accountId: string; readonly addedIds: readonly string[]; readonly totp: boolean }
  /** Puts old values back, but so that nobody is found by them, and takes out of use what was added. */
  | ({ readonly write: 'ways-in.hold'; readonly accountId: string; readonly at: Date } & Omit<Taken, 'changes'>)
  /** Lets people be found by these values again, and removes what was added. Refuses as `account.update`. */
  | {
      readonly write: 'ways-in.release';
      readonly accountId: string;
      readonly set: Pick<AccountChanges, 'mobile' | 'email'> & { readonly username?: string | null };
      readonly password: boolean;
      readonly addedIds: readonly string[];
      readonly totp: boolean;
      /** A mobile among them was proven by a code at this moment. */
      readonly at: Date;
    }
  /** Ends every session of the account but `exceptUid`, with its factors. */
  | { readonly write: 'sessions.end'; readonly accountId: string; readonly exceptUid: string | undefined }
  /** Ends one session of the account, with its factors. */
  | { readonly write: 'session.end'; readonly accountId: string; readonly uid: string }
  /** No browser is trusted any more for what was proved in it up to now. */
  | { readonly write: 'trust.end'; readonly accountId: string }
  /** Ends every grant of the account and the refresh tokens issued under it. */
  | { readonly write: 'grants.end'; readonly accountId: string }
  /** Replaces the consent of the same account, client and principal; the earlier one is kept as history. */
  | { readonly write: 'consent.put'; readonly consent: Consent }
  | { readonly write: 'operator-role.put'; readonly accountId: string; readonly role: string; readonly at: Date }
  /** Refuses when its `kid` (`kid`) or an active key of its algorithm (`active`) is there already. */
  | { readonly write: 'signing-key.insert'; readonly key: SigningKey }
  /** Lets a published key sign and retires the one of its algorithm that did; refuses when it is not published by now. */
  | { readonly write: 'signing-key.activate'; readonly kid: string; readonly at: Date }
  /** Takes a key out of the published set for good; refuses while it signs, and when it was withdrawn before. */
  | { readonly write: 'signing-key.withdraw'; readonly kid: string; readonly at: Date }
  /** Of a retired key keeps the public part alone; refuses when it is not retired, or archived by now. */
  | { readonly write: 'signing-key.archive'; readonly kid: string; readonly publicJwk: Jwk; readonly at: Date }
  | AuthenticatorWrite
  | BindingWrite
  /** Wraps the data key of a row by today's key-encryption key; leaves a row alone whose key is not `key` any more. */
  | { readonly write: 'data-key.rewrap'; readonly table: string; readonly row: string; readonly key: WrappedKey }
  | { readonly write: 'audit.append'; readonly event: AuditEvent }
  | { readonly write: 'outbox.enqueue'; readonly message: OutboxMessage };

export type WriteName = Write['write'];

/** A unique rule or an expectation of a write does not hold; nothing was written. */
export class Conflict extends Error {
  /** Which write, and for `account.insert` and `account.update` which rule: `mobile`, `username`, `email`. */
  readonly write: WriteName;
  readonly rule: string;

  constructor(write: WriteName, rule: string, options?: { cause?: unknown }) {
    super(`${write}: ${rule}`, options);
    this.name = 'Conflict';
    this.write = write;
    this.rule = rule;
  }
}

export interface UnitOfWork {
  /**
   * Carries out the writes in order in one transaction. Serialization failures and deadlocks are
   * retried up to three times with jitter.
   *
   * @param useCase - name for metrics and fault tests, e.g. `register`
   * @throws Conflict when a unique rule or an expectation does not hold
   * @throws Unavailable when the database does not answer
   */
  commit(useCase: string, writes: readonly Write[]): Promise<void>;
}
