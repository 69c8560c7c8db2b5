import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Clock } from '../../src/domain/clock.ts';
import { Conflict, type UnitOfWork, type Write, type WriteName } from '../../src/domain/unit-of-work.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { constraintOf, sqlState } from './errors.ts';
import type { Tables } from './tables.ts';
import {
  insertPasskeys,
  putRecoveryCodes,
  putTotps,
  removePasskeys,
  removeRecoveryCodes,
  removeTotps,
  renamePasskeys,
  usePasskeys,
  useRecoveryCodes,
  useTotps,
} from './writes/authenticators.ts';
import {
  confirmChanges,
  freezeChanges,
  holdWaysIn,
  insertChanges,
  releaseWaysIn,
  restoreWaysIn,
  returnChanges,
} from './writes/account-changes.ts';
import { insertBindings, removeBindings, useBindings } from './writes/bindings.ts';
import { putConsents } from './writes/consent.ts';
import { rewrapDataKeys } from './writes/data-keys.ts';
import { insertEvidence, tellEvidenceEnds } from './writes/evidence.ts';
import type { Handler, Statement, WriteDeps, WriteOf } from './writes/handler.ts';
import { insertAccounts, proveMobiles, updateAccounts } from './writes/accounts.ts';
import { insertPersons, insertSubjects, linkPersons, putOperatorRoles, putPasswords, updatePersons } from './writes/people.ts';
import { endActivations, insertActivations, putImportProgress } from './writes/imports.ts';
import { putGuardianConsents } from './writes/registration.ts';
import { appendAudit, enqueueMessages } from './writes/records.ts';
import { endGrants, endSession, endSessions, endTrust, holdPresence, putSessionFactors } from './writes/sessions.ts';
import { activateSigningKeys, archiveSigningKeys, insertSigningKeys, withdrawSigningKeys } from './writes/signing-keys.ts';

const handlers: { readonly [Name in WriteName]: Handler<Name> } = {
  'subject.insert': insertSubjects,
  'account.insert': insertAccounts,
  'account.update': updateAccounts,
  'mobile.proven': proveMobiles,
  'account.link-person': linkPersons,
  'password.put': putPasswords,
  'person.insert': insertPersons,
  'person.update': updatePersons,
  'activation.insert': insertActivations,
  'activation.end': endActivations,
  'import-progress.put': putImportProgress,
  'guardian-consent.put': putGuardianConsents,
  'evidence.insert': insertEvidence,
  'evidence.end-told': tellEvidenceEnds,
  'session-factors.put': putSessionFactors,
  'presence.hold': holdPresence,
  'change.insert': insertChanges,
  'changes.freeze': freezeChanges,
  'changes.return': returnChanges,
  'changes.confirm': confirmChanges,
  'ways-in.hold': holdWaysIn,
  'ways-in.release': releaseWaysIn,
  'ways-in.restore': restoreWaysIn,
  'session.end': endSession,
  'sessions.end': endSessions,
  'trust.end': endTrust,
  'grants.end': endGrants,
  'consent.put': putConsents,
  'operator-role.put': putOperatorRoles,
  'signing-key.insert': insertSigningKeys,
  'signing-key.activate': activateSigningKeys,
  'signing-key.withdraw': withdrawSigningKeys,
  'signing-key.archive': archiveSigningKeys,
  'binding.insert': insertBindings,
  'binding.use': useBindings,
  'binding.remove': removeBindings,
  'passkey.insert': insertPasskeys,
  'passkey.use': usePasskeys,
  'passkey.rename': renamePasskeys,
  'passkey.remove': removePasskeys,
  'totp.put': putTotps,
  'totp.use': useTotps,
  'totp.remove': removeTotps,
  'recovery-codes.put': putRecoveryCodes,
  'recovery-code.use': useRecoveryCodes,
  'recovery-codes.remove': removeRecoveryCodes,
  'data-key.rewrap': rewrapDataKeys,
  'audit.append': appendAudit,
  'outbox.enqueue': enqueueMessages,
};

