import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchAlone } from './connection.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A running product, as tests see it: whoever started it, in whichever process. */
export interface Product {
  /** Its public base URL. */
  readonly issuer: string;
  /** Where this process listens. Several processes of one installation have one issuer and an address each. */
  readonly address: string;
  /** Its temporary folder: data, clients file, profile file and logs. */
  readonly folder: string;
  /** Where the clients of test/support/clients.json expect back-channel calls (listener.ts). */
  readonly listenerPort: number;
}

export interface ProductOptions {
  /** A name in profiles/, or the content of a profile file of the test's own (`{ extends: 'demo', … }`). */
  readonly profile?: string | object;
  /** Clients besides those of clients.json and test/support/clients.json. */
  readonly clients?: readonly object[];
  /** Environment of the process, over that of `environmentOf`: DATABASE_URL, REDIS_URL … */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another process of this installation: the same issuer, secrets and clients. Needs stores that are shared. */
  readonly beside?: Product;
  /** Folder of the code, where a test runs another copy than this checkout. */
  readonly code?: string;
}

export interface OwnProduct extends Product {
  readonly pid: number;
  /** Starts it again, on the same port and data. */
  start(): Promise<void>;
  /** Ends it in good order (SIGTERM). */
  stop(): Promise<void>;
  /** Ends it like a power cut (SIGKILL). */
  crash(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
  /** When the process has ended, by whatever cause. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a product of one's own; for tests that can live with the common one there is `sharedProduct`. */
export async function startProduct(options: ProductOptions = {}): Promise<OwnProduct> {
  const port = await freePort();
  const place = options.beside ?? (await newPlace(port, options));
  const product: Product = { ...place, address: `http://127.0.0.1:${port}` };
  const env = { ...environmentOf(product, options), PORT: String(port), ISSUER: product.issuer, ...options.env };
  const code = options.code ?? root;

  let child: ChildProcess;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const start = async (): Promise<void> => {
    child = launch(code, env, product);
    await ready(product, child);
  };
  const remove = async (): Promise<void> => {
    await end('SIGTERM');
    if (!options.beside) rmSync(product.folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    await remove();
    throw error;
  }
  return {
    ...product,
    get pid() {
      if (child.pid === undefined) throw new Error('the product is not running');
      return child.pid;
    },
    start,
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    remove,
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}

/**
 * Runs `node src/process/main.ts …` to its end: commands, and starts that must be refused.
 *
 * @param env - replaces the environment of tests; only PATH and HOME are given besides
 * @returns exit code (null when it was killed, because it did not end) and everything it wrote
 */
export async function runMain(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  code = root,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...preloads, join(code, 'src/process/main.ts'), ...args], {
    cwd: code,
    env: { ...inherited(), ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), 200_000);
  await once(child, 'close');
  clearTimeout(limit);
  return { code: child.exitCode, output };
}

/** The environment of products under test: embedded stores, the sandbox, no limits per address. */
export function environmentOf({ folder }: Pick<Product, 'folder'>, { profile = 'demo' }: ProductOptions = {}): Record<string, string> {
  return {
    NODE_ENV: 'test',
    PROFILE: typeof profile === 'string' ? profile : join(folder, 'profile.json'),
    CLIENTS: join(folder, 'clients.json'),
    DATA_DIR: join(folder, 'data'),
    SANDBOX: 'on',
    SANDBOX_QUOTAS: 'off',
  };
}

/** Everything that the processes of this product wrote so far. */
export function logsOf({ folder }: Pick<Product, 'folder'>): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : [];
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}

const preloads = ['--import', fileURLToPath(new URL('tied.ts', import.meta.url))];

/** What a process needs of ours to run at all; everything else is said, so that no shell decides about a test. */
function inherited(): Record<string, string> {
  return Object.fromEntries(['PATH', 'HOME'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function newPlace(port: number, { profile, clients = [], env }: ProductOptions): Promise<Omit<Product, 'address'>> {
  const folder = mkdtempSync(join(tmpdir(), 'minxin-product-'));
  if (env?.['DATABASE_URL'] === undefined) {
    // Loads the database itself, which most test files never need: their product was started by somebody else.
    const { embeddedFolder } = await import('./stores.ts');
    renameSync(await embeddedFolder(), join(folder, 'data'));
  }
  const listenerPort = await freePort();
  writeFileSync(join(folder, 'clients.json'), JSON.stringify([...testClients(listenerPort), ...clients]));
  if (typeof profile === 'object') writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  return { issuer: env?.['ISSUER'] ?? `http://localhost:${port}`, folder, listenerPort };
}

/** The demonstration services and the clients of tests. */
function testClients(listenerPort: number): readonly object[] {
  return ['clients.json', 'test/support/clients.json'].flatMap((file): object[] =>
    JSON.parse(readFileSync(join(root, file), 'utf8').replaceAll('{listener}', String(listenerPort))),
  );
}

/** The log is a file, so that it can be read from every process and a test that hangs blocks no pipe. */
function launch(code: string, env: Record<string, string>, { folder, address }: Product): ChildProcess {
  const log = openSync(join(folder, `${new URL(address).port}.log`), 'a');
  const child = spawn(process.execPath, [...preloads, join(code, 'src/process/main.ts')], {
    cwd: code,
    env: { ...inherited(), ...env },
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  return child;
}

async function ready(product: Product, child: ChildProcess): Promise<void> {
  await eventually(
    () => `the product that wrote\n${lastLines(product)}\n`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the product ended with ${child.exitCode ?? child.signalCode}:\n${lastLines(product)}`);
      }
      const answer = await fetchAlone(`${product.address}/health/ready`).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.ok;
    },
  );
}

function lastLines(product: Product): string {
  return logsOf(product).split('\n').slice(-40).join('\n');
}
