import { createServer, connect, type Socket } from 'node:net';

/** What passed through: SQL statements, or names of Redis commands, in order. */
export interface CountingProxy {
  /** The store's address through the proxy. */
  readonly url: string;
  /** What was asked since the last call. */
  asked(): readonly string[];
  close(): Promise<void>;
}

/** Reads what one connection asks, from its bytes. */
type Reader = (found: (question: string) => void) => (bytes: Buffer) => void;

/** Stands between the product and a store and reads what is asked, so that a test can hold how much a step costs. */
export async function startCountingProxy(storeUrl: string): Promise<CountingProxy> {
  const target = new URL(storeUrl);
  const reader = target.protocol === 'redis:' ? commandReader : statementReader;
  const sockets = new Set<Socket>();
  let seen: string[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    const read = reader((question) => seen.push(question));
    near.on('data', (bytes: Buffer) => read(bytes));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(storeUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    asked() {
      const found = seen;
      seen = [];
      return found;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * PostgreSQL's frontend messages: `Q` is a statement, `P` names one and `B` runs it by its name. The first message
 * (startup) has no type byte.
 */
const statementReader: Reader = (found) => {
  let rest = Buffer.alloc(0);
  let started = false;
  const named = new Map<string, string>();
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      if (started) {
        const sql = sqlOf(message, named);
        if (sql !== undefined) found(sql);
      }
      // Requests for encryption come before the start and have no type byte either; their code is 1234 in the high half.
      started ||= message.readInt16BE(4) !== 1234;
    }
  };
};

/** RESP: `*2 $3 GET $1 k`, one array for each command; a script counts once. */
const commandReader: Reader = (found) => {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let command = firstCommand(rest); command; command = firstCommand(rest)) {
      found(command.name);
      rest = rest.subarray(command.length);
    }
  };
};

function firstCommand(bytes: Buffer): { name: string; length: number } | undefined {
  const line = (from: number) => {
    const end = bytes.indexOf('\r\n', from);
    return end < 0 ? undefined : { count: Number(bytes.subarray(from + 1, end)), next: end + 2 };
  };
  const head = line(0);
  if (!head) return undefined;
  let { next } = head;
  let name = '';
  for (let part = 0; part < head.count; part += 1) {
    const size = line(next);
    if (!size || bytes.length < size.next + size.count + 2) return undefined;
    name ||= bytes
      .subarray(size.next, size.next + size.count)
      .toString('latin1')
      .toLowerCase();
    next = size.next + size.count + 2;
  }
  return { name, length: next };
}

function sqlOf(message: Buffer, named: Map<string, string>): string | undefined {
  const type = String.fromCharCode(message[0] ?? 0);
  const [first = '', second = ''] = message.subarray(5).toString('utf8').split('\0');
  if (type === 'P') named.set(first, second);
  if (type === 'B') return named.get(second);
  return type === 'Q' ? first : undefined;
}
