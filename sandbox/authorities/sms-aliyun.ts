import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import { createFlowControl } from './flow-control.ts';
import { createNonces } from './nonces.ts';
import type { Nonces } from './nonces.ts';
import { jsonObject, startSimulator } from './simulator.ts';
import type { SimulatorRequest, SimulatorTiming } from './simulator.ts';
import { rememberAccepted } from './sms-simulator.ts';
import type { SmsSimulator } from './sms-simulator.ts';

export interface AliyunOptions {
  readonly clock: Clock;
  readonly signName: string;
  /** Approved templates and the variables of each. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
  readonly timing?: SimulatorTiming;
}

/** The vendor and the key it gave to the platform. */
export interface AliyunServer extends SmsSimulator {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** Refused before the action is looked at (HTTP 4xx), or by the action (HTTP 200). */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** 阿里云短信服务, `SendSms` of 2017-05-25, with signature version 3 (ACS3) checked as its rules say. */
export async function startAliyunSms(options: AliyunOptions): Promise<AliyunServer> {
  const accessKeyId = `LTAI${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const accessKeySecret = randomUUID().replaceAll('-', '');
  const accepted = rememberAccepted();
  const nonces = createNonces(clockWindowMilliseconds);
  const perform = createSendSms(options, accepted.add);
  const simulator = await startSimulator({
    clock: options.clock,
    ...(options.timing && { timing: options.timing }),
    answer: async (request) => {
      const refusal = signatureProblem(request, accessKeyId, accessKeySecret, nonces) ?? perform(request);
      const { status, code, message } = refusal ?? { status: 200, code: 'OK', message: 'OK' };
      const BizId = refusal ? {} : { BizId: `${request.receivedAt.getTime()}^0` };
      return { status, body: JSON.stringify({ Code: code, Message: message, RequestId: randomUUID().toUpperCase(), ...BizId }) };
    },
  });
  return { ...simulator, accessKeyId, accessKeySecret, accepted: accepted.list };
}

/** What the service says of the vendor's default limits for codes, in its own words. */
const limits = [
  { limit: 1, milliseconds: 60_000, text: '触发分钟级流控Permits:1' },
  { limit: 5, milliseconds: 60 * 60 * 1000, text: '触发小时级流控Permits:5' },
  { limit: 10, milliseconds: 24 * 60 * 60 * 1000, text: '触发天级流控Permits:10' },
];

function createSendSms(options: AliyunOptions, accept: ReturnType<typeof rememberAccepted>['add']) {
  const flow = createFlowControl(limits);
  return ({ url, headers, overQuota, receivedAt }: SimulatorRequest): Refusal | undefined => {
    const parameter = (name: string) => url.searchParams.get(name) ?? '';
    const number = parameter('PhoneNumbers');
    const variables = options.templates[parameter('TemplateCode')];
    const values = jsonObject(parameter('TemplateParam') || '{}');
    if (headers['x-acs-action'] !== 'SendSms') return refuse(404, 'InvalidAction.NotFound', 'The action does not exist.');
    if (headers['x-acs-version'] !== '2017-05-25') return refuse(404, 'InvalidVersion', 'The version does not exist.');
    if (overQuota) return refuse(503, 'Throttling.User', 'Request was denied due to user flow control.');
    if (parameter('SignName') !== options.signName) return refuse(200, 'isv.SMS_SIGNATURE_ILLEGAL', '该账号下找不到对应签名');
    if (!variables) return refuse(200, 'isv.SMS_TEMPLATE_ILLEGAL', '该账号下找不到对应模板');
    if (!/^(\+?86)?1[3-9]\d{9}$/.test(number)) return refuse(200, 'isv.MOBILE_NUMBER_ILLEGAL', `${number}invalid mobile number`);
    if (!values) return refuse(200, 'isv.INVALID_JSON_PARAM', 'JSON参数不合法');
    if (variables.some((name) => typeof values[name] !== 'string'))
      return refuse(200, 'isv.TEMPLATE_MISSING_PARAMETERS', '模板变量缺少参数');
    const exceeded = flow.take(number.slice(-11), receivedAt);
    if (exceeded) return refuse(200, 'isv.BUSINESS_LIMIT_CONTROL', exceeded.text);
    const content = [parameter('TemplateCode'), ...variables.map((name) => values[name])].join(' ');
    accept({ id: parameter('OutId'), to: number.slice(-11), content, acceptedAt: receivedAt });
    return undefined;
  };
}

const algorithms: Readonly<Record<string, string>> = { 'ACS3-HMAC-SHA256': 'sha256', 'ACS3-HMAC-SM3': 'sm3' };
const clockWindowMilliseconds = 15 * 60 * 1000;
const form = /^(ACS3-HMAC-\w+) Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/;

function signatureProblem(request: SimulatorRequest, accessKeyId: string, accessKeySecret: string, nonces: Nonces): Refusal | undefined {
  const { headers, receivedAt } = request;
  const [, algorithm = '', credential, signedHeaders = '', signature = ''] = form.exec(headers.authorization ?? '') ?? [];
  const hash = algorithms[algorithm];
  if (!hash || !credential) return refuse(400, 'IncompleteSignature', 'The request signature does not conform to the standard.');
  if (credential !== accessKeyId) return refuse(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  const date = Date.parse(String(headers['x-acs-date']));
  if (!(Math.abs(date - receivedAt.getTime()) <= clockWindowMilliseconds))
    return refuse(400, 'InvalidTimeStamp.Expired', 'Specified time stamp is expired.');
  const expected = acs3Signature(request, algorithm, hash, signedHeaders, accessKeySecret);
  if (!mustBeSigned(request).every((name) => signedHeaders.split(';').includes(name)))
    return refuse(400, 'SignatureDoesNotMatch', 'A header is not signed.');
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    return refuse(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.');
  if (!nonces.take(String(headers['x-acs-signature-nonce']), receivedAt))
    return refuse(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  return undefined;
}

/** `host`, `content-type` where there is one, and all of the signature's own headers. */
function mustBeSigned({ headers }: SimulatorRequest): readonly string[] {
  return Object.keys(headers).filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'));
}

function acs3Signature(request: SimulatorRequest, algorithm: string, hash: string, signedHeaders: string, secret: string): Buffer {
  const digest = (data: string | Buffer) => createHash(hash).update(data).digest('hex');
  const rfc3986 = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`.toUpperCase());
  const names = [...request.url.searchParams.keys()].toSorted();
  const query = names.map((name) => `${rfc3986(name)}=${rfc3986(request.url.searchParams.get(name) ?? '')}`).join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const canonicalRequest = [request.method, request.url.pathname, query, headers.join(''), signedHeaders, digest(request.body)].join('\n');
  return createHmac(hash, secret)
    .update(`${algorithm}\n${digest(canonicalRequest)}`)
    .digest();
}
