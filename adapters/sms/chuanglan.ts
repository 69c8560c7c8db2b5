import type { DeliveryResult, SmsGateway } from '../../src/domain/notification/outbox.ts';
import { boundedExchange, parseJsonObject, technicalCode } from '../bounded-exchange.ts';
import { unreadableAnswer, withoutAnswer } from './delivery.ts';

export interface ChuanglanOptions {
  /** `https://smssh1.253.com` */
  readonly url: string;
  readonly account: string;
  readonly password: string;
  /** Registered signature, without its brackets. */
  readonly signature: string;
  /** Limit over everything, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** Too fast and busy: not accepted, to be tried again. Every other code is final (contracts 4). */
const retried = new Set(['103', '104']);

/**
 * 创蓝云智 253, which the Beijing manual names: `POST /msg/v1/send/json` with the whole text. Account and password are
 * in the body; there is no signature. `uid` takes our id and comes back in receipts.
 */
export function createChuanglan(options: ChuanglanOptions): SmsGateway {
  const { account, password, signature, timeoutMs = 5000 } = options;
  return {
    name: 'chuanglan',
    async send({ id, to, text }): Promise<DeliveryResult> {
      const answer = await boundedExchange({
        url: new URL('/msg/v1/send/json', options.url),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account, password, msg: `【${signature}】${text}`, phone: to, report: 'true', uid: id }),
        timeoutMs,
        ...(options.fetch && { fetch: options.fetch }),
      });
      if (answer.failure) return withoutAnswer(answer.failure);
      const members = parseJsonObject(answer.body);
      const code = technicalCode(members?.['code']);
      if (!members || code === undefined) return unreadableAnswer(answer.status);
      if (code === '0') return { result: 'sent', reference: technicalCode(members['msgId']) ?? id };
      return { result: retried.has(code) ? 'unavailable' : 'rejected', reason: code };
    },
  };
}
