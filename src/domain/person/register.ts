import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../audit/events.ts';
import { secondsAfter } from '../clock.ts';
import { normalisePassword, unmetPasswordRules, type PasswordPolicy } from '../authenticator/password-policy.ts';
import type { PasswordHasher } from '../authenticator/password-hasher.ts';
import { confirmedPerson, realNameEvidence, type ConfirmedIdentity } from '../proofing/real-name.ts';
import { requireUnclaimed, type ClaimDeps } from '../proofing/claim.ts';
import { evidenceWrites, type Told } from '../proofing/proof.ts';
import { Refused } from '../refused.ts';
import { Conflict, type Write } from '../unit-of-work.ts';
import type { AccountStore, NewAccount } from './account.ts';
import { generatedUsername } from './generated-username.ts';
import { checkMobile } from './mobile.ts';
import { usernameKey } from './username.ts';
import { audited } from '../audit/record.ts';

/** A mobile as typed. @throws Refused mobile.invalid with the reason */
export function requireMobile(typed: string, field = 'mobile'): string {
  const mobile = checkMobile(typed);
  if (!mobile.ok) throw new Refused('mobile.invalid', field, { reason: mobile.reason });
  return mobile.canonical;
}

/** Problems of a new password and its repetition, by the one policy object of the profile (DIS-02). */
export function passwordProblems(
  { newPassword, confirmPassword }: { newPassword: string; confirmPassword: string },
  policy: PasswordPolicy,
  facts: { username?: string | undefined; mobile?: string | undefined; document?: string | undefined },
): readonly Refused[] {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const [reason] = unmetPasswordRules(policy, newPassword, known);
  if (reason) return [new Refused('password.weak', 'newPassword', { reason, ...lengths(policy) })];
  if (normalisePassword(newPassword) !== normalisePassword(confirmPassword)) {
    return [new Refused('password.mismatch', 'confirmPassword')];
  }
  return [];
}

function lengths({ minLength, maxLength }: { minLength: number; maxLength: number }) {
  return { min: minLength, max: maxLength };
}

/** What an account is opened with. */
export interface Registration {
  /** Undefined: the form has none. */
  readonly username: string | undefined;
  /** Proven by an SMS code. */
  readonly mobile: string;
  readonly password: string;
  readonly address?: string | undefined;
  readonly asserted?: NewAccount['asserted'];
  /** Confirmed by the register in this very registration, and no minor's. */
  readonly confirmed?: ConfirmedIdentity | undefined;
  /** Version of the text somebody agreed to who is to become a user of the national platform; undefined: nobody. */
  readonly nationalPlatform?: string | undefined;
}

export interface RegisterOptions {
  readonly agreementVersion: string;
  /** Of user names for those who chose none; undefined: they have none. */
  readonly usernamePrefix: string | undefined;
  readonly requestId: string;
  readonly clientId: string | undefined;
  /** Network address of the browser. */
  readonly address: string;
  readonly locale: string;
  /** What is opened with it: a binding to a third party. */
  readonly alongside?: ((accountId: string) => readonly Write[]) | undefined;
}

export interface RegisterDeps extends ClaimDeps {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
}

/** @throws Refused mobile.taken, username.taken */
export async function requireFree(
  { accounts }: Pick<RegisterDeps, 'accounts'>,
  { mobile, username }: Pick<Registration, 'mobile' | 'username'>,
): Promise<void> {
  if (await accounts.byIdentifier('mobile', mobile)) throw new Refused('mobile.taken', 'mobile');
  if (username !== undefined && (await accounts.byIdentifier('username', usernameKey(username)))) {
    throw new Refused('username.taken', 'username');
  }
}

/** How often another generated name is tried. */
const maxAttempts = 5;

/**
 * Opens the account, with the verified person where the form verified one, in one transaction. The mobile must have been
 * proven by an SMS code before: whether a number is taken is not told to anybody else (DIS-21).
 *
 * @returns the account's id
 * @throws Refused mobile.taken, username.taken, identity.taken, identity.waiting, bind.taken, service.busy
 */
