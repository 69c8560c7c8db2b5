import type { Middleware } from 'koa';
import type { ClientRecord } from '../domain/client.ts';
import { endpointAt } from '../http/endpoints.ts';

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
    const readers = endpointAt(ctx.path)?.readBy;
    if (readers === 'any-page' || (readers === 'public-clients' && origins.has(ctx.get('Origin')))) return;
    for (const name of Object.keys(ctx.response.headers)) {
      if (name.startsWith('access-control-')) ctx.remove(name);
    }
  };
}
