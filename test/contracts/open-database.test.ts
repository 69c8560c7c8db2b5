import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../adapters/database/open.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { databaseKinds, embeddedFolder } from '../support/stores.ts';

describe('the folder of the embedded database', () => {
  const holder = fileURLToPath(new URL('../support/folder-holder.ts', import.meta.url));
  let dataDir: string;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    dataDir = await embeddedFolder();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /** Starts a process that opens the folder; it says `open` or why not. */
  async function opener(): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, [holder, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const [chunk]: unknown[] = await once(child.stdout, 'data');
    return { child, said: JSON.parse(String(chunk)) };
  }
  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('is refused to a second process at once, naming the process that holds it', async () => {
    const first = await opener();
    expect(first.said).toBe('open');
    const second = await opener();
    expect(second.said).toContain(`${dataDir} is in use by process ${first.child.pid} (started 20`);
    expect(second.said).toContain('DATABASE_URL');
  });

  it('is given to the next process when its holder was killed, to one of many who come at once', async () => {
    const first = await opener();
    expect(first.said).toBe('open');
    await kill(first.child);
    const all = await Promise.all([opener(), opener(), opener(), opener()]);
    expect(all.filter(({ said }) => said === 'open')).toHaveLength(1);
    expect(all.filter(({ said }) => said.includes('is in use by'))).toHaveLength(3);
  });

  it('that cannot be written is a clear error and not a second process', async () => {
    await expect(openDatabase({ dataDir: '/dev/null/none' })).rejects.toThrow('ENOTDIR');
    await expect(openDatabase({})).rejects.toThrow('url or a data folder');
  });
});

(databaseKinds.includes('postgres') ? describe : describe.skip)('PostgreSQL', () => {
  let server: TemporaryPostgres;
  let url: string;
  const opened: Database[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
  afterAll(() => server.remove());

  async function open(about: Parameters<typeof openDatabase>[0] = {}): Promise<Database> {
    const database = await openDatabase({ url, ...about });
    opened.push(database);
    return database;
  }
  const unavailable = { name: 'Unavailable', message: 'database is unavailable' };
  /** Of what would wait for ever, or much longer than a test may take. */
  const givesUp = (act: Promise<unknown>): Promise<void> => expect(act).rejects.toMatchObject(unavailable);

  it('tells its own time, so that skew can be seen', async () => {
    const { ping } = await open();
    const before = new Date();
    const told = await ping();
    // The same machine, the same clock.
    expect(told.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1);
    expect(told.getTime()).toBeLessThanOrEqual(new Date().getTime() + 1);
  });

  it('that does not run is unavailable, and opening does not need it', async () => {
    const { ping } = await open({ url: `postgres://minxin@127.0.0.1:${await freePort()}/none` });
    await givesUp(ping());
  });

  it('that takes a connection and says nothing is unavailable after a while', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { ping } = await open({ url: `postgres://minxin@127.0.0.1:${portOf(mute)}/none` });
    await givesUp(ping());
    mute.close();
  });

  it('with every connection in use is unavailable to the next caller after a while', async () => {
    const { db, ping, stats } = await open({ poolSize: 2 });
    const busy = Promise.withResolvers<void>();
    const holding = [1, 2].map(() => db.transaction().execute(async (inside) => (await sql`select 1`.execute(inside), busy.promise)));
    await eventually('the second connection', () => stats().total === 2 && stats().idle === 0);
    await givesUp(ping());
    expect(stats()).toMatchObject({ total: 2, idle: 0 });
    busy.resolve();
    await Promise.all(holding);
    await ping();
  });

  it('ends a statement that takes too long, and the connection lives on', async () => {
    const { db, ping, stats } = await open({ poolSize: 1, statementTimeoutMs: 200 });
    await givesUp(sql`select pg_sleep(600)`.execute(db));
    await ping();
    expect(stats().total).toBe(1);
  });

  it('gives up waiting for a lock, and the cause says so', async () => {
    const { db } = await open({ statementTimeoutMs: 200 });
    await sql`create table if not exists guarded (id int)`.execute(db);
    await db.transaction().execute(async (transaction) => {
      await sql`lock table guarded`.execute(transaction);
      const waiting = sql`select * from guarded`.execute(db);
      await expect(waiting).rejects.toMatchObject({ ...unavailable, cause: { code: '55P03' } });
    });
  });

  it('that crashes takes nobody with it, and is used again when it is back', async () => {
    const { db, ping } = await open();
    await Promise.all([1, 2, 3].map(() => ping()));
    const transaction = db.transaction().execute(async (inside) => {
      await sql`select 1`.execute(inside);
      await server.crash();
      await sql`select 2`.execute(inside);
    });
    await expect(transaction).rejects.toMatchObject(unavailable);
    await expect(ping()).rejects.toMatchObject(unavailable);
    await server.start();
    await expect(ping()).resolves.toBeInstanceOf(Date);
  });

  it('behind a network that froze is unavailable soon after its time limit, and used again when it thaws', async () => {
    const proxy = await freezingProxy(Number(new URL(url).port));
    const { db, ping } = await open({ url: url.replace(/:\d+\//, `:${proxy.port}/`), statementTimeoutMs: 300, poolSize: 1 });
    try {
      await ping();
      proxy.freeze();
      await givesUp(sql`select 1`.execute(db));
      proxy.thaw();
      await expect(ping()).resolves.toBeInstanceOf(Date);
    } finally {
      await proxy.close();
    }
  });

  it('errors of a statement are passed on as they are', async () => {
    const { db } = await open();
    await expect(sql`select * from nowhere`.execute(db)).rejects.toMatchObject({ code: '42P01' });
    await expect(sql`select 1/0`.execute(db)).rejects.toMatchObject({ code: '22012' });
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

/** Passes bytes on to a port until it is frozen; then connections stay open and nothing comes through any more. */
async function freezingProxy(target: number) {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => frozen || to.write(chunk));
      from.on('close', () => to.destroy());
      from.on('error', () => {});
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
