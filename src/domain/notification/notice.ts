import { randomUUID } from 'node:crypto';
import { secondsAfter } from '../clock.ts';
import type { Write } from '../unit-of-work.ts';

/** Something happened to an account that its owner must hear of, whoever did it (PRV-06). */
export interface Notice {
  /** Names the texts: `messages.notice.<name>` and `messages.notice.<name>.subject`. */
  readonly name: string;
  readonly locale: string;
  /** What the texts are filled with besides. */
  readonly params?: Readonly<Record<string, string>>;
  /** Token of the link by which the owner freezes what happened; texts end with the link. */
  readonly undo?: string;
}

/** Where the owner is reached. */
export interface Channels {
  readonly mobile: string | undefined;
  readonly email: string | undefined;
}

/** News of yesterday would only frighten. */
const deliverForSeconds = 24 * 3600;

/** One message for each channel the owner has, for the transaction of its cause. Texts also get platform, hotline and help. */
export function noticeWrites({ mobile, email }: Channels, { name, locale, params, undo }: Notice, at: Date): readonly Write[] {
  const text = { template: `notice.${name}`, params: { ...params, at: moment.format(at), ...(undo !== undefined && { undo }) }, locale };
  const payloads = [
    ...(mobile === undefined ? [] : [{ kind: 'sms', to: mobile, ...text } as const]),
    ...(email === undefined ? [] : [{ kind: 'email', to: email, ...text } as const]),
  ];
  return payloads.map((payload) => ({
    write: 'outbox.enqueue',
    message: { id: randomUUID(), payload, suppressed: false, enqueuedAt: at, expiresAt: secondsAfter(at, deliverForSeconds) },
  }));
}

/** 2026-11-22 10:03, the same in every language. */
const moment = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });
