import { randomBytes } from 'node:crypto';
import type { AppContext, Next } from './app-context.ts';

/**
 * Normalises what comes in before anybody reads it: the host is the issuer's whatever the Host header
 * says (the library prints endpoint addresses from it), forwarded headers are read once for the trusted
 * number of hops and then replaced.
 */
export function requestContext({ issuer, proxyHops }: { issuer: string; proxyHops: number }) {
  const { host, protocol } = new URL(issuer);
  return async (ctx: AppContext, next: Next): Promise<void> => {
    // Asked for at once: the call costs more than its bytes.
    const random = randomBytes(25);
    ctx.state.requestId = random.toString('base64url', 0, 9);
    ctx.state.nonce = random.toString('base64', 9);
    ctx.state.address = clientAddress(ctx.req.socket.remoteAddress, ctx.req.headers['x-forwarded-for'], proxyHops);
    for (const name of Object.keys(ctx.req.headers)) {
      if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete ctx.req.headers[name];
    }
    ctx.req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    ctx.req.headers.host = host;
    ctx.set('X-Request-Id', ctx.state.requestId);
    await next();
  };
}

/**
 * The address `hops` proxies away, so that a header sent by the browser itself is never believed. IPv6
 * addresses are cut to their /64, of which one customer has all.
 */
export function clientAddress(peer: string | undefined, forwarded: string | string[] | undefined, hops: number): string {
  const chain = String(forwarded ?? '')
    .slice(0, 2000)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const address = (hops > 0 ? chain.at(-hops) : undefined) ?? peer ?? 'unknown';
  return prefix64(address.replace(/^::ffff:(?=\d+\.)/i, ''));
}

function prefix64(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
