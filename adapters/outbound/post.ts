import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressKind, type AddressKind } from './address.ts';
import { isLoopback } from '../../src/domain/loopback.ts';

/**
 * Calls to addresses that relying parties registered (logout tokens, later signals). The address is chosen
 * by somebody else, so this must not become a way into our own network: what a name resolves to is checked
 * once and the connection is made to exactly that, so that a second answer of the resolver changes nothing.
 */

export interface OutboundAllow {
  /** http and any port on this machine; in development only. */
  readonly loopback: boolean;
  /** May be reached by http, at any port and at private addresses. Loopback only where the origin itself says so. */
  readonly origins: readonly string[];
}

export interface OutboundOptions {
  readonly allow: OutboundAllow;
  /** For everything from the name to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** After this the rest of an answer is cut off. */
  readonly maxResponseBytes?: number;
  /** All addresses of a name; the platform's resolver otherwise. */
  readonly resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** POSTs a form; answers the HTTP status, of a redirect too, which is never followed. Throws `OutboundFailed`. */
export type OutboundPost = (url: string, form: Readonly<Record<string, string>>) => Promise<number>;

/**
 * `refused`: such a URL or address is not called, and nothing was sent. `unresolved`: the name is not known.
 * `timeout`, `connection`: no answer in time or at all; the form may have arrived.
 */
export type OutboundFailure = 'refused' | 'unresolved' | 'timeout' | 'connection';

export class OutboundFailed extends Error {
  readonly code: OutboundFailure;

  constructor(code: OutboundFailure, options?: { cause?: unknown }) {
    super(`outbound call failed: ${code}`, options);
    this.name = 'OutboundFailed';
    this.code = code;
  }
}

/** A function that calls relying parties within the rules above. */
export function createOutboundPost(options: OutboundOptions): OutboundPost {
  const { timeoutMs = 3000, maxResponseBytes = 65_536, resolve = resolveAll } = options;
  const allow = { ...options.allow, origins: options.allow.origins.map((origin) => new URL(origin).origin) };
  return async (text, form) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const { url, kinds } = target(text, allow);
    const addresses = await addressesOf(url, resolve, deadline);
    if (!addresses.every(({ address }) => kinds.has(addressKind(address)))) throw new OutboundFailed('refused');
    return send({ url, addresses, body: new URLSearchParams(form).toString(), deadline, maxResponseBytes });
  };
}

interface Target {
  readonly url: URL;
  /** Kinds of addresses the URL may lead to. */
  readonly kinds: ReadonlySet<AddressKind>;
}

function target(text: string, { loopback, origins }: OutboundAllow): Target {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new OutboundFailed('refused');
  }
  const local = isLoopback(url.hostname);
  if (origins.includes(url.origin)) {
    return { url, kinds: new Set(['public', 'private', ...(loopback || local ? ['loopback' as const] : [])]) };
  }
  if (loopback && local) return { url, kinds: new Set(['loopback']) };
  if (url.protocol !== 'https:' || url.port !== '') throw new OutboundFailed('refused');
  return { url, kinds: new Set(['public']) };
}

async function resolveAll(hostname: string): Promise<readonly LookupAddress[]> {
  return lookup(hostname, { all: true });
}

async function addressesOf(
  { hostname }: URL,
  resolve: NonNullable<OutboundOptions['resolve']>,
  deadline: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) return [{ address: literal, family: isIP(literal) }];
  const late = Promise.withResolvers<never>();
  const onDeadline = (): void => late.reject(new OutboundFailed('timeout'));
  deadline.addEventListener('abort', onDeadline, { once: true });
  try {
    const addresses = await Promise.race([resolve(hostname), late.promise]);
    if (addresses.length === 0) throw new OutboundFailed('unresolved');
    return addresses;
  } catch (error) {
    throw error instanceof OutboundFailed ? error : new OutboundFailed('unresolved', { cause: error });
  } finally {
    deadline.removeEventListener('abort', onDeadline);
  }
}

interface Sending {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
  readonly body: string;
  readonly deadline: AbortSignal;
  readonly maxResponseBytes: number;
}

function send({ url, addresses, body, deadline, maxResponseBytes }: Sending): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) },
    // A connection kept from an earlier call would be one to an address that was checked for that call.
    agent: false,
    lookup: pinned(addresses),
    signal: deadline,
  });
  let status: number | undefined;
  let failure: Error | undefined;
  request.on('response', (response) => {
    let bytes = 0;
    status = response.statusCode;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxResponseBytes) response.destroy();
    });
    response.on('error', () => undefined);
  });
  request.on('error', (error) => (failure = error));
  request.on('close', () => {
    // The status is the whole answer: that what follows it was cut off, here or there, changes nothing.
    if (status !== undefined) resolve(status);
    else reject(new OutboundFailed(deadline.aborted ? 'timeout' : 'connection', { cause: failure }));
  });
  request.end(body);
  return promise;
}

/** Answers the checked addresses instead of asking again. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
