import { createHash, createHmac } from 'node:crypto';

/** A call of a Tencent Cloud API 3.0 product. */
export interface TencentCall {
  readonly url: URL;
  /** First label of the product's host: `faceid`, `sms`. */
  readonly service: string;
  readonly action: string;
  readonly version: string;
  readonly region?: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly now: Date;
}

/**
 * Headers of a POST with a JSON body, signed with TC3-HMAC-SHA256
 * (https://cloud.tencent.com/document/api/382/38780; the same for every product). The signature covers the host,
 * (without a port, as Tencent's own SDK has it), the type and the body, and is good for five minutes.
 *
 * @param body - exactly the text that is sent
 */
export function signTencentCall(call: TencentCall, body: string): Record<string, string> {
  const { url, service, action, version, region, secretId, secretKey, now } = call;
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const date = now.toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const signedHeaders = 'content-type;host';
  const canonicalHeaders = `content-type:application/json\nhost:${url.hostname}\n`;
  const canonical = ['POST', url.pathname, '', canonicalHeaders, signedHeaders, sha256(body)].join('\n');
  const toSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  const key = [date, service, 'tc3_request'].reduce<string | Buffer>((secret, part) => hmac(secret, part).digest(), `TC3${secretKey}`);
  const signature = hmac(key, toSign).digest('hex');
  return {
    'content-type': 'application/json',
    'x-tc-action': action,
    'x-tc-version': version,
    'x-tc-timestamp': timestamp,
    ...(region !== undefined && { 'x-tc-region': region }),
    authorization: `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text);
}
