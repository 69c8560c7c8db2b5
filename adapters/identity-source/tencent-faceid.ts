import type { Clock } from '../../src/domain/clock.ts';
import type { SourceAnswer, SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { boundedExchange, jsonObject, parseJsonObject, technicalCode } from '../bounded-exchange.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { signTencentCall } from '../tencent-signature.ts';

/** 腾讯云 慧眼人脸核身 (faceid), version 2018-03-01. */
export interface TencentFaceidOptions {
  /** `https://faceid.tencentcloudapi.com` */
  readonly url: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly clock: Clock;
  /** Limit over everything, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** What each `Result` of one action means. The numbers differ from action to action, so there is a table for each. */
export type TencentResults = Readonly<Record<string, SourceOutcome>>;

/**
 * Calls one action. Never throws; whatever is no answer in time is `unavailable`. The answer's `reference` is
 * Tencent's RequestId: the API takes no transaction id of ours.
 */
export type CallTencentFaceid = (action: string, reference: string, parameters: object, results: TencentResults) => Promise<SourceAnswer>;

/** A client with its own circuit breaker. */
export function createTencentFaceid(options: TencentFaceidOptions): CallTencentFaceid {
  const breaker = createCircuitBreaker(options);
  return async (action, reference, parameters, results) => {
    const call = () => exchange(options, action, reference, parameters, results);
    const answer = await breaker.call(call, ({ outcome }) => outcome === 'unavailable');
    return answer ?? { outcome: 'unavailable', reason: 'circuit-open', reference };
  };
}

/** Only the resident identity card is known to these APIs: of other documents they can say nothing. */
export function unsupportedDocument(reference: string): SourceAnswer {
  return { outcome: 'unavailable', reason: 'unsupported-document-type', reference };
}

async function exchange(
  options: TencentFaceidOptions,
  action: string,
  reference: string,
  parameters: object,
  results: TencentResults,
): Promise<SourceAnswer> {
  const { secretId, secretKey, clock, timeoutMs = 5000 } = options;
  const url = new URL('/', options.url);
  const body = JSON.stringify(parameters);
  const call = { url, service: 'faceid', action, version: '2018-03-01', secretId, secretKey, now: clock.now() };
  const headers = signTencentCall(call, body);
  const answer = await boundedExchange({ url, headers, body, timeoutMs, ...(options.fetch && { fetch: options.fetch }) });
  if (answer.failure) return { outcome: 'unavailable', reason: answer.failure, reference };
  const response = answer.status === 200 ? jsonObject(parseJsonObject(answer.body)?.['Response']) : undefined;
  if (!response) return { outcome: 'unavailable', reason: `malformed-${answer.status}`, reference };
  const requestId = technicalCode(response['RequestId']) ?? reference;
  const error = jsonObject(response['Error']);
  // Errors come with status 200 (contracts 2.1).
  const reason = technicalCode((error ?? response)[error ? 'Code' : 'Result']) ?? 'malformed-200';
  return { outcome: error ? errorOutcome(reason) : (results[reason] ?? 'unavailable'), reason, reference: requestId };
}

/** Errors are about the caller, never about the person. */
function errorOutcome(code: string): SourceOutcome {
  return /^(RequestLimitExceeded|LimitExceeded)(\.|$)/.test(code) ? 'over-quota' : 'unavailable';
}
