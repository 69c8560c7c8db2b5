import { isIP, SocketAddress } from 'node:net';

/** What a connection and its headers say of where a request comes from. */
export interface Arrival {
  /** Address of the other end of the connection; undefined once it is closed. */
  readonly peer: string | undefined;
  /** `X-Forwarded-For`, as received; repeated headers joined by commas (RFC 9110, 5.3). */
  readonly forwarded: string;
  /** Proxies of ours in front, each of which appends what it saw. */
  readonly hops: number;
}

/**
 * The address that limits go by: that of the nth hop from the right, which a proxy of ours wrote. What stands left of it
 * the browser may have sent itself, however long, and it is not looked at. What is no address (`unknown`, a name, an
 * obfuscated node, nothing) counts as the peer's, never as an address of its own.
 *
 * @returns canonical, see `canonicalAddress`; `unknown` when the connection has no address either
 */
export function clientAddress({ peer, forwarded, hops }: Arrival): string {
  const node = hops > 0 ? nodeFromRight(forwarded, hops) : undefined;
  return canonicalAddress(node ?? '') ?? canonicalAddress(peer ?? '') ?? 'unknown';
}

/** A quoted node with brackets, a zone and a port is shorter. */
const longestNode = 100;

/** The nth entry from the right; undefined where there are fewer. Commas within quotes are not ours: no node has one. */
function nodeFromRight(chain: string, n: number): string | undefined {
  let end = chain.length;
  for (let passed = 1; passed < n; passed += 1) {
    end = chain.lastIndexOf(',', end - 1);
    if (end <= 0) return undefined;
  }
  const start = chain.lastIndexOf(',', end - 1) + 1;
  return end - start > longestNode ? undefined : chain.slice(start, end);
}

/**
 * One form for all spellings of an address, without port and zone: IPv4 in decimal, IPv4-mapped IPv6 as IPv4, other IPv6
 * by its /64, of which one customer has all. Reads the nodes of RFC 7239, 6 (quoted, in brackets, with a port), and bare
 * IPv6, as most proxies write it.
 *
 * @returns undefined for what is no address
 */
export function canonicalAddress(node: string): string | undefined {
  const { host, zone } = partsOf(node);
  const family = isIP(host);
  if (family === 0 || (zone !== undefined && family === 4)) return undefined;
  if (family === 4) return host;
  const { address } = new SocketAddress({ address: host, family: 'ipv6' });
  const mapped = /^::ffff:([\d.]+)$/.exec(address)?.[1];
  return mapped ?? prefix64(address);
}

/** `"[v6%zone]:port"`, `v4:port`, bare addresses; RFC 7239, 6 allows an obfuscated port as well. */
const bracketed = /^\[([^\]]*)\](?::(?:\d{1,5}|_[\w.-]+))?$/;
const withPort = /^([^:]*):(?:\d{1,5}|_[\w.-]+)$/;

function partsOf(node: string): { host: string; zone: string | undefined } {
  const trimmed = node.trim();
  const text = /^"(.*)"$/.exec(trimmed)?.[1]?.replaceAll(/\\(.)/g, '$1').trim() ?? trimmed;
  const inBrackets = bracketed.exec(text)?.[1];
  const bare = inBrackets ?? withPort.exec(text)?.[1] ?? text;
  const [host = '', zone] = bare.split('%', 2);
  // Brackets are for IPv6 alone.
  return { host: inBrackets !== undefined && !host.includes(':') ? '' : host, zone };
}

/** @param address - as inet_ntop writes it */
function prefix64(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  const [a, b, c, d] = [...left, ...(address.includes('::') ? zeros : []), ...right];
  return `${new SocketAddress({ address: `${a}:${b}:${c}:${d}::`, family: 'ipv6' }).address}/64`;
}
