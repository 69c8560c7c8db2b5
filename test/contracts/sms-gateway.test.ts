import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAliyun } from '../../adapters/sms/aliyun.ts';
import type { AliyunAlgorithm } from '../../adapters/sms/aliyun-signature.ts';
import { createChuanglan } from '../../adapters/sms/chuanglan.ts';
import { createSmsLog } from '../../adapters/sms/log.ts';
import { createTencentSms } from '../../adapters/sms/tencent.ts';
import type { DeliveryResult, SmsGateway } from '../../src/domain/notification/outbox.ts';
import { startAliyunSms } from '../../sandbox/authorities/sms-aliyun.ts';
import { startChuanglan } from '../../sandbox/authorities/sms-chuanglan.ts';
import type { SmsSimulator } from '../../sandbox/authorities/sms-simulator.ts';
import { startTencentSms } from '../../sandbox/authorities/sms-tencent.ts';
import { createMemoryMessages, createOutboxGateways } from '../../sandbox/outbox-gateway.ts';
import { movableClock } from '../support/movable-clock.ts';
import { hostileAnswers, startRawServer } from '../support/raw-server.ts';

const timing = { slowMs: 150, lateMs: 600_000 };
/** Of a driver: what answers does so within the one, what does not is given up after the other. */
const [patientMs, impatientMs] = [120_000, 1500];
const clock = movableClock();
const message = {
  id: '0d1f6d3e-5b0a-4c58-9d0a-0f8f5f4c7e21',
  to: '13800000001',
  template: 'code.login',
  params: { code: '246810', minutes: '5' },
  text: '您的验证码是246810，5分钟内有效，请勿泄露。',
};

type GatewayAt = (url: string, changes?: { wrongSecret?: true; timeoutMs?: number }) => SmsGateway;

/** A driver with the vendor it talks to. */
interface Pair {
  readonly name: string;
  start(): Promise<{ vendor: SmsSimulator; gatewayAt: GatewayAt }>;
  /** What the vendor says it accepted. */
  readonly content: string;
  /** The vendor's codes. */
  readonly codes: Readonly<Record<'wrongSecret' | 'wrongNumber' | 'tooOften' | 'busy', string>>;
  /** An answer of the vendor with this code, and what each of its codes means for a message. */
  readonly answer: (code: string) => object;
  readonly meaning: Readonly<Record<Exclude<DeliveryResult['result'], 'sent'>, readonly string[]>>;
}

const chuanglan: Pair = {
  name: 'chuanglan',
  start: async () => {
    const vendor = await startChuanglan({ clock, timing, signature: '民信' });
    const gatewayAt: GatewayAt = (url, { wrongSecret, timeoutMs = patientMs } = {}) =>
      createChuanglan({ ...vendor, url, signature: '民信', timeoutMs, ...(wrongSecret && { password: 'wrong' }) });
    return { vendor, gatewayAt };
  },
  content: `【民信】${message.text}`,
  codes: { wrongSecret: '102', wrongNumber: '107', tooOften: '120', busy: '103' },
  answer: (code) => ({ code, msgId: '', errorMsg: `number ${message.to} ${message.text}`, time: '20261122120000' }),
  meaning: {
    rejected: ['101', '102', '105', '107', '109', '110', '116', '117', '120', '124', '125', '129', '130', '999'],
    unavailable: ['103', '104'],
    ambiguous: [],
  },
};

const aliyun = (algorithm: AliyunAlgorithm): Pair => ({
  name: `aliyun with ${algorithm}`,
  start: async () => {
    const vendor = await startAliyunSms({ clock, timing, signName: '民信', templates: { SMS_1: ['code', 'minutes'] } });
    const gatewayAt: GatewayAt = (url, { wrongSecret, timeoutMs = patientMs } = {}) =>
      createAliyun({
        ...vendor,
        url,
        algorithm,
        signName: '民信',
        templates: { 'code.login': 'SMS_1' },
        clock,
        timeoutMs,
        ...(wrongSecret && { accessKeySecret: 'wrong' }),
      });
    return { vendor, gatewayAt };
  },
  content: 'SMS_1 246810 5',
  codes: {
    wrongSecret: 'SignatureDoesNotMatch',
    wrongNumber: 'isv.MOBILE_NUMBER_ILLEGAL',
    tooOften: 'isv.BUSINESS_LIMIT_CONTROL',
    busy: 'Throttling.User',
  },
  answer: (Code) => ({ Code, Message: `number ${message.to} ${message.text}`, RequestId: 'x' }),
  meaning: {
    rejected: [
      'isv.BUSINESS_LIMIT_CONTROL',
      'isv.DAY_LIMIT_CONTROL',
      'isv.MONTH_LIMIT_CONTROL',
      'isv.SMS_SIGNATURE_ILLEGAL',
      'isv.OUT_OF_SERVICE',
      'isv.ACCOUNT_ABNORMAL',
      'isv.DENY_IP_RANGE',
      'isp.RAM_PERMISSION_DENY',
      'InvalidAccessKeyId.NotFound',
    ],
    unavailable: ['Throttling', 'Throttling.User', 'ServiceUnavailable', 'isp.SYSTEM_ERROR'],
    ambiguous: ['InternalError', 'isp.GATEWAY_ERROR'],
  },
});

