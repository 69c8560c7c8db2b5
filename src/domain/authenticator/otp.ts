import { randomInt, randomUUID } from 'node:crypto';
import { secondsAfter, type Clock } from '../clock.ts';
import type { OutboxMessage } from '../notification/outbox.ts';
import type { SmsPolicy } from '../policy.ts';
import { Refused, type RefusalCode, type RefusalParams } from '../refused.ts';
import type { OtpPurpose, OtpStore, QuotaRule, QuotaStore } from '../short-lived.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';

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
}

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
 * @throws Refused otp.cooldown, otp.hour-limit, otp.day-limit, otp.address-limit with Retry-After
 */
export async function issueOtp(deps: OtpDeps, request: OtpRequest): Promise<{ cooldownSeconds: number }> {
  const now = deps.clock.now();
  await takeQuota(deps, request, now);

  const code = randomInt(0, 1_000_000).toString().padStart(6, '0');
  const expiresAt = secondsAfter(now, deps.sms.ttlSeconds);
  await deps.otps.put(otpKey(deps.vault, request), codeHash(deps.vault, request, code), deps.sms.attempts, expiresAt);
  await deps.unitOfWork.commit('send-code', [
    {
      write: 'audit.append',
      event: {
        id: randomUUID(),
        at: now,
        event: 'otp.sent',
        accountId: undefined,
        clientId: undefined,
        requestId: request.requestId,
        details: { purpose: request.purpose },
      },
    },
    { write: 'outbox.enqueue', message: codeMessage(request, code, now, expiresAt, deps.sms.ttlSeconds) },
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

const limitCodes: readonly RefusalCode[] = ['otp.cooldown', 'otp.hour-limit', 'otp.day-limit', 'otp.address-limit'];

async function takeQuota({ quotas, vault, sms }: OtpDeps, request: OtpRequest, now: Date): Promise<void> {
  const to = vault.index('quota', addressOf(request)).toString('base64url');
  const rules: QuotaRule[] = [
    { key: `sms:cooldown:${to}`, limit: 1, windowSeconds: sms.cooldownSeconds },
    { key: `sms:hour:${to}`, limit: sms.perHour, windowSeconds: 3600 },
    { key: `sms:day:${to}`, limit: sms.perDay, windowSeconds: 86_400 },
  ];
  const { address } = request;
  if (address !== undefined) {
    const place = vault.index('quota', address).toString('base64url');
    rules.push({ key: `sms:address:${place}`, limit: sms.perAddressHour, windowSeconds: 3600 });
  }
  const taken = await quotas.take(rules, now);
  if (taken.ok) return;
  const code = limitCodes[taken.rule] ?? 'otp.cooldown';
  throw new Refused(code, 'code', { seconds: taken.retryAfterSeconds, ...reasonOf(request) }, taken.retryAfterSeconds);
}

function otpKey(vault: Vault, subject: OtpSubject): string {
  return `${subject.purpose}:${vault.index('otp', `${subject.scope}|${addressOf(subject)}`).toString('base64url')}`;
}

function codeHash(vault: Vault, subject: OtpSubject, code: string): Buffer {
  return vault.index('otp', `${subject.purpose}|${subject.scope}|${addressOf(subject)}|${code}`);
}

function codeMessage(request: OtpRequest, code: string, now: Date, expiresAt: Date, ttlSeconds: number): OutboxMessage {
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
