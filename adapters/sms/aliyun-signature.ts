import { createHash, createHmac, randomUUID } from 'node:crypto';

/** The second one is for deployments under 密评. */
export type AliyunAlgorithm = 'ACS3-HMAC-SHA256' | 'ACS3-HMAC-SM3';

export interface AliyunCall {
  /** Host and parameters; the parameters of RPC-style actions stand in the query. */
  readonly url: URL;
  readonly action: string;
  readonly version: string;
  readonly algorithm: AliyunAlgorithm;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly now: Date;
  /** For tests; a new UUID otherwise. */
  readonly nonce?: string;
}

/**
 * Headers of a POST without body, signed by version 3 of Alibaba Cloud's signature
 * (https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature). `host` is signed and left
 * to the connection to send.
 */
export function signAliyunCall(call: AliyunCall): Record<string, string> {
  const { url, algorithm, accessKeyId, accessKeySecret, now, nonce = randomUUID() } = call;
  const hash = algorithm === 'ACS3-HMAC-SM3' ? 'sm3' : 'sha256';
  const digest = (text: string) => createHash(hash).update(text).digest('hex');
  const headers: Record<string, string> = {
    'x-acs-action': call.action,
    'x-acs-content-sha256': digest(''),
    'x-acs-date': `${now.toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': call.version,
  };
  const signed = Object.entries({ host: url.host, ...headers }).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonicalHeaders = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', url.pathname, canonicalQuery(url), canonicalHeaders, names, digest('')].join('\n');
  const signature = createHmac(hash, accessKeySecret)
    .update(`${algorithm}\n${digest(canonical)}`)
    .digest('hex');
  return { ...headers, authorization: `${algorithm} Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}` };
}

/** Sorted, and encoded by RFC 3986, which is stricter than a URL's own form: what is signed and what should be sent. */
export function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