const tencent: Pair = {
  name: 'tencent',
  start: async () => {
    const vendor = await startTencentSms({ clock, timing, sdkAppId: '1400006666', signName: '民信', templates: { '1110': 2 } });
    const gatewayAt: GatewayAt = (url, { wrongSecret, timeoutMs = patientMs } = {}) =>
      createTencentSms({
        ...vendor,
        url,
        region: 'ap-beijing',
        sdkAppId: '1400006666',
        signName: '民信',
        templates: { 'code.login': { id: '1110', params: ['code', 'minutes'] } },
        clock,
        timeoutMs,
        ...(wrongSecret && { secretKey: 'wrong' }),
      });
    return { vendor, gatewayAt };
  },
  content: '1110 246810 5',
  codes: {
    wrongSecret: 'AuthFailure.SignatureFailure',
    wrongNumber: 'InvalidParameterValue.IncorrectPhoneNumber',
    tooOften: 'LimitExceeded.DeliveryFrequencyLimit',
    busy: 'RequestLimitExceeded',
  },
  answer: (Code) => ({ Response: { SendStatusSet: [{ SerialNo: '', Code, Message: `number ${message.to}` }], RequestId: 'x' } }),
  meaning: {
    rejected: [
      'LimitExceeded.DeliveryFrequencyLimit',
      'FailedOperation.PhoneNumberInBlacklist',
      'FailedOperation.ContainSensitiveWord',
      'UnauthorizedOperation.RequestIpNotInWhitelist',
    ],
    unavailable: ['RequestLimitExceeded', 'RequestLimitExceeded.IPLimitExceeded', 'ResourceUnavailable', 'ResourceInsufficient'],
    ambiguous: ['InternalError', 'InternalError.Timeout', 'InternalError.OtherError'],
  },
};

