import type { Clock } from '../../src/domain/clock.ts';
import type { DeliveryResult, SmsGateway } from '../../src/domain/notification/outbox.ts';
import { boundedExchange, parseJsonObject, technicalCode } from '../bounded-exchange.ts';
import { canonicalQuery, signAliyunCall } from './aliyun-signature.ts';
import type { AliyunAlgorithm } from './aliyun-signature.ts';
import { unreadableAnswer, withoutAnswer } from './delivery.ts';

export interface AliyunOptions {
  /** `https://dysmsapi.aliyuncs.com` */
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly algorithm: AliyunAlgorithm;
  readonly signName: string;
  /** Registered template code of each of our templates. Its variables have the names of our parameters. */
  readonly templates: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Limit over everything, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** Not accepted for reasons that pass by themselves. */
const passing = /^(Throttling(\..*)?|ServiceUnavailable(\..*)?|isp\.SYSTEM_ERROR)$/;
/** Trouble behind the door: the message may be on its way. */
const unclear = /^(InternalError(\..*)?|isp\.(?!RAM_PERMISSION_DENY).*)$/;

/** 阿里云短信服务 (Dysms), action `SendSms`. `OutId` takes our id and comes back in receipts. */
export function createAliyun(options: AliyunOptions): SmsGateway {
  const { accessKeyId, accessKeySecret, algorithm, clock, timeoutMs = 5000 } = options;
  return {
    name: 'aliyun',
    async send({ id, to, template, params }): Promise<DeliveryResult> {
      const templateCode = options.templates[template];
      if (templateCode === undefined) return { result: 'rejected', reason: 'template-not-configured' };
      const url = new URL('/', options.url);
      // The mobile stands in the query because the vendor's interface has it there; nothing of ours logs the address.
      const query = {
        PhoneNumbers: to,
        SignName: options.signName,
        TemplateCode: templateCode,
        TemplateParam: JSON.stringify(params),
        OutId: id,
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      url.search = canonicalQuery(url);
      const call = { url, action: 'SendSms', version: '2017-05-25', algorithm, accessKeyId, accessKeySecret, now: clock.now() };
      const answer = await boundedExchange({
        url,
        headers: signAliyunCall(call),
        timeoutMs,
        ...(options.fetch && { fetch: options.fetch }),
      });
      if (answer.failure) return withoutAnswer(answer.failure);
      const members = parseJsonObject(answer.body);
      const code = technicalCode(members?.['Code']);
      if (!members || code === undefined) return unreadableAnswer(answer.status);
      if (code === 'OK') return { result: 'sent', reference: technicalCode(members['BizId']) ?? id };
      return { result: passing.test(code) ? 'unavailable' : unclear.test(code) ? 'ambiguous' : 'rejected', reason: code };
    },
  };
}
