import { randomBytes, randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import { fold } from '../folding.ts';
import { noticeWrites } from '../notification/notice.ts';
import type { AccountStore } from '../person/account.ts';
import { settlingOf, type CountsAs } from '../presence/strength.ts';
import { Refused } from '../refused.ts';
import type { OnceStore } from '../short-lived.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import type { Passkey, PasskeyStore } from './passkey-store.ts';
import type { Authenticated } from './password.ts';
import { auditedRefusal } from '../audit/record.ts';

/**
 * Passkeys (Web Authentication Level 3). A key pair per account and site: the private half stays in the
 * authenticator, which signs only for our own origin, so that a look-alike page gets nothing (phishing-resistant).
 * The person is verified by the authenticator (fingerprint, face, PIN): two factors in one act.
 */

/** What an authenticator answered, as the browser's `PublicKeyCredential.toJSON()` says it; nothing of it is believed yet. */
export interface PasskeyResponse {
  readonly id: string;
  readonly response: { readonly clientDataJSON: string; readonly userHandle?: unknown; readonly transports?: unknown };
}

/** What a checked answer says. */
export interface CreatedPasskey {
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly synced: boolean;
}

/** Checks answers of authenticators: type, challenge, origin, site, user presence and verification, signature. */
export interface PasskeyVerifier {
  /** Undefined when anything does not fit. */
  created(response: PasskeyResponse, challenge: string): Promise<CreatedPasskey | undefined>;
  /** The counter it was signed with; undefined when anything does not fit. Counters are judged by the caller. */
  signed(response: PasskeyResponse, challenge: string, passkey: Passkey): Promise<{ readonly counter: number } | undefined>;
}

export interface PasskeyDeps {
  readonly passkeys: PasskeyStore;
  readonly verifier: PasskeyVerifier;
  readonly accounts: Pick<AccountStore, 'byId'>;
  readonly once: OnceStore;
  readonly unitOfWork: UnitOfWork;
  readonly vault: Vault;
  readonly clock: Clock;
  /** For so long a new passkey counts as what it was added by. */
  readonly settlingSeconds: number;
}

/** What a challenge is for: an answer given elsewhere is worth nothing. */
export interface ChallengeScope {
  readonly purpose: 'sign-in' | 'step-up' | 'add';
  /** Interaction or session. */
  readonly scope: string;
}

export const challengeSeconds = 600;

/** As many as one account may have. */
const passkeyLimit = 20;

const challengeKey = ({ purpose, scope }: ChallengeScope, challenge: string) => `passkey:${purpose}:${scope}:${challenge}`;

/** A challenge for one answer (32 random bytes, base64url), good for ten minutes. */
export async function issueChallenge({ once, clock }: Pick<PasskeyDeps, 'once' | 'clock'>, where: ChallengeScope): Promise<string> {
  const challenge = randomBytes(32).toString('base64url');
  await once.put(challengeKey(where, challenge), '', secondsAfter(clock.now(), challengeSeconds));
  return challenge;
}

/**
 * Reads the form field that carries an answer, and uses up the challenge it was made for.
 *
 * @throws Refused passkey.wrong when it is none of ours, was used before or is too old
 */
async function readAnswer(
  { once, clock }: Pick<PasskeyDeps, 'once' | 'clock'>,
  where: ChallengeScope,
  credential: string,
): Promise<{ response: PasskeyResponse; challenge: string }> {
  const response = parseResponse(credential);
  const challenge = response && challengeOf(response);
  if (!challenge || (await once.take(challengeKey(where, challenge), clock.now())) === undefined) throw wrong();
  return { response, challenge };
}

const wrong = () => new Refused('passkey.wrong', 'credential');

function parseResponse(credential: string): PasskeyResponse | undefined {
  const parsed = parseJson(credential);
  return isResponse(parsed) ? parsed : undefined;
}

function isResponse(value: Partial<Record<string, unknown>>): value is Partial<Record<string, unknown>> & PasskeyResponse {
  const { id, response } = value;
  return (
    typeof id === 'string' &&
    typeof response === 'object' &&
    response !== null &&
    'clientDataJSON' in response &&
    typeof response.clientDataJSON === 'string'
  );
}

function challengeOf({ response }: PasskeyResponse): string | undefined {
  const { challenge } = parseJson(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8'));
  return typeof challenge === 'string' && /^[\w-]{43}$/.test(challenge) ? challenge : undefined;
}

/** An object; an empty one for whatever else was sent. */
function parseJson(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What authenticators keep to know the account again: says nothing to anybody else (Level 3, 14.6.1). */
export function userHandle(vault: Vault, accountId: string): string {
  return vault.index('passkey-user', accountId).toString('base64url');
}

/** Where an answer was given. */
export interface PasskeyAttempt extends ChallengeScope {
  readonly requestId: string;
  /** Network address of the browser. */
  readonly address: string;
  /** Of the page, for a notice to the owner. */
  readonly locale: string;
}

/**
 * A sign-in with a passkey; the person is known by it alone. A counter that went back means that there is a copy:
 * nobody knows which of the two asks, so neither gets in, and the owner is told.
 *
 * @param credential - the answer, JSON
 * @throws Refused passkey.wrong (unknown, foreign, replayed or forged), passkey.cloned, account.locked
 */
export async function signInWithPasskey(deps: PasskeyDeps, attempt: PasskeyAttempt, credential: string): Promise<Authenticated> {
  const { response, challenge } = await readAnswer(deps, attempt, credential);
  const passkey = await deps.passkeys.byCredential(response.id);
  // Nobody was named, so the authenticator must say whose it is (Level 3, 7.2 step 6).
  if (!passkey || response.response.userHandle !== userHandle(deps.vault, passkey.accountId)) throw wrong();
  const signed = await deps.verifier.signed(response, challenge, passkey);
  if (!signed) throw wrong();
  const at = deps.clock.now();
  const account = await deps.accounts.byId(passkey.accountId);
  if (account?.status !== 'active') throw new Refused('account.locked');
  if (!counterMoves(passkey.counter, signed.counter)) {
    await deps.unitOfWork.commit('passkey-cloned', [
      auditedRefusal(deps.vault, 'passkey.cloned', {
        at,
        origin: { accountId: account.id, requestId: attempt.requestId, address: attempt.address },
      }),
      ...noticeWrites(account, { name: 'passkey-cloned', locale: attempt.locale }, at),
    ]);
    throw new Refused('passkey.cloned', 'credential');
  }
  return {
    accountId: account.id,
    amr: amrOfPasskey(passkey),
    counts: passkeySettling(passkey, deps.settlingSeconds, at),
    writes: [{ write: 'passkey.use', id: passkey.id, counter: signed.counter, at }],
  };
}

/** What a proof made with it counts as for now. */
export function passkeySettling(
  { setBy, createdAt }: Pick<Passkey, 'setBy' | 'createdAt'>,
  settlingSeconds: number,
  now: Date,
): CountsAs | undefined {
  return settlingOf(setBy && { by: setBy, at: createdAt }, settlingSeconds, now);
}

/** A counter that is kept must grow with each signature (Level 3, 6.1.1); passkeys that are synced keep none. */
export function counterMoves(stored: number, signed: number): boolean {
  return signed > stored || (signed === 0 && stored === 0);
}

/** RFC 8176: a key that may be copied is software to us; the authenticator asked for the person, so it is two factors. */
function amrOfPasskey({ synced }: Pick<Passkey, 'synced'>): readonly string[] {
  return [synced ? 'swk' : 'hwk', 'user', 'mfa'];
}

/**
 * A passkey to be written to an account.
 *
 * @throws Refused passkey.wrong, passkey.name, passkey.too-many
 */
export async function newPasskey(
  deps: PasskeyDeps,
  where: ChallengeScope,
  { accountId, credential, name }: { accountId: string; credential: string; name: string },
): Promise<Omit<Passkey, 'setBy'>> {
  const named = passkeyName(name);
  const { response, challenge } = await readAnswer(deps, where, credential);
  const created = await deps.verifier.created(response, challenge);
  if (!created) throw wrong();
  if ((await deps.passkeys.ofAccount(accountId)).length >= passkeyLimit)
    throw new Refused('passkey.too-many', 'credential', { limit: passkeyLimit });
  const at = deps.clock.now();
  return {
    id: randomUUID(),
    accountId,
    ...created,
    transports: transportsOf(response),
    name: named,
    createdAt: at,
    lastUsedAt: undefined,
  };
}

/** A name as pages show it. @throws Refused passkey.name */
export function passkeyName(typed: string): string {
  const name = fold('label', typed);
  if (name === '' || [...name].length > 40) throw new Refused('passkey.name', 'passkeyName');
  return name;
}

const knownTransports = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

function transportsOf({ response }: PasskeyResponse): readonly string[] {
  const { transports } = response;
  if (!Array.isArray(transports)) return [];
  return [...new Set(transports)].filter((name): name is string => typeof name === 'string' && knownTransports.has(name));
}
