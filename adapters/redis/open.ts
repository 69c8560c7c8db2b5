import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { Unavailable } from '../../src/domain/refused.ts';

export type RedisClient = Redis | Cluster;

export interface RedisConnection {
  /**
   * One act on Redis; every store goes through here.
   *
   * @throws Unavailable when Redis did not answer in time, or cannot at the moment. The act may have
   * been carried out all the same: it is never sent a second time.
   */
  ask<T>(act: (client: RedisClient) => Promise<T>): Promise<T>;
  /** @throws Unavailable */
  ping(): Promise<void>;
  /** Lets what is under way finish, then disconnects for good. */
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 1000;
/** A socket that owes answers and stays silent for this long is given up, and a new one opened. */
const SILENCE_MS = 1000;
const SLOTS_REFRESH_MS = 2000;

/**
 * A person is waiting behind each command, so all of them fail fast and none is queued. None is sent
 * twice either: a second `consume` would take the code away from the caller who had won it.
 */
const failFast = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // After a failover the old address may lead to a replica: look the primary up again.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions;

/** Redis answered, but cannot serve now: full, starting, failing over. */
const cannotNow = new Set([
  'OOM',
  'LOADING',
  'BUSY',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'NOREPLICAS',
  'MISCONF',
  'NOAUTH',
]);

/**
 * Connects to Redis and stays connected: lost connections are opened again for as long as it takes.
 * Resolves when the first attempt has ended, well or not, so that the product starts without Redis,
 * says 503 and heals by itself.
 *
 * @param url - `redis://` or `rediss://`, or several with commas between them for a cluster
 * @param report - gets every error of the connections, for the log
 */
export async function openRedis(url: string, report: (error: Error) => void = () => {}): Promise<RedisConnection> {
  const urls = url.split(',').map((one) => one.trim());
  const client = urls.length > 1 ? openCluster(urls) : openSingle(url);
  client.on('error', report);
  await client.connect().catch(() => {}); // reported above, and tried again by itself

  async function ask<T>(act: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await act(client);
    } catch (error) {
      throw translate(error);
    }
  }

  return {
    ask,
    async ping() {
      await ask((redis) => redis.ping());
    },
    async close() {
      await client.quit().catch(() => client.disconnect());
    },
  };
}

function openSingle(url: string): Redis {
  return new Redis(url, { ...failFast, lazyConnect: true, enableOfflineQueue: false, retryStrategy });
}

function openCluster(urls: readonly string[]): Cluster {
  const nodes = urls.map((url) => new URL(url));
  const [first] = nodes;
  const tls = first?.protocol === 'rediss:';
  return new Cluster(
    nodes.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
    {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryStrategy,
      clusterNodeRetryStrategy: retryStrategy,
      slotsRefreshInterval: SLOTS_REFRESH_MS,
      // 0 keeps the library from sending a command again after a cut, when it may have been carried out.
      retryDelayOnFailover: 0,
      // Certificates name hosts, not addresses.
      ...(tls && { dnsLookup: (host, found) => found(null, host) }),
      redisOptions: {
        ...failFast,
        ...(tls && { tls: {} }),
        ...(first?.username && { username: decodeURIComponent(first.username) }),
        ...(first?.password && { password: decodeURIComponent(first.password) }),
      },
    },
  );
}

/** Soon at first, then once a second; the jitter keeps many processes from coming back at one moment. */
function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1000) + Math.random() * 100;
}

/** The library's errors carry the arguments of the command, which must not reach a log: only the message is kept. */
function translate(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const answered = name === 'ReplyError' && !cannotNow.has(message.split(' ', 1)[0] ?? '');
  return answered ? new Error(`redis: ${message}`) : new Unavailable('redis', { cause: new Error(message) });
}
