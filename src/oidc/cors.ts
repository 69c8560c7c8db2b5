import type { Middleware } from 'koa';
import type { ClientRecord } from '../domain/client.ts';

/** Read by any page: they are the same for everybody. */
const open = new Set(['/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);
/** Called by pages of public clients. Everything else is called by servers, which need no permission of this kind. */
const ofPublicClients = new Set(['/token', '/token/revocation', '/me']);

/**
 * Which pages may read an answer (CORS): those of public clients, where they have a redirect address. The library
 * checks this once it knows the client, so that a preflight or an early refusal would speak to any page.
 */
export function crossOriginRules(clients: readonly Pick<ClientRecord, 'token_endpoint_auth_method' | 'redirect_uris'>[]): Middleware {
  const origins = new Set(
    clients
      .filter(({ token_endpoint_auth_method: method }) => method === 'none')
      .flatMap(({ redirect_uris: addresses }) => addresses.map((address) => new URL(address).origin))
      // Apps come back by a scheme of their own, which is no origin.
      .filter((origin) => origin !== 'null'),
  );
  return async (ctx, next) => {
    await next();
    if (open.has(ctx.path) || (ofPublicClients.has(ctx.path) && origins.has(ctx.get('Origin')))) return;
    for (const name of Object.keys(ctx.response.headers)) {
      if (name.startsWith('access-control-')) ctx.remove(name);
    }
  };
}
