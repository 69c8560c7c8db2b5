import { randomInt, randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import type { OutboxMessage } from '../notification/outbox.ts';
import type { SmsPolicy } from '../policy.ts';
import { Refused, type RefusalCode, type RefusalParams } from '../refused.ts';
import type { OtpPurpose, OtpStore, QuotaRule, QuotaStore } from '../short-lived.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { audited } from '../audit/record.ts';

/**
 * One-time codes by SMS (SP 800-63B 3.1.3, out-of-band) and, to prove an address, by e-mail. Limits are those of the
 * public surface; a code belongs to one purpose and one scope (an interaction, a session), lives five minutes and five
 * attempts, and is redeemed at most once.
 */

export interface OtpDeps {
  readonly otps: OtpStore;
  readonly quotas: QuotaStore;
  readonly unitOfWork: UnitOfWork;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly sms: SmsPolicy;
  /** Told whenever a text message is refused because those of all people are used up for this hour. */
  readonly budgetReached: (asker: Asker) => void;
}

/** Who asks for a code: a browser that signed in to the account of the recipient before, or anybody. Their limits are apart. */
export type Asker = 'known' | 'stranger';

/** Where a code goes, normalised. */
export type Recipient = { readonly mobile: string } | { readonly email: string };

/** What a code is for, and for whom. */
export type OtpSubject = Recipient & {
  readonly purpose: OtpPurpose;
  /** The interaction or session the code is bound to: a code asked for in one is worth nothing in another. */
  readonly scope: string;
};

export type OtpRequest = OtpSubject & {
  /** False: store the code, send nothing. What an unknown number gets, in the same time. */
  readonly deliver: boolean;
  readonly asker: Asker;
  /**
   * What led to the recipient, where somebody typed neither it nor owns it (a document number, a name). The answer must not
   * tell whose recipient it is: it goes by limits of what was typed, and what the recipient's own do not allow is kept back.
   */
  readonly soughtBy: string | undefined;
  /** Address of the browser; absent lifts the limit per address (load tests). */
  readonly address: string | undefined;
  readonly locale: string;
  readonly requestId: string | undefined;
};

/** The address of a recipient, whatever its kind. */
export function addressOf(recipient: Recipient): string {
  return 'email' in recipient ? recipient.email : recipient.mobile;
}

/**
 * Makes a code, stores its keyed hash and hands the text to the outbox, together with the audit record.
 *
 * @returns seconds until another one may be asked for
 * @throws Refused otp.cooldown, otp.hour-limit, otp.day-limit, otp.address-limit, service.busy with Retry-After
 */
export async function issueOtp(deps: OtpDeps, request: OtpRequest): Promise<{ cooldownSeconds: number }> {
  const now = deps.clock.now();
  await takeAnswered(deps, request, now);
  const deliver = (await takeDelivered(deps, request, now)) && request.deliver;

  const code = randomInt(0, 1_000_000).toString().padStart(6, '0');
  const expiresAt = secondsAfter(now, deps.sms.ttlSeconds);
  await deps.otps.put(otpKey(deps.vault, request), codeHash(deps.vault, request, code), deps.sms.attempts, expiresAt);
  await deps.unitOfWork.commit('send-code', [
    audited('otp.sent', now, { requestId: request.requestId }, { purpose: request.purpose }),
    { write: 'outbox.enqueue', message: codeMessage({ ...request, deliver }, { code, now, expiresAt, ttlSeconds: deps.sms.ttlSeconds }) },
  ]);
  return { cooldownSeconds: deps.sms.cooldownSeconds };
}

/**
 * Redeems a code, once.
 *
 * @throws Refused otp.wrong for a wrong code or none at all (unknown numbers fail like wrong codes),
 *   otp.expired after too many attempts
 */
export async function redeemOtp(
  { otps, vault, clock }: Pick<OtpDeps, 'otps' | 'vault' | 'clock'>,
  request: OtpSubject,
  code: string,
): Promise<void> {
  const result = await otps.redeem(otpKey(vault, request), codeHash(vault, request, code), clock.now());
  if (result === 'ok') return;
  throw new Refused(result === 'wrong' ? 'otp.wrong' : 'otp.expired', 'code', reasonOf(request));
}

/** Texts about e-mail codes are texts of their own. */
function reasonOf(recipient: Recipient): RefusalParams {
  return 'email' in recipient ? { reason: 'email' } : {};
}

const hour = 3600;
const day = 86_400;

type Limit = QuotaRule & { readonly code: RefusalCode };

/** The limits that the page tells of. */
async function takeAnswered(deps: OtpDeps, request: OtpRequest, now: Date): Promise<void> {
  const { vault, sms } = deps;
  const { asker, address, soughtBy } = request;
  const keyOf = (value: string) => `${asker}:${vault.index('quota', value).toString('base64url')}`;
  const asked = keyOf(soughtBy === undefined ? addressOf(request) : `sought|${soughtBy}`);
  const limits: Limit[] = [
    { code: 'otp.cooldown', key: `sms:cooldown:${asked}`, limit: 1, windowSeconds: sms.cooldownSeconds },
    { code: 'otp.hour-limit', key: `sms:hour:${asked}`, limit: sms.perHour, windowSeconds: hour },
    { code: 'otp.day-limit', key: `sms:day:${asked}`, limit: sms.perDay, windowSeconds: day },
  ];
  if (address !== undefined) {
    limits.push({ code: 'otp.address-limit', key: `sms:address:${keyOf(address)}`, limit: sms.perAddressHour, windowSeconds: hour });
  }
  if ('mobile' in request) {
    limits.push({ code: 'service.busy', key: `sms:everybody:${asker}`, limit: sms.totalPerHour, windowSeconds: hour });
  }
  const taken = await deps.quotas.take(limits, now);
  if (taken.ok) return;
  const { code } = limits[taken.rule] ?? { code: 'otp.cooldown' };
  if (code === 'service.busy') deps.budgetReached(asker);
  throw new Refused(code, 'code', { seconds: taken.retryAfterSeconds, ...reasonOf(request) }, taken.retryAfterSeconds);
}

/** What strangers may have sent to a recipient, by whichever way they found it. */
async function takeDelivered({ quotas, vault, sms }: OtpDeps, request: OtpRequest, now: Date): Promise<boolean> {
  if (request.asker === 'known') return true;
  const to = vault.index('quota', addressOf(request)).toString('base64url');
  const rules = [
    { key: `sms:delivered:${to}`, limit: sms.perHour, windowSeconds: hour },
    { key: `sms:delivered:${to}`, limit: sms.perDay, windowSeconds: day },
  ];
  return (await quotas.take(rules, now)).ok;
}

function otpKey(vault: Vault, subject: OtpSubject): string {
  return `${subject.purpose}:${vault.index('otp', `${subject.scope}|${addressOf(subject)}`).toString('base64url')}`;
}

function codeHash(vault: Vault, subject: OtpSubject, code: string): Buffer {
  return vault.index('otp', `${subject.purpose}|${subject.scope}|${addressOf(subject)}|${code}`);
}

function codeMessage(
  request: OtpRequest,
  { code, now, expiresAt, ttlSeconds }: { code: string; now: Date; expiresAt: Date; ttlSeconds: number },
): OutboxMessage {
  return {
    id: randomUUID(),
    payload: {
      kind: 'email' in request ? 'email' : 'sms',
      to: addressOf(request),
      template: `code.${request.purpose}`,
      params: { code, minutes: String(Math.round(ttlSeconds / 60)) },
      locale: request.locale,
    },
    suppressed: !request.deliver,
    enqueuedAt: now,
    expiresAt,
  };
}
