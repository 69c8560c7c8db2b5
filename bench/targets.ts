import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/support/free-port.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { startRedis } from '../test/support/redis.ts';
import { openClient, type BenchClient } from './client.ts';
import { findProcess } from './cpu.ts';

/** A product under measurement, started side by side with the others. */
export interface Target {
  readonly name: string;
  readonly client: BenchClient;
  /** The process whose memory counts. */
  readonly pid: number;
  /** Product and stores: what CPU is summed over. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..');
const redirectUri = 'https://bench.example/callback';
const record = {
  client_id: 'bench',
  client_name: 'Bench',
  client_secret: 'bench-secret-0123456789-0123456789-0123456789',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
};
const credentials = { id: record.client_id, secret: record.client_secret, redirectUri };

export const benchAccounts = { prefix: 'bencher', count: 400, password: 'Correct-horse-9-battery' };

export async function startBare(): Promise<Target> {
  const port = await freePort();
  const clients = JSON.stringify([{ ...record, scope: 'openid offline_access', id_token_signed_response_alg: 'RS256' }]);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare.ts'), String(port), clients], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const client = await openClient(`http://localhost:${port}`, credentials);
  return target('bare library', client, child, []);
}

export async function startEmbedded(): Promise<Target> {
  const { client, child } = await startProduct({});
  return target('embedded', client, child, []);
}

export async function startWithStores(): Promise<Target> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const databaseUrl = await postgres.createDatabase();
  const { client, child } = await startProduct({ DATABASE_URL: databaseUrl, REDIS_URL: redis.url });
  const stores = [findProcess('-p', new URL(databaseUrl).port), findProcess(`redis-server *:${redis.port}`)];
  return target('PostgreSQL + Redis', client, child, stores, async () => {
    await postgres.remove();
    await redis.stop();
  });
}

function target(name: string, client: BenchClient, child: ChildProcess, stores: readonly number[], after?: () => Promise<void>): Target {
  const pid = child.pid ?? 0;
  return {
    name,
    client,
    pid,
    pids: [pid, ...stores],
    async stop() {
      await client.pool.close();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await after?.();
    },
  };
}

/** Environment of a product that is measured: no limits per address, no captcha, no line for each request. */
export async function startProduct(stores: Readonly<Record<string, string>>): Promise<{ client: BenchClient; child: ChildProcess }> {
  const folder = mkdtempSync(join(tmpdir(), 'minxin-bench-'));
  const port = await freePort();
  const clients = join(folder, 'clients.json');
  const profile = join(folder, 'profile.json');
  writeFileSync(clients, JSON.stringify([{ ...record, first_party: true }]));
  writeFileSync(profile, JSON.stringify({ extends: 'demo', captcha: { login: 'never' } }));
  const child = launch({ ...stores, PORT: String(port), DATA_DIR: join(folder, 'data'), CLIENTS: clients, PROFILE: profile });
  child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const issuer = `http://localhost:${port}`;
  await ready(issuer, child);
  await createAccounts(issuer);
  return { client: await openClient(issuer, credentials), child };
}

/** What the image says about memory is a part of the product. */
const memorySettings = Object.fromEntries(
  Array.from(readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^ +(MALLOC_ARENA_MAX|NODE_OPTIONS)=(\S+)/gm), ([, name, value]) => [
    name,
    value,
  ]),
);

export function launch(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [join(root, 'src/process/main.ts')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SANDBOX: 'on',
      SANDBOX_QUOTAS: 'off',
      LOG_LEVEL: 'warn',
      ...memorySettings,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export async function ready(issuer: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('the product did not start');
    const ok = await fetch(`${issuer}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(20);
  }
}

async function createAccounts(issuer: string): Promise<void> {
  const response = await fetch(`${issuer}/sandbox/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...benchAccounts, level: 'L2' }),
  });
  if (!response.ok) throw new Error(`accounts: ${response.status} ${await response.text()}`);
}