/** Where a fault test stands: around each write of each use case. */
export type WriteHook = (useCase: string, write: WriteName, phase: 'before' | 'after') => void | Promise<void>;

export interface UnitOfWorkDeps {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly onWrite?: WriteHook;
  /** Told before a transaction is run again. */
  readonly onRetry?: (useCase: string) => void;
}

interface Step {
  readonly write: WriteName;
  readonly statements: readonly Statement[];
}

/** Unique rules by the constraint that enforces them. */
const rules: Readonly<Record<string, string>> = {
  account_mobile_unique: 'mobile',
  account_username_unique: 'username',
  account_email_unique: 'email',
  account_person_unique: 'person',
  account_subject_unique: 'subject',
  person_document_unique: 'document',
  person_subject_unique: 'subject',
  passkey_credential_unique: 'passkey',
  binding_subject_unique: 'subject',
  binding_provider_unique: 'provider',
  signing_key_pkey: 'kid',
  signing_key_active_unique: 'active',
};

const maxRetries = 3;
const uniqueViolation = '23505';
/** Serialization failure, deadlock. */
const passingStates = new Set(['40001', '40P01']);
/** Somebody else superseded the same row at once, or a random number was drawn before: run again, it passes. */
const passingConstraints = new Set(['evidence_current_unique', 'consent_current_unique', 'account_number_unique']);

/**
 * Transactions of named writes on the database. Runs of the same write become one statement, and a commit of a
 * single statement needs no transaction around it.
 */
export function createUnitOfWork({ db, vault, clock, onWrite, onRetry }: UnitOfWorkDeps): UnitOfWork {
  const deps: WriteDeps = { db, vault, clock };

  const run = async (useCase: string, steps: readonly Step[], on: Kysely<Tables>): Promise<void> => {
    for (const { write, statements } of steps) {
      await onWrite?.(useCase, write, 'before');
      try {
        for (const statement of statements) await statement(on);
      } catch (error) {
        throw toConflict(write, error);
      }
      await onWrite?.(useCase, write, 'after');
    }
  };

  return {
    async commit(useCase, writes) {
      const steps: Step[] = [];
      for (const { name, writes: same } of runs(writes)) steps.push(await prepare(name, same, deps));
      const single = steps.reduce((count, { statements }) => count + statements.length, 0) === 1;
      for (let retry = 0; ; retry += 1) {
        try {
          if (single) return await run(useCase, steps, db);
          return await db.transaction().execute((transaction) => run(useCase, steps, transaction));
        } catch (error) {
          if (retry === maxRetries || !mayPass(error)) throw error;
          onRetry?.(useCase);
          await sleep(10 * 2 ** retry * (1 + Math.random()));
        }
      }
    },
  };
}

/** As many rows as one statement takes without coming near the limit of 65,535 parameters. */
const maxRun = 1000;

/** Splits a list of writes into runs of the same name, in order. */
function runs(writes: readonly Write[]): { name: WriteName; writes: Write[] }[] {
  const result: { name: WriteName; writes: Write[] }[] = [];
  for (const write of writes) {
    const last = result.at(-1);
    if (last?.name === write.write && last.writes.length < maxRun) last.writes.push(write);
    else result.push({ name: write.write, writes: [write] });
  }
  return result;
}

async function prepare<Name extends WriteName>(
  name: Name,
  run: readonly Write[],
  deps: WriteDeps,
): Promise<Step & { readonly write: Name }> {
  const writes = run.filter((write): write is WriteOf<Name> => write.write === name);
  return { write: name, statements: await handlers[name](writes, deps) };
}

function mayPass(error: unknown): boolean {
  return passingStates.has(sqlState(error) ?? '') || passingConstraints.has(constraintOf(error) ?? '');
}

function toConflict(write: WriteName, error: unknown): unknown {
  if (sqlState(error) !== uniqueViolation || mayPass(error)) return error;
  const constraint = constraintOf(error) ?? 'unknown';
  return new Conflict(write, rules[constraint] ?? constraint, { cause: error });
}
