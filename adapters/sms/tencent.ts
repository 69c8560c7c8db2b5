import type { Clock } from '../../src/domain/clock.ts';
import type { DeliveryResult, SmsGateway } from '../../src/domain/notification/outbox.ts';
import { boundedExchange, jsonObject, parseJsonObject, technicalCode } from '../bounded-exchange.ts';
import type { JsonObject } from '../bounded-exchange.ts';
import { signTencentCall } from '../tencent-signature.ts';
import { unreadableAnswer, withoutAnswer } from './delivery.ts';

export interface TencentSmsOptions {
  /** `https://sms.tencentcloudapi.com` */
  readonly url: string;
  /** `ap-beijing`, `ap-guangzhou` or `ap-nanjing`. */
  readonly region: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly sdkAppId: string;
  readonly signName: string;
  /** Registered template of each of ours; its numbered variables are filled with these parameters in this order. */
  readonly templates: Readonly<Record<string, { readonly id: string; readonly params: readonly string[] }>>;
  readonly clock: Clock;
  /** Limit over everything, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** Not accepted for reasons that pass by themselves; `LimitExceeded` is about one number and stays for hours. */
const passing = /^(RequestLimitExceeded|ResourceUnavailable|ResourceInsufficient)(\.|$)/;
/** `InternalError.Timeout`: trouble behind the door, the message may be on its way. */
const unclear = /^InternalError(\.|$)/;

/** 腾讯云短信, action `SendSms`. `SessionContext` takes our id and comes back in receipts. */
export function createTencentSms(options: TencentSmsOptions): SmsGateway {
  const { region, secretId, secretKey, clock, timeoutMs = 5000 } = options;
  return {
    name: 'tencent',
    async send({ id, to, template, params }): Promise<DeliveryResult> {
      const registered = options.templates[template];
      if (!registered) return { result: 'rejected', reason: 'template-not-configured' };
      const url = new URL('/', options.url);
      const body = JSON.stringify({
        PhoneNumberSet: [`+86${to}`],
        SmsSdkAppId: options.sdkAppId,
        SignName: options.signName,
        TemplateId: registered.id,
        TemplateParamSet: registered.params.map((name) => params[name] ?? ''),
        SessionContext: id,
      });
      const call = { url, service: 'sms', action: 'SendSms', version: '2021-01-11', region, secretId, secretKey, now: clock.now() };
      const headers = signTencentCall(call, body);
      const answer = await boundedExchange({ url, headers, body, timeoutMs, ...(options.fetch && { fetch: options.fetch }) });
      if (answer.failure) return withoutAnswer(answer.failure);
      return read(jsonObject(parseJsonObject(answer.body)?.['Response']), id) ?? unreadableAnswer(answer.status);
    },
  };
}

/** Errors of the call come in `Error`, those of a number in its own status; both with HTTP status 200. */
function read(response: JsonObject | undefined, id: string): DeliveryResult | undefined {
  const statuses = response?.['SendStatusSet'];
  const status = jsonObject(response?.['Error'] ?? (Array.isArray(statuses) ? statuses[0] : undefined));
  const code = technicalCode(status?.['Code']);
  if (!status || code === undefined) return undefined;
  if (code === 'Ok') return { result: 'sent', reference: technicalCode(status['SerialNo']) ?? id };
  return { result: passing.test(code) ? 'unavailable' : unclear.test(code) ? 'ambiguous' : 'rejected', reason: code };
}
