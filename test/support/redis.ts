import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Stops answering without closing a connection, like a machine that hangs. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** One node that owns every slot of a cluster: it refuses scripts whose keys are in different slots. */
  readonly cluster?: boolean;
  /** Fixed port, for a server that comes back where it was. */
  readonly port?: number;
  /** More `redis-server` arguments. */
  readonly args?: readonly string[];
}

/**
 * A Redis of our own for one test file: free port, nothing kept on disk.
 *
 * Where none can be started, says so and answers undefined, so that the suites on Redis are left out; on
 * CI that is a failure.
 */
export async function redisForTests(options: RedisServerOptions = {}): Promise<RedisServer | undefined> {
  try {
    return await startRedis(options);
  } catch (error) {
    if (process.env['CI']) throw error;
    console.warn(`suites on Redis did not run: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/**
 * Runs a server that ends when whoever started it does, however that one ended: a jest worker that is killed
 * runs no exit handler, but its pipes close. Says the server's process id first.
 */
const tied = `
"$@" 3<&- </dev/null >/dev/null 2>&1 &
echo $!
{ cat <&3; kill -9 $!; } >/dev/null 2>&1 &
wait %1`;

/** @throws when there is no `redis-server` on the PATH, or it does not start */
export async function startRedis({ cluster = false, port, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const listen = port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'minxin-redis-'));
  const clusterArgs = cluster
    ? ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort()), '--cluster-announce-ip', '127.0.0.1']
    : [];
  const settings = ['--port', String(listen), '--dir', folder, '--save', '', '--appendonly', 'no', ...clusterArgs, ...args];
  const stdio: StdioOptions = ['ignore', 'pipe', 'ignore', 'pipe'];
  const shell = spawn('sh', ['-c', tied, 'sh', 'redis-server', ...settings], { stdio });
  const ended = once(shell, 'exit');
  const [said]: unknown[] = shell.stdout ? await once(shell.stdout, 'data') : [];
  const pid = Number(said);

  async function stop(): Promise<void> {
    for (const pipe of shell.stdio) pipe?.destroy();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }

  try {
    await untilReady(shell, listen, cluster);
  } catch (error) {
    await stop();
    throw error;
  }
  const address = `redis://127.0.0.1:${listen}`;
  return {
    // A comma makes it a cluster; the second address is the same node again.
    url: cluster ? `${address},${address}` : address,
    port: listen,
    pause: () => void process.kill(pid, 'SIGSTOP'),
    resume: () => void process.kill(pid, 'SIGCONT'),
    stop,
  };
}

async function untilReady(shell: ChildProcess, port: number, cluster: boolean): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    shell.once('exit', (code) => reject(new Error(`redis-server is not installed or ended at once (${code})`)));
  });
  failed.catch(() => {});
  const client = new Redis({ port, retryStrategy: () => 25, maxRetriesPerRequest: null });
  client.on('error', () => {});
  try {
    await Promise.race([prepare(client, cluster), failed, rejectAfter(200_000)]);
  } finally {
    client.disconnect();
  }
}

async function prepare(client: Redis, cluster: boolean): Promise<void> {
  await client.ping();
  if (!cluster) return;
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(25);
}

/** A limit for a server that hangs. */
async function rejectAfter(milliseconds: number): Promise<never> {
  await sleep(milliseconds, undefined, { ref: false });
  throw new Error('redis-server does not answer');
}