describe.each([chuanglan, aliyun('ACS3-HMAC-SHA256'), aliyun('ACS3-HMAC-SM3'), tencent])('the SMS gateway $name', (pair) => {
  let vendor: SmsSimulator;
  let gatewayAt: GatewayAt;
  let gateway: SmsGateway;
  const servers: { close(): void }[] = [];

  beforeAll(async () => {
    ({ vendor, gatewayAt } = await pair.start());
  });
  beforeEach(() => {
    // No test spends the quota of another.
    clock.advance(25 * 60 * 60 * 1000);
    vendor.setBehaviour('normal');
    gateway = gatewayAt(vendor.url);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => vendor.close());

  async function answering(handler: Parameters<typeof startRawServer>[0], timeoutMs = patientMs): Promise<SmsGateway> {
    const server = await startRawServer(handler);
    servers.push(server);
    return gatewayAt(server.url, { timeoutMs });
  }

  it('hands the message over once, with our id and the vendor’s reference', async () => {
    const before = vendor.requests().length;
    const result = await gateway.send(message);
    expect(result).toMatchObject({ result: 'sent' });
    expect('reference' in result && result.reference).toMatch(/^[\w:^-]{8,}$/);
    expect('reference' in result && result.reference).not.toBe(message.id);
    expect(vendor.accepted().at(-1)).toEqual({ id: message.id, to: message.to, content: pair.content, acceptedAt: clock.now() });
    expect(vendor.requests().length - before).toBe(1);
  });

  it('takes parameters with any characters', async () => {
    const params = { code: `a'b(c)*!~ +&=%/?“中”`, minutes: '5' };
    expect(await gateway.send({ ...message, params, text: `${params.code} 5` })).toMatchObject({ result: 'sent' });
    expect(vendor.accepted().at(-1)?.content).toContain(params.code);
  });

  it('a wrong secret, a wrong number and a number asked too often are rejected with the vendor’s code', async () => {
    expect(await gatewayAt(vendor.url, { wrongSecret: true }).send(message)).toEqual({
      result: 'rejected',
      reason: pair.codes.wrongSecret,
    });
    expect(await gateway.send({ ...message, to: '23800000001' })).toEqual({ result: 'rejected', reason: pair.codes.wrongNumber });
    const results: DeliveryResult[] = [];
    for (let time = 0; time < 11; time += 1) results.push(await gateway.send({ ...message, to: '13800000002' }));
    expect(results[0]).toMatchObject({ result: 'sent' });
    expect(results.at(-1)).toEqual({ result: 'rejected', reason: pair.codes.tooOften });
  });

  it('what was certainly not accepted may be tried again', async () => {
    vendor.setBehaviour('over-quota');
    expect(await gateway.send(message)).toEqual({ result: 'unavailable', reason: pair.codes.busy });
    const closed = await startRawServer(() => undefined);
    closed.close();
    expect(await gatewayAt(closed.url).send(message)).toEqual({ result: 'unavailable', reason: 'not-connected' });
    for (const status of [429, 503]) {
      const shedding = await answering((_, outgoing) => outgoing.writeHead(status).end('<html>'));
      expect(await shedding.send(message)).toEqual({ result: 'unavailable', reason: `malformed-${status}` });
    }
  });

  it('a late answer is ambiguous, because the message went out', async () => {
    vendor.setBehaviour('late');
    const before = vendor.accepted().length;
    const asked = vendor.requests().length;
    const hasty = gatewayAt(vendor.url, { timeoutMs: impatientMs });
    expect(await hasty.send(message)).toEqual({ result: 'ambiguous', reason: 'timeout' });
    expect(vendor.accepted().length - before).toBe(1);
    expect(vendor.requests().length - asked).toBe(1);
  });

  it('a connection cut after sending is ambiguous', async () => {
    vendor.setBehaviour('down');
    expect(await gateway.send(message)).toEqual({ result: 'ambiguous', reason: 'connection-lost' });
  });

  it('slow within the limit is sent', async () => {
    vendor.setBehaviour('slow');
    expect(await gateway.send(message)).toMatchObject({ result: 'sent' });
  });

  it.each(hostileAnswers)('%s is ambiguous', async (_, handler) => {
    const hostile = await answering(handler, impatientMs);
    const result = await hostile.send(message);
    expect(result).toMatchObject({ result: 'ambiguous' });
    expect('reason' in result && result.reason).toMatch(/^[a-z0-9-]+$/);
  });

  it('every code of the vendor has its meaning, and its words, which repeat the message, go nowhere', async () => {
    for (const result of ['rejected', 'unavailable', 'ambiguous'] as const) {
      for (const code of pair.meaning[result]) {
        const said = await answering((_, outgoing) => outgoing.writeHead(200).end(JSON.stringify(pair.answer(code))));
        expect(await said.send(message)).toEqual({ result, reason: code });
      }
    }
    const talkative = await answering((_, outgoing) => outgoing.writeHead(200).end(JSON.stringify(pair.answer(message.text))));
    expect(await talkative.send(message)).toEqual({ result: 'ambiguous', reason: 'malformed-200' });
  });
});

describe('templates of a vendor', () => {
  it.each([aliyun('ACS3-HMAC-SHA256'), tencent])('$name rejects one that is not configured without asking the vendor', async (pair) => {
    const { vendor, gatewayAt } = await pair.start();
    const result = await gatewayAt(vendor.url).send({ ...message, template: 'code.unknown' });
    expect(result).toEqual({ result: 'rejected', reason: 'template-not-configured' });
    expect(vendor.requests()).toEqual([]);
    await vendor.close();
  });
});

describe('the log in place of a gateway', () => {
  it('tells template and masked number and keeps the code to itself', async () => {
    const lines: unknown[] = [];
    const gateway = createSmsLog({ log: (event, fields) => lines.push({ event, ...fields }) });
    expect(await gateway.send(message)).toEqual({ result: 'sent', reference: message.id });
    expect(lines).toEqual([{ event: 'sms.sent', template: 'code.login', to: '138****0001', messageId: message.id }]);
  });
});

describe('the outbox of the sandbox', () => {
  it('keeps messages to be read, newest first, with their code', async () => {
    const messages = createMemoryMessages();
    const { sms, mail } = createOutboxGateways({ clock, messages });
    expect(await sms.send(message)).toEqual({ result: 'sent', reference: message.id });
    const first = clock.now();
    clock.advance(1000);
    await sms.send({ ...message, id: 'second', params: { name: '张*' }, text: '您好' });
    await mail.send({ id: 'third', to: 'a@example.cn', template: 'code.email', params: { code: '1' }, subject: '验证码', text: '1' });
    expect(await messages.list(message.to)).toEqual([
      { ...message, id: 'second', channel: 'sms', params: { name: '张*' }, text: '您好', sentAt: clock.now() },
      { ...message, channel: 'sms', code: '246810', sentAt: first },
    ]);
    expect(await messages.list('a@example.cn')).toMatchObject([{ channel: 'email', subject: '验证码', code: '1' }]);
    expect((await messages.list()).map(({ id }) => id)).toEqual(['third', 'second', message.id]);
    expect(await messages.list('13900000000')).toEqual([]);
  });

  it('keeps a message that is delivered again once, and only the newest', async () => {
    const messages = createMemoryMessages(3);
    const { sms } = createOutboxGateways({ clock, messages });
    for (const id of ['1', '2', '2', '3', '4']) await sms.send({ ...message, id });
    expect((await messages.list()).map(({ id }) => id)).toEqual(['4', '3', '2']);
  });
});
