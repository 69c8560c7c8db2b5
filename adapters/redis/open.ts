import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { Unavailable } from '../../src/domain/refused.ts';

export type RedisClient = Redis | Cluster;

export interface RedisStats {
  readonly ready: boolean;
  readonly waiting: number;
}

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
  /**
   * Hears a channel for as long as the connection is open, over a connection of its own.
   *
   * @param listener - gets each message; undefined after the connection was lost: some may have been missed
   */
  subscribe(channel: string, listener: (message: string | undefined) => void): void;
  /** For metrics: whether the connection can be asked now, and how many acts wait for its answer. */
  stats(): RedisStats;
  /** Lets what is under way finish, then disconnects for good. */
  close(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 1000;
/** A socket that owes answers and stays silent for this long is given up, and a new one opened. */
const SILENCE_MS = 1000;
const SLOTS_REFRESH_MS = 2000;

/**
 * A person is waiting behind each command, so all of them fail fast and none is queued. None is sent
 * twice either: a second `consume` would take the code away from the caller who had won it.
 */
const failFast = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  disconnectTimeout: ANSWER_TIMEOUT_MS,
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
 * @throws Error when an address is not one of Redis
 */
export async function openRedis(url: string, report: (error: Error) => void = () => {}): Promise<RedisConnection> {
  const urls = url.split(',').map(parseAddress);
  const [only] = urls;
  const client = only && urls.length === 1 ? openSingle(only) : openCluster(urls);
  for (const event of ['error', 'node error']) client.on(event, (error: Error) => report(bare(error)));
  const attempt = client.connect().catch(() => {}); // reported above, and tried again by itself
  // A cluster that is not complete yet leaves the attempt open for ever.
  await Promise.race([attempt, sleep(CONNECT_TIMEOUT_MS, undefined, { ref: false })]);

  let waiting = 0;
  async function ask<T>(act: (client: RedisClient) => Promise<T>): Promise<T> {
    waiting += 1;
    try {
      gather(client);
      return await inTime(act(client));
    } catch (error) {
      throw translate(error);
    } finally {
      waiting -= 1;
    }
  }

  const subscribers: RedisClient[] = [];
  const subscribe: RedisConnection['subscribe'] = (channel, listener) => {
    // Whoever only listens is owed no answers: silence is no fault there. A cut is, and what was asked for is asked again after it.
    const subscriber = client instanceof Cluster ? client.duplicate() : client.duplicate();
    subscribers.push(subscriber);
    for (const event of ['error', 'node error']) subscriber.on(event, (error: Error) => report(bare(error)));
    subscriber.on('message', (from: string, message: string) => {
      if (from === channel) listener(message);
    });
    subscriber.on('ready', () => {
      subscriber.subscribe(channel).then(
        () => listener(undefined),
        () => {}, // lost again; asked again when it is ready again
      );
    });
    subscriber.connect().catch(() => {});
  };

  return {
    ask,
    subscribe,
    async ping() {
      await ask((redis) => redis.ping());
    },
    stats: () => ({ ready: client.status === 'ready', waiting }),
    async close() {
      for (const subscriber of subscribers) subscriber.disconnect();
      await client.quit().catch(() => client.disconnect());
    },
  };
}

/** What one turn of the event loop asks leaves in one write: sending costs more than most commands. */
function gather(client: RedisClient): void {
  for (const { stream } of client instanceof Cluster ? client.nodes('master') : [client]) {
    if (!stream?.writable || stream.writableCorked > 0) continue;
    stream.cork();
    setImmediate(() => stream.uncork());
  }
}

/**
 * The library's own timeout fires too early after this process was held up: timers run before sockets are
 * read, so an answer that has long arrived would count as late. One more turn of the loop lets it in.
 */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(reject, new Error('no answer in time')), ANSWER_TIMEOUT_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function openSingle(url: URL): Redis {
  return new Redis(url.href, { ...failFast, lazyConnect: true, enableOfflineQueue: false, retryStrategy });
}

function openCluster(urls: readonly URL[]): Cluster {
  const [first] = urls;
  const tls = first?.protocol === 'rediss:';
  return new Cluster(
    urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
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

/** The message of `new URL` would repeat the address, which may contain a password. */
function parseAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (url?.protocol !== 'redis:' && url?.protocol !== 'rediss:') {
    throw new Error('an address of Redis must begin with redis:// or rediss://');
  }
  return url;
}

/** Soon at first, then once a second; the jitter keeps many processes from coming back at one moment. */
function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1000) + Math.random() * 100;
}

/** Redis said no to us; anything else is an absence of Redis. */
function translate(error: unknown): Error {
  const cause = bare(error);
  const [code = ''] = cause.message.split(' ', 1);
  const refused = error instanceof Error && error.name === 'ReplyError' && !cannotNow.has(code);
  return refused ? cause : new Unavailable('redis', { cause });
}

/** The library's errors carry the arguments of the command, a password among them: only the message is kept. */
function bare(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  // A name with several addresses that all refuse has no message, only a code.
  const code = 'code' in error ? String(error.code) : error.name;
  return Object.assign(new Error(error.message || code), { code });
}