export async function register(deps: RegisterDeps, registration: Registration, options: RegisterOptions): Promise<string> {
  await requireFree(deps, registration);
  const hash = await deps.hasher.hash(registration.password);
  const generates = registration.username === undefined ? options.usernamePrefix : undefined;
  for (let attempt = 0; ; attempt += 1) {
    const username = generates === undefined ? registration.username : generatedUsername(generates, registration.mobile, attempt);
    try {
      return await open(deps, { ...registration, username }, { ...options, hash });
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (generates === undefined || error.rule !== 'username' || attempt === maxAttempts) throw refusalOf(error);
    }
  }
}

function refusalOf({ write, rule }: Conflict): Refused {
  if (write === 'binding.insert') return new Refused('bind.taken');
  if (write !== 'account.insert') return new Refused('identity.taken', 'documentNumber');
  if (rule === 'username') return new Refused('username.taken', 'username');
  return new Refused('mobile.taken', 'mobile');
}

async function open(deps: RegisterDeps, registration: Registration, options: RegisterOptions & { readonly hash: string }): Promise<string> {
  const { confirmed } = registration;
  const now = deps.clock.now();
  const id = randomUUID();
  const { clientId, requestId, address } = options;
  const holder =
    confirmed &&
    (await requireUnclaimed(deps, confirmedPerson(confirmed).document, { accountId: undefined, clientId, requestId, address }));
  const subjectId = holder?.person.subjectId ?? randomUUID();
  const event = { at: now, accountId: id, clientId, requestId };
  await deps.unitOfWork.commit(confirmed ? 'register-verified' : 'register', [
    ...(holder ? [] : [{ write: 'subject.insert', id: subjectId, createdAt: now } as const]),
    { write: 'account.insert', account: newAccount(registration, { id, subjectId, now }, options) },
    { write: 'password.put', accountId: id, hash: options.hash, at: now },
    ...(confirmed
      ? identityWrites(deps, confirmed, {
          ...event,
          personId: holder?.person.id,
          subjectId,
          told: [{ mobile: registration.mobile, email: undefined, locale: options.locale }],
        })
      : []),
    audited('account.registered', now, event, { agreement: options.agreementVersion }),
    ...nationalPlatformWrites(registration, event),
    ...(options.alongside?.(id) ?? []),
  ]);
  return id;
}

function newAccount(
  { username, mobile, address, asserted, nationalPlatform }: Registration,
  { id, subjectId, now }: { id: string; subjectId: string; now: Date },
  { agreementVersion: version }: RegisterOptions,
): NewAccount {
  return {
    id,
    subjectId,
    username,
    mobile,
    mobileProvenAt: now,
    email: undefined,
    address,
    asserted,
    agreement: { version, acceptedAt: now },
    nationalPlatform,
    createdAt: now,
  };
}

function identityWrites(
  deps: Pick<RegisterDeps, 'clock'>,
  confirmed: ConfirmedIdentity,
  {
    at,
    accountId,
    clientId,
    requestId,
    personId,
    subjectId,
    told,
  }: Happening & { readonly personId: string | undefined; readonly subjectId: string; readonly told: readonly Told[] },
): readonly Write[] {
  const person = { ...confirmedPerson(confirmed), id: personId ?? randomUUID(), subjectId };
  return [
    personId === undefined ? { write: 'person.insert', person, at } : { write: 'person.update', person, at },
    { write: 'account.link-person', accountId, personId: person.id, subjectId, at },
    ...evidenceWrites(deps, { accountId, clientId, requestId }, person.id, realNameEvidence(confirmed, undefined), told),
  ];
}

type Happening = Pick<AuditEvent, 'at' | 'clientId' | 'requestId'> & { readonly accountId: string };

/** The national platform may be away for days; nobody waits for it. */
const syncSeconds = 7 * 86_400;

/** Passed on as agreed, by a job that outlives every fault of the other side (REG-45). */
function nationalPlatformWrites({ nationalPlatform: version, mobile }: Registration, event: Happening): readonly Write[] {
  if (version === undefined) return [];
  const { at, accountId } = event;
  return [
    audited('national-platform.consented', at, event, { agreement: version }),
    {
      write: 'outbox.enqueue',
      message: {
        id: randomUUID(),
        payload: { kind: 'national-platform', accountId, mobile, consent: { version, at: at.toISOString() } },
        suppressed: false,
        enqueuedAt: at,
        expiresAt: secondsAfter(at, syncSeconds),
      },
    },
  ];
}
