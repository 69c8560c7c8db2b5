/**
 * Everything a third party may delay goes through the outbox, written in the transaction of its cause
 * and drained by workers (docs/adr/0007): nothing acknowledged is lost, and a known number answers as
 * fast as an unknown one.
 */

export interface SmsPayload {
  readonly kind: 'sms';
  readonly to: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  /** Locale of the text. */
  readonly locale: string;
}

export interface EmailPayload {
  readonly kind: 'email';
  readonly to: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly locale: string;
}

/** OpenID Connect Back-Channel Logout 1.0. `sub` is computed before an account changes and kept (D1). */
export interface BackchannelLogoutPayload {
  readonly kind: 'backchannel-logout';
  readonly clientId: string;
  readonly sub: string;
  readonly sid: string | undefined;
}

/** Somebody who agreed to become a user of the national government service platform (REG-45). */
export interface NationalPlatformPayload {
  readonly kind: 'national-platform';
  readonly accountId: string;
  readonly mobile: string;
  /** Version of the text, and when it was agreed to (ISO 8601). */
  readonly consent: { readonly version: string; readonly at: string };
}

export type OutboxPayload = SmsPayload | EmailPayload | BackchannelLogoutPayload | NationalPlatformPayload;

export interface OutboxMessage {
  /** UUID made by the caller; also the idempotency key towards the vendor. */
  readonly id: string;
  readonly payload: OutboxPayload;
  /** Stored like any other and dropped by the worker: what an unknown number gets. */
  readonly suppressed: boolean;
  readonly enqueuedAt: Date;
  /** After this moment delivery is pointless (an expired code) and the message is dropped. */
  readonly expiresAt: Date;
}

export interface ClaimedMessage extends OutboxMessage {
  /** How often delivery was tried before. */
  readonly attempts: number;
}

export interface Outbox {
  /** Takes up to `limit` due messages for `leaseSeconds`; no other worker gets them meanwhile. */
  claim(limit: number, now: Date, leaseSeconds: number): Promise<readonly ClaimedMessage[]>;
  /** Delivered or dropped: the payload is erased, the fact stays until its retention ends. */
  done(id: string, now: Date): Promise<void>;
  /** Try again at `dueAt`. `error` is a short technical reason without personal data. */
  retry(id: string, dueAt: Date, error: string): Promise<void>;
  /** Gave up: kept for an operator. */
  park(id: string, now: Date, error: string): Promise<void>;
  /** For metrics: messages due and parked. */
  backlog(now: Date): Promise<{ due: number; parked: number }>;
  /** Messages that are due by `now` or being delivered: none when all that was to be sent has been tried. */
  underWay(now: Date): Promise<number>;
}

/** What a gateway answered for one message. `ambiguous`: it may have been sent, so it is not tried again by itself. */
export type DeliveryResult =
  | { readonly result: 'sent'; readonly reference: string }
  | { readonly result: 'rejected'; readonly reason: string }
  | { readonly result: 'unavailable'; readonly reason: string }
  | { readonly result: 'ambiguous'; readonly reason: string };

export interface SmsGateway {
  readonly name: string;
  /** Sends one text. `id` is an idempotency key. Never throws for an answer of the vendor. */
  send(message: {
    id: string;
    to: string;
    template: string;
    params: Readonly<Record<string, string>>;
    text: string;
  }): Promise<DeliveryResult>;
}

export interface MailGateway {
  readonly name: string;
  send(message: {
    id: string;
    to: string;
    template: string;
    params: Readonly<Record<string, string>>;
    subject: string;
    text: string;
  }): Promise<DeliveryResult>;
}
