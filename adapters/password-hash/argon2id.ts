import { argon2, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PasswordHasher } from '../../src/domain/authenticator/password-hasher.ts';
import { boundedQueue } from './bounded-queue.ts';
import { readLegacyHash } from './legacy.ts';
import { type Argon2Hash, formatPhc, parsePhc } from './phc.ts';
import { readSealed, seal, unseal } from './sealed.ts';

export interface Argon2idOptions {
  /** 32 bytes, kept outside the database: a stolen table alone cannot be guessed at. */
  readonly pepper: Buffer;
  /** Written into every hash; 1 unless the pepper was replaced. */
  readonly pepperVersion?: number;
  /** Peppers before this one by version, until every hash made with them was renewed. */
  readonly earlierPeppers?: Readonly<Record<number, Buffer>>;
  /** Hashes at a time; see `hashWidth`. */
  readonly width?: number;
  /** How many may wait for their turn. */
  readonly maxWaiting?: number;
  /** What the time of failures is measured and filled up with. */
  readonly stopwatch?: Stopwatch;
}

export interface Stopwatch {
  /** Milliseconds that only go forward. */
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

/** OWASP's minimum for argon2id, and about 25 ms of one core. */
const today = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltLength = 16;

/** More than most imported hashes take: by time nobody learns whether somebody is known, imported, or neither. */
const leastFailureMs = 400;
/** Slow ones raise it for everybody, up to this. */
const mostFailureMs = 2000;

const derive = promisify(argon2);

/**
 * How many hashes may run at once: one for each core, but never all threads of libuv's pool, in which they run. Files and
 * the names of hosts wait for the same threads.
 *
 * @param threads - size of the pool, `UV_THREADPOOL_SIZE`
 */
export function hashWidth(cores: number, threads: number): number {
  return Math.max(1, Math.min(cores, threads - 1));
}

/**
 * Passwords by argon2id of node:crypto, which works off the event loop, behind a queue as wide as the machine. The
 * pepper is an HMAC of the normalised password (NFC: the same characters typed on another keyboard are the same).
 */
export function createArgon2idHasher(options: Argon2idOptions): PasswordHasher {
  const { pepper, pepperVersion = 1, earlierPeppers = {}, width = hashWidth(availableParallelism(), 4), maxWaiting = 64 } = options;
  const { stopwatch = { now: () => performance.now(), pause: sleep } } = options;
  let failureMs = leastFailureMs;
  const peppers = { ...earlierPeppers, [pepperVersion]: pepper };
  const queue = boundedQueue(width, maxWaiting);

  const tagOf = (password: string, like: Omit<Argon2Hash, 'tag'>, length: number): Promise<Buffer> => {
    const text = Buffer.from(password.normalize('NFC'), 'utf8');
    return derive('argon2id', {
      message: like.pepperVersion === undefined ? text : peppered(peppers, like.pepperVersion, text),
      nonce: like.salt,
      memory: like.memoryKib,
      passes: like.passes,
      parallelism: like.parallelism,
      tagLength: length,
    });
  };
  // What no password gives, in today's form: looking an unknown account up costs the same work.
  const decoy: Argon2Hash = { ...today, pepperVersion, salt: randomBytes(saltLength), tag: randomBytes(tagLength) };
  const opened = (stored: string): string => {
    const sealed = readSealed(stored);
    return sealed ? unseal(pepperOf(peppers, sealed.pepperVersion), sealed) : stored;
  };
  const compare = async (password: string, kept: string | undefined): Promise<boolean> => {
    const stored = kept === undefined ? undefined : opened(kept);
    const legacy = stored === undefined ? undefined : readLegacyHash(stored);
    if (legacy) {
      const started = stopwatch.now();
      const right = await legacy.verify(password);
      failureMs = Math.min(Math.max(leastFailureMs, stopwatch.now() - started, failureMs * 0.95), mostFailureMs);
      return right;
    }
    const expected = stored === undefined ? decoy : parsePhc(stored);
    if (!expected) throw new Error('a stored password hash has an unknown form');
    const tag = await tagOf(password, expected, expected.tag.length);
    return timingSafeEqual(tag, expected.tag) && stored !== undefined;
  };

  return {
    hash: (password) =>
      queue.run(async () => {
        const like = { ...today, pepperVersion, salt: randomBytes(saltLength) };
        return formatPhc({ ...like, tag: await tagOf(password, like, tagLength) });
      }),

    async verify(password, stored) {
      const started = stopwatch.now();
      const right = await queue.run(() => compare(password, stored));
      // Outside the queue: whoever waits here holds up nobody.
      if (!right) await stopwatch.pause(Math.max(0, started + failureMs - stopwatch.now()));
      return right;
    },

    accepts,
    seal: (imported) => seal(pepper, pepperVersion, imported),

    outdated(stored) {
      const hash = parsePhc(stored);
      if (!hash || hash.pepperVersion !== pepperVersion || hash.tag.length < tagLength) return true;
      return hash.memoryKib < today.memoryKib || hash.passes < today.passes || hash.salt.length < saltLength;
    },

    depth: () => queue.depth(),
  };
}

/** Beyond these an imported argon2id hash would take memory or time from everybody else. */
const most = { memoryKib: 131_072, work: 262_144 };

function accepts(stored: string): boolean {
  const hash = parsePhc(stored);
  if (!hash) return readLegacyHash(stored) !== undefined;
  return hash.pepperVersion === undefined && hash.memoryKib <= most.memoryKib && hash.memoryKib * hash.passes <= most.work;
}

function peppered(peppers: Readonly<Record<number, Buffer>>, version: number, text: Buffer): Buffer {
  return createHmac('sha256', pepperOf(peppers, version)).update(text).digest();
}

function pepperOf(peppers: Readonly<Record<number, Buffer>>, version: number): Buffer {
  const pepper = peppers[version];
  if (!pepper) throw new Error(`a stored password hash needs pepper ${version}, which is not here`);
  return pepper;
}
