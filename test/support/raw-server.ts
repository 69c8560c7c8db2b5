import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Answers one request as a test says; `body` is the whole request. */
export type RawHandler = (incoming: IncomingMessage, outgoing: ServerResponse, body: string) => void;

export interface RawServer {
  readonly url: string;
  close(): void;
}

/** A server on the loopback interface: what stands between us and another system, or in its place. */
export async function startRawServer(handler: RawHandler): Promise<RawServer> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => handler(incoming, outgoing, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Posts as it is told, without a word of its own; the status and body that came back. */
export function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Answers that no driver may take for one, each by its name. */
export const hostileAnswers: readonly (readonly [string, RawHandler])[] = [
  ['an error page of a gateway', (_, outgoing) => void outgoing.writeHead(502).end('<html>Bad Gateway</html>')],
  ['a redirect', (_, outgoing) => void outgoing.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
  ['an empty answer', (_, outgoing) => void outgoing.writeHead(200).end()],
  ['JSON that is no object', (_, outgoing) => void outgoing.writeHead(200).end('[0]')],
  ['JSON without what was asked', (_, outgoing) => void outgoing.writeHead(200).end('{}')],
  ['bytes that are no text', (_, outgoing) => void outgoing.writeHead(200).end(Buffer.from([0xff, 0xfe, 0x00]))],
  ['a hundred megabytes', (_, outgoing) => void endless(outgoing)],
  ['half an answer', (_, outgoing) => void half(outgoing)],
  ['an answer that drips', (_, outgoing) => void drip(outgoing)],
  ['no HTTP at all', (incoming) => void incoming.socket.end('hello\r\n')],
  ['a reset', (incoming) => void incoming.socket.resetAndDestroy()],
];

async function endless(outgoing: ServerResponse): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 'x');
  const blocks = Array.from({ length: 1600 }, () => block);
  await pipeline(Readable.from(blocks), outgoing.writeHead(200)).catch(() => undefined);
}

async function half(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { 'content-length': 100 }).write('{');
  await sleep(20);
  outgoing.destroy();
}

async function drip(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200);
  while (!outgoing.destroyed) {
    outgoing.write(' ');
    await sleep(50);
  }
}
