import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import type { Product } from './product.ts';

/** The back-channel side of the clients of tests: takes what the product posts. */
export interface Listener {
  /**
   * The oldest call to `/<client>` about one person (the `sub` of its logout token) that nobody took yet; throws when
   * none comes in time. Only about one person, because what earlier tests left behind may still arrive.
   */
  takes(client: string, sub: unknown, limitSeconds?: number): Promise<Call>;
  /** The same; only its logout token. */
  takesLogout(client: string, sub: unknown, limitSeconds?: number): Promise<string>;
  /** How many calls to `/<client>` nobody took. */
  waiting(client: string): number;
  /** From now on answers so. */
  answers(status: number): void;
  close(): Promise<void>;
}

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: Readonly<Record<string, string>>;
}

export async function listen({ listenerPort }: Product): Promise<Listener> {
  let status = 200;
  const calls: Call[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    calls.push({ path: request.url ?? '', headers: request.headers, form });
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(listenerPort, 'localhost');
  await once(server, 'listening');
  const takes = async (client: string, sub: unknown, limitSeconds = 10): Promise<Call> => {
    for (const deadline = performance.now() + limitSeconds * 1000; performance.now() < deadline; await sleep(25)) {
      const index = calls.findIndex(({ path, form }) => path === `/${client}` && decodeJwt(form['logout_token'] ?? '').sub === sub);
      const [call] = index < 0 ? [] : calls.splice(index, 1);
      if (call) return call;
    }
    throw new Error(`nothing came for ${client}`);
  };
  return {
    waiting: (client) => calls.filter(({ path }) => path === `/${client}`).length,
    takes,
    async takesLogout(client, sub, limitSeconds) {
      const { form } = await takes(client, sub, limitSeconds);
      return form['logout_token'] ?? '';
    },
    answers(next) {
      status = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}
