import { createServer, type Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type Koa from 'koa';
import type { Configuration } from '../../config/configuration.ts';
import type { AppState } from '../../http/app-context.ts';

/** Milliseconds and bytes; a slow or endless request costs one connection, not the process. */
const limits = { maxHeaderSize: 8_192, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 };

/** Serves requests on the port. */
export async function listen(app: Koa<AppState>, { port, host }: Configuration['environment']): Promise<Server> {
  const handle = app.callback();
  const server = createServer(limits, (req, res) => {
    // Who keeps a connection for the next request learns with this answer to open another, elsewhere.
    if (!server.listening) res.setHeader('Connection', 'close');
    void handle(req, res);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** How long a load balancer may take to see that readiness is off. */
const noticeMs = 500;
/** Who kept a connection has asked once more by then, and was told to open another; or does not need it. */
const idleMs = 1000;
const drainLimitMs = 10_000;

/** Takes no new connections and lets what is under way finish. */
export async function drain(server: Server): Promise<void> {
  await sleep(noticeMs);
  // Right after what had arrived was accepted; kept connections stay, unlike with the server's own `close`.
  await turn();
  const closed = new Promise((resolve) => TcpServer.prototype.close.call(server, resolve));
  await Promise.race([closed, sleep(idleMs, undefined, { ref: false })]);
  server.closeIdleConnections();
  await Promise.race([closed, sleep(drainLimitMs, undefined, { ref: false })]);
  server.closeAllConnections();
}
