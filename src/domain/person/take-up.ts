import { randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import type { Asking } from '../proofing/claim.ts';
import type { GuardianProof } from '../proofing/guardian-proof.ts';
import { evidenceWrites } from '../proofing/proof.ts';
import { Refused } from '../refused.ts';
import type { EndingWrites } from '../ending-writes.ts';
import { Conflict, type UnitOfWork, type Write } from '../unit-of-work.ts';
import type { Account } from './account.ts';
import type { Activation } from './activation-store.ts';
import type { Confirmation } from './activation.ts';
import { endOfDay } from './civil-date.ts';
import { audited } from '../audit/record.ts';

/**
 * An imported person takes up what is on record of them: with a new account, or with the account they opened before they
 * knew. One transaction either way; of two who do it at once, one does. Nothing else ends the waiting.
 */
export interface TakeUpDeps {
  readonly unitOfWork: UnitOfWork;
  readonly endings: EndingWrites;
  readonly clock: Clock;
}

export interface TakeUp {
  readonly activation: Activation;
  readonly confirmation: Confirmation;
  /** Who agreed to it, for a minor (PRV-05). */
  readonly guardian: GuardianProof | undefined;
  readonly hotline: string;
  /** Of the page, for what the owner is told. */
  readonly locale: string;
  readonly origin: Pick<Asking, 'clientId' | 'requestId'>;
}

export interface NewAccountForm {
  /** Proven by an SMS code. */
  readonly mobile: string;
  /** PHC string. */
  readonly passwordHash: string;
  readonly agreementVersion: string;
}

/**
 * Opens an account for them.
 *
 * @returns the account's id
 * @throws Refused mobile.taken, activation.gone
 */
export async function activate(
  deps: TakeUpDeps,
  takeUp: TakeUp,
  { mobile, passwordHash: hash, agreementVersion: version }: NewAccountForm,
): Promise<string> {
  const at = deps.clock.now();
  const id = randomUUID();
  const { subjectId } = takeUp.activation.person;
  const agreement = { version, acceptedAt: at };
  await commit(deps, 'activate', [
    {
      write: 'account.insert',
      account: { id, subjectId, username: undefined, mobile, mobileProvenAt: at, email: undefined, agreement, createdAt: at },
    },
    { write: 'password.put', accountId: id, hash, at },
    ...takeUpWrites(deps, takeUp, { id, mobile, email: undefined }),
  ]);
  return id;
}

/**
 * Gives them to the account that is theirs already and not verified. Services see the person on record from now on, so
 * its other sessions and its grants end (D1).
 *
 * @param sessionUid - the session that goes on; undefined: none
 * @throws Refused activation.gone, also when the account was verified meanwhile
 */
export async function joinActivation(
  deps: TakeUpDeps,
  takeUp: TakeUp,
  { account, sessionUid }: { account: Account; sessionUid: string | undefined },
): Promise<void> {
  await commit(deps, 'join-activation', [
    ...takeUpWrites(deps, takeUp, account),
    ...(await deps.endings('subject.changed', { accountId: account.id, sessionUid })),
  ]);
}

async function commit({ unitOfWork }: TakeUpDeps, useCase: string, writes: readonly Write[]): Promise<void> {
  try {
    await unitOfWork.commit(useCase, writes);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw error.rule === 'mobile' ? new Refused('mobile.taken') : new Refused('activation.gone');
  }
}

type Taker = Pick<Account, 'id' | 'mobile' | 'email'>;

function takeUpWrites(
  { clock }: TakeUpDeps,
  { activation, confirmation, guardian, hotline, locale, origin }: TakeUp,
  account: Taker,
): readonly Write[] {
  const at = clock.now();
  const { name, typedName = activation.person.typedName, validFrom, validUntil, source, reference } = confirmation;
  const { id: personId, subjectId } = activation.person;
  const person = { ...activation.person, name, typedName, document: { ...activation.person.document, validFrom, validUntil } };
  const expiresAt = validUntil === 'long-term' ? undefined : endOfDay(validUntil);
  const method = account.mobile === activation.mobile ? 'bound-mobile' : 'new-mobile';
  const event = { ...origin, id: randomUUID(), at, accountId: account.id };
  const evidence = { kind: 'real-name', source, reference, expiresAt, guardian };
  return [
    { write: 'activation.end', personId },
    { write: 'person.update', person, at },
    { write: 'account.link-person', accountId: account.id, personId, subjectId, at },
    ...evidenceWrites({ clock: { now: () => at } }, event, personId, evidence, [{ ...account, locale }]),
    audited('account.activated', at, event, { method, source: activation.source }),
    ...noticeToBound(activation, account, hotline, at),
  ];
}

const noticeSeconds = 7 * 86_400;

/** Whoever has the bound mobile learns that another one has taken its place (PRV-06). Their language is not known. */
function noticeToBound({ mobile: bound }: Activation, { mobile }: Taker, hotline: string, at: Date): readonly Write[] {
  if (bound === undefined || bound === mobile) return [];
  const params = { ending: mobile.slice(-4), hotline };
  return [
    {
      write: 'outbox.enqueue',
      message: {
        id: randomUUID(),
        payload: { kind: 'sms', to: bound, template: 'notice.activated', params, locale: 'zh-CN' },
        suppressed: false,
        enqueuedAt: at,
        expiresAt: secondsAfter(at, noticeSeconds),
      },
    },
  ];
}
