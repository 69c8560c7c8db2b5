import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalQuery, signAliyunCall } from '../../adapters/sms/aliyun-signature.ts';
import type { AliyunAlgorithm, AliyunCall } from '../../adapters/sms/aliyun-signature.ts';
import { signTencentCall } from '../../adapters/tencent-signature.ts';
import { startAliyunSms } from '../../sandbox/authorities/sms-aliyun.ts';
import type { AliyunServer } from '../../sandbox/authorities/sms-aliyun.ts';
import type { TencentServer } from '../../sandbox/authorities/tencent-cloud.ts';
import { startTencentFaceid } from '../../sandbox/authorities/tencent-faceid.ts';
import { createPeople } from '../../sandbox/people.ts';
import { movableClock } from '../support/movable-clock.ts';
import { post } from '../support/raw-server.ts';

const clock = movableClock();

describe('TC3-HMAC-SHA256', () => {
  const body = JSON.stringify({ Name: '张伟', IdCard: '110199199003150113' });
  const path = '/';
  let faceid: TencentServer;

  beforeAll(async () => {
    faceid = await startTencentFaceid({ clock, people: createPeople(clock) });
  });
  afterAll(() => faceid.close());

  const sign = (changes: Partial<Parameters<typeof signTencentCall>[0]> = {}) =>
    signTencentCall(
      {
        url: new URL(path, faceid.url),
        service: 'faceid',
        action: 'IdCardVerification',
        version: '2018-03-01',
        secretId: faceid.secretId,
        secretKey: faceid.secretKey,
        now: clock.now(),
        ...changes,
      },
      body,
    );

  async function answer(headers: Record<string, string>, text = body): Promise<unknown> {
    const { status, body: reply } = await post(`${faceid.url}${path}`, headers, text);
    // Errors, too, come with status 200.
    expect(status).toBe(200);
    const { Response } = JSON.parse(reply);
    expect(Response.RequestId).toMatch(/^[0-9a-f-]{36}$/);
    return Response.Error?.Code ?? Response.Result;
  }

  it('is computed as by tencentcloud-sdk-nodejs-common 4.1.220', () => {
    const url = new URL('https://faceid.tencentcloudapi.com/');
    const { authorization } = sign({ url, secretId: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE', now: new Date(1_763_784_000_000) });
    expect(authorization).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2025-11-22/faceid/tc3_request, SignedHeaders=content-type;host, Signature=424717fa4fe2f57d2426efb4c67a4646d378c7e031e069dba70de970683617dc',
    );
  });

  it('opens the simulated product, and what is not signed so does not', async () => {
    expect(await answer(sign())).toBe('0');
    const { authorization: _, ...unsigned } = sign();
    expect(await answer(unsigned)).toBe('AuthFailure.InvalidAuthorization');
    expect(await answer(sign({ secretId: 'AKIDother' }))).toBe('AuthFailure.SecretIdNotFound');
    expect(await answer(sign({ secretKey: 'other' }))).toBe('AuthFailure.SignatureFailure');
    expect(await answer(sign({ service: 'sms' }))).toBe('AuthFailure.SignatureFailure');
    expect(await answer(sign(), body.replace('张伟', '张卫'))).toBe('AuthFailure.SignatureFailure');
    expect(await answer({ ...sign(), 'content-type': 'text/plain' })).toBe('AuthFailure.SignatureFailure');
    expect(await answer(sign({ url: new URL('https://faceid.tencentcloudapi.com/') }))).toBe('AuthFailure.SignatureFailure');
  });

  it('is good for five minutes', async () => {
    const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    expect(await answer(sign({ now: at(300) }))).toBe('0');
    expect(await answer(sign({ now: at(-300) }))).toBe('0');
    expect(await answer(sign({ now: at(301) }))).toBe('AuthFailure.SignatureExpire');
    expect(await answer(sign({ now: at(-301) }))).toBe('AuthFailure.SignatureExpire');
    expect(await answer({ ...sign({ now: at(-600) }), 'x-tc-timestamp': String(clock.now().getTime() / 1000) })).toBe(
      'AuthFailure.SignatureFailure',
    );
  });

  it('comes before what is asked', async () => {
    expect(await answer(sign({ action: 'Other' }))).toBe('InvalidAction');
    expect(await answer(sign({ version: '2017-01-01' }))).toBe('NoSuchVersion');
    expect(await answer(sign({ action: 'CheckIdNameDate' }))).toBe('MissingParameter');
  });
});

describe.each<[AliyunAlgorithm, string]>([
  ['ACS3-HMAC-SHA256', 'f310ee91742fdbf34c894d494e4160b2b97a701760bd3a2d07209e8af3496076'],
  ['ACS3-HMAC-SM3', '0eaaf395fb17da5346092f2259b1f76e596d715ab43542bbcae5de52180b11a8'],
])('%s', (algorithm, signature) => {
  const query = {
    PhoneNumbers: '13800000001',
    SignName: '民信',
    TemplateCode: 'SMS_1',
    TemplateParam: `{"code":"12'(3)*!~ +"}`,
    OutId: 'id-1',
  };
  let dysms: AliyunServer;

  beforeAll(async () => {
    dysms = await startAliyunSms({ clock, signName: '民信', templates: { SMS_1: ['code'] } });
  });
  afterAll(() => dysms.close());

  function addressed(base: string, parameters: Readonly<Record<string, string>> = query): URL {
    const url = new URL('/', base);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    url.search = canonicalQuery(url);
    return url;
  }

  const sign = (url: URL, changes: Partial<AliyunCall> = {}) =>
    signAliyunCall({ ...dysms, url, action: 'SendSms', version: '2017-05-25', algorithm, now: clock.now(), ...changes });

  async function answer(url: URL, headers: Record<string, string>): Promise<[number, unknown]> {
    const { status, body } = await post(url.href, headers, '');
    const { Code } = JSON.parse(body);
    return [status, Code];
  }

  it('is computed as by @alicloud/openapi-core 1.0.8', () => {
    const url = addressed('https://dysmsapi.aliyuncs.com');
    const example = { accessKeyId: 'AKEXAMPLE', accessKeySecret: 'SECRETEXAMPLE', now: new Date('2026-11-22T04:00:00Z'), nonce: 'nonce-1' };
    expect(sign(url, example)['authorization']).toBe(
      `${algorithm} Credential=AKEXAMPLE,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${signature}`,
    );
  });

  it('opens the simulated service once, and what is not signed so does not', async () => {
    const url = addressed(dysms.url);
    const headers = sign(url);
    const { authorization: _, ...unsigned } = headers;
    expect(await answer(url, unsigned)).toEqual([400, 'IncompleteSignature']);
    expect(await answer(url, sign(url, { accessKeyId: 'LTAIother' }))).toEqual([404, 'InvalidAccessKeyId.NotFound']);
    expect(await answer(url, sign(url, { accessKeySecret: 'other' }))).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await answer(addressed(dysms.url, { ...query, PhoneNumbers: '13800000002' }), headers)).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await answer(url, { ...headers, 'x-acs-action': 'Other' })).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await answer(url, { ...headers, 'x-acs-security-token': 'unsigned' })).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await answer(url, headers)).toEqual([200, 'OK']);
    expect(await answer(url, headers)).toEqual([400, 'SignatureNonceUsed']);
  });

  it('is good for fifteen minutes', async () => {
    const url = addressed(dysms.url, { ...query, PhoneNumbers: '13800000003' });
    const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    expect(await answer(url, sign(url, { now: at(901) }))).toEqual([400, 'InvalidTimeStamp.Expired']);
    expect(await answer(url, sign(url, { now: at(-901) }))).toEqual([400, 'InvalidTimeStamp.Expired']);
    expect(await answer(url, sign(url, { now: at(-900) }))).toEqual([200, 'OK']);
  });

  it('comes before what is asked, and the numbers of a minute, an hour and a day are counted', async () => {
    const send = async (number: string, changes: Partial<AliyunCall> = {}) => {
      const url = addressed(dysms.url, { ...query, PhoneNumbers: number });
      return answer(url, sign(url, changes));
    };
    expect(await send('13800000004', { action: 'Other' })).toEqual([404, 'InvalidAction.NotFound']);
    expect(await send('13800000004', { version: '2000-01-01' })).toEqual([404, 'InvalidVersion']);
    const sent: number[] = [];
    for (let minute = 0; minute < 150; minute += 1) {
      const [, code] = await send('13800000004');
      if (code === 'OK') sent.push(minute);
      expect(['OK', 'isv.BUSINESS_LIMIT_CONTROL']).toContain(code);
      clock.advance(60_000);
    }
    expect(sent).toEqual([0, 1, 2, 3, 4, 60, 61, 62, 63, 64]);
  });
});
