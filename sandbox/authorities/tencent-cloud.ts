import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import { jsonObject, startSimulator } from './simulator.ts';
import type { Simulator, SimulatorAnswer, SimulatorRequest, SimulatorTiming } from './simulator.ts';

/**
 * The gate of Tencent Cloud API 3.0, the same for every product: checks TC3-HMAC-SHA256 as the published rules say
 * and answers errors as the real one does, with status 200 and `Response.Error`. Written from the rules, not from
 * our driver, and accepts Tencent's own SDK.
 */

export interface TencentProduct {
  readonly clock: Clock;
  readonly timing?: SimulatorTiming;
  /** First label of the host, part of the signature. */
  readonly service: string;
  readonly version: string;
  /** Whether the header X-TC-Region must be sent. */
  readonly needsRegion: boolean;
  readonly actions: Readonly<Record<string, TencentAction>>;
}

export type TencentParameters = Readonly<Record<string, unknown>>;

/** Answers the members of `Response`, or refuses with the product's own error code. */
export type TencentAction = (parameters: TencentParameters) => Readonly<Record<string, unknown>> | TencentError;

export class TencentError {
  readonly code: string;
  readonly message: string;

  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** A running product and the key it gave to the platform. */
export interface TencentServer extends Simulator {
  readonly secretId: string;
  readonly secretKey: string;
}

const clockWindowSeconds = 5 * 60;

/** Starts a product with a key of its own, made for this run. */
export async function startTencentProduct(product: TencentProduct): Promise<TencentServer> {
  const secretId = `AKID${randomUUID().replaceAll('-', '')}`;
  const secretKey = randomUUID().replaceAll('-', '');
  const simulator = await startSimulator({
    clock: product.clock,
    ...(product.timing && { timing: product.timing }),
    answer: async (request) => {
      const result = signatureProblem(product, request, secretId, secretKey) ?? perform(product, request);
      return envelope(result);
    },
  });
  return { ...simulator, secretId, secretKey };
}

function perform(product: TencentProduct, request: SimulatorRequest) {
  const action = product.actions[String(request.headers['x-tc-action'])];
  const parameters = jsonObject(request.body);
  if (!action) return new TencentError('InvalidAction', 'The action does not exist.');
  if (request.headers['x-tc-version'] !== product.version) return new TencentError('NoSuchVersion', 'The version does not exist.');
  if (product.needsRegion && !request.headers['x-tc-region']) return new TencentError('MissingParameter', 'Region is missing.');
  if (!parameters) return new TencentError('InvalidParameter', 'The body is not JSON.');
  if (request.overQuota) return new TencentError('RequestLimitExceeded', 'Too many requests.');
  return action(parameters);
}

function envelope(result: Readonly<Record<string, unknown>> | TencentError): SimulatorAnswer {
  const members = result instanceof TencentError ? { Error: { Code: result.code, Message: result.message } } : result;
  return { status: 200, body: JSON.stringify({ Response: { ...members, RequestId: randomUUID() } }) };
}

/** https://cloud.tencent.com/document/api/382/38780 and /38777 (error codes). */
function signatureProblem(
  product: TencentProduct,
  request: SimulatorRequest,
  secretId: string,
  secretKey: string,
): TencentError | undefined {
  const authorization =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([^/]+)\/([^/]+)\/tc3_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  const [, id, date, service, signedHeaders = '', signature = ''] = authorization ?? [];
  if (id === undefined || date === undefined) return new TencentError('AuthFailure.InvalidAuthorization', 'Authorization is malformed.');
  if (id !== secretId) return new TencentError('AuthFailure.SecretIdNotFound', 'The SecretId does not exist.');
  const timestamp = String(request.headers['x-tc-timestamp'] ?? '');
  const signedAt = new Date(Number(timestamp) * 1000);
  if (!(Math.abs(signedAt.getTime() - request.receivedAt.getTime()) <= clockWindowSeconds * 1000)) {
    return new TencentError('AuthFailure.SignatureExpire', 'The signature has expired.');
  }
  const names = signedHeaders.split(';');
  const complete = names.includes('content-type') && names.includes('host');
  const expected = tc3Signature(request, { timestamp, date, service: product.service, names, secretKey });
  const sameDay = signedAt.toISOString().startsWith(date) && service === product.service;
  if (!complete || !sameDay || !timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    return new TencentError('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.');
  }
  return undefined;
}

interface Scope {
  readonly timestamp: string;
  readonly date: string;
  readonly service: string;
  /** Names of the signed headers, in order. */
  readonly names: readonly string[];
  readonly secretKey: string;
}

function tc3Signature(request: SimulatorRequest, { timestamp, date, service, names, secretKey }: Scope): Buffer {
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  // The SDK signs the host without its port; the real service has none to show.
  const value = (name: string) =>
    name === 'host'
      ? hostname(request)
      : String(request.headers[name] ?? '')
          .trim()
          .toLowerCase();
  const headers = names.map((name) => `${name}:${value(name)}\n`);
  const canonicalRequest = [
    request.method,
    request.url.pathname,
    request.url.search.slice(1),
    headers.join(''),
    names.join(';'),
    sha256(request.body),
  ].join('\n');
  const stringToSign = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(canonicalRequest)}`;
  const secretDate = hmac(`TC3${secretKey}`, date);
  const secretService = hmac(secretDate, service);
  return hmac(hmac(secretService, 'tc3_request'), stringToSign);
}

function hostname({ headers }: SimulatorRequest): string {
  return (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
}
