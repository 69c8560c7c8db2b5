import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/domain/clock.ts';

/**
 * What all simulated authorities and vendors share: a real HTTP server on the loopback interface with a limit on
 * bodies, behaviours that can be switched while it runs, and a list of what it was asked.
 */

/** How an authority behaves (`POST /sandbox/authorities/<source>`). */
export type Behaviour =
  | 'normal'
  /** Answers within the time limit of the drivers, after 2 s. */
  | 'slow'
  /** Resets every connection. */
  | 'down'
  /** Answers after the time limit of the drivers. */
  | 'late'
  /** Answers that no checks are left. */
  | 'over-quota'
  /** Signs with a key that is not its own; of those that sign documents. */
  | 'wrong-signature'
  /** Its clock is a quarter of an hour behind; of those that sign documents. */
  | 'clock-off'
  /** A page of a proxy in place of the answer. */
  | 'html'
  /** Ten megabytes in place of the answer. */
  | 'huge'
  /** Sends whoever asks somewhere else. */
  | 'redirect';

export const behaviours: readonly Behaviour[] = [
  'normal',
  'slow',
  'down',
  'late',
  'over-quota',
  'wrong-signature',
  'clock-off',
  'html',
  'huge',
  'redirect',
];

export interface SimulatorRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly receivedAt: Date;
  /** The behaviour `over-quota` is on. */
  readonly overQuota: boolean;
  readonly behaviour: Behaviour;
}

/** What goes over the wire; `reset` cuts the connection without an answer. */
export type SimulatorAnswer =
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/** One question asked. Nothing of its content is kept. */
export interface ReceivedRequest {
  readonly receivedAt: Date;
  readonly method: string;
  readonly path: string;
}

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly answer: (request: SimulatorRequest) => Promise<SimulatorAnswer>;
  readonly timing?: SimulatorTiming;
  /** What people look at, which stays as it is where programs are answered with something else. */
  readonly isPage?: (url: URL) => boolean;
}

/** How long `slow` and `late` take, in milliseconds. */
export interface SimulatorTiming {
  readonly slowMs: number;
  readonly lateMs: number;
}

export interface Simulator {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  setBehaviour(behaviour: Behaviour): void;
  behaviour(): Behaviour;
  /** The latest 1,000 questions, oldest first. */
  requests(): readonly ReceivedRequest[];
  /** Cuts what is under way and stops listening. */
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 1024;
const maxRemembered = 1000;

/** Starts a server on a free port of the loopback interface. */
export async function startSimulator({
  clock,
  answer,
  timing = { slowMs: 2000, lateMs: 6000 },
  isPage = () => false,
}: SimulatorOptions): Promise<Simulator> {
  let behaviour: Behaviour = 'normal';
  const received: ReceivedRequest[] = [];
  const closing = new AbortController();

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const method = incoming.method ?? 'GET';
    const receivedAt = clock.now();
    received.push({ receivedAt, method, path: url.pathname });
    if (received.length > maxRemembered) received.shift();
    const current = behaviour;
    if (current === 'down') return incoming.socket.resetAndDestroy();
    const body = await readBody(incoming);
    const question = { method, url, headers: incoming.headers, receivedAt, overQuota: current === 'over-quota', behaviour: current };
    const garbage = isPage(url) ? undefined : garbageOf(current);
    const reply = garbage ?? (body ? await answer({ ...question, body }) : ({ status: 413, body: '' } as const));
    if (current === 'slow') await sleep(timing.slowMs, undefined, { signal: closing.signal });
    if (current === 'late') await sleep(timing.lateMs, undefined, { signal: closing.signal });
    if (reply === 'reset') return incoming.socket.resetAndDestroy();
    return outgoing.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body);
  };

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    setBehaviour: (next) => {
      behaviour = next;
    },
    behaviour: () => behaviour,
    requests: () => received,
    close: () => {
      closing.abort();
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** What a driver must survive, whatever it asked. */
function garbageOf(behaviour: Behaviour): SimulatorAnswer | undefined {
  switch (behaviour) {
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Gateway</title>' };
    case 'huge':
      return { status: 200, body: JSON.stringify({ filling: 'x'.repeat(10_000_000) }) };
    case 'redirect':
      return { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' };
    default:
      return undefined;
  }
}

/** The JSON object in a text; undefined if it is anything else. */
export function jsonObject(text: Buffer | string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined if it is larger than any question may be. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // The rest is read and dropped, so that the answer reaches a caller who is still sending.
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}
