import { randomBytes } from 'node:crypto';
import type { AppContext, Next } from './app-context.ts';
import { clientAddress } from './client-address.ts';
import { isForeign } from './issuer-host.ts';

/**
 * Normalises what comes in before anybody reads it: the host is the issuer's whatever the Host header
 * says (the library prints endpoint addresses from it), forwarded headers are read once for the trusted
 * number of hops and then replaced.
 */
export function requestContext({ issuer, proxyHops }: { issuer: string; proxyHops: number }) {
  const own = new URL(issuer);
  return async (ctx: AppContext, next: Next): Promise<void> => {
    // Asked for at once: the call costs more than its bytes.
    const random = randomBytes(25);
    ctx.state.requestId = random.toString('base64url', 0, 9);
    ctx.state.nonce = random.toString('base64', 9);
    const forwarded = String(ctx.req.headers['x-forwarded-for'] ?? '');
    ctx.state.address = clientAddress({ peer: ctx.req.socket.remoteAddress, forwarded, hops: proxyHops });
    ctx.state.foreignHost = isForeign([ctx.req.headers.host, ctx.req.headers['x-forwarded-host']], own);
    ctx.state.askedHost = ctx.req.headers.host ?? '';
    for (const name of Object.keys(ctx.req.headers)) {
      if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete ctx.req.headers[name];
    }
    ctx.req.headers['x-forwarded-proto'] = own.protocol.slice(0, -1);
    ctx.req.headers.host = own.host;
    ctx.set('X-Request-Id', ctx.state.requestId);
    await next();
  };
}
