import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { eventually } from './eventually.ts';
import type { Product } from './product.ts';
import { sandboxOf } from './sandbox.ts';

/** The back-channel side of the clients of tests: takes what the product posts. */
export interface Listener {
  /**
   * The oldest call to `/<client>` about one person (the `sub` of its logout token) that nobody took yet; waits for it.
   * Only about one person, because what earlier tests left behind may still arrive.
   */
  takes(client: string, sub: unknown): Promise<Call>;
  /** The same; only its logout token. */
  takesLogout(client: string, sub: unknown): Promise<string>;
  /** How many calls to `/<client>`, about one person or all, nobody took of those that were to be made by now. */
  left(client: string, sub?: unknown): Promise<number>;
  /** From now on answers so. */
  answers(status: number): void;
  close(): Promise<void>;
}

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: Readonly<Record<string, string>>;
}

export async function listen(product: Product): Promise<Listener> {
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
  server.listen(product.listenerPort, 'localhost');
  await once(server, 'listening');
  const isAbout = ({ path, form }: Call, client: string, sub: unknown): boolean =>
    path === `/${client}` && (sub === undefined || decodeJwt(form['logout_token'] ?? '').sub === sub);
  const takes = (client: string, sub: unknown): Promise<Call> =>
    eventually(`a call for ${client}`, () => {
      const index = calls.findIndex((call) => isAbout(call, client, sub));
      return index < 0 ? undefined : calls.splice(index, 1)[0];
    });
  return {
    async left(client, sub) {
      await sandboxOf(product).sends();
      return calls.filter((call) => isAbout(call, client, sub)).length;
    },
    takes,
    async takesLogout(client, sub) {
      const { form } = await takes(client, sub);
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
