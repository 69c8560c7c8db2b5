import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { folderFromTemplate } from './template.ts';

/** A PostgreSQL server of this test alone: its own folder and port, nothing kept. */
export interface TemporaryPostgres {
  /** Address of an empty database made for this call. */
  createDatabase(): Promise<string>;
  /** Kills the server like a power cut; connections break at once. */
  crash(): Promise<void>;
  /** Starts it again on the same port and folder. */
  start(): Promise<void>;
  /** Stops the server and removes the folder. */
  remove(): Promise<void>;
}

/** Folder of the server's programs, or undefined where PostgreSQL is not installed. */
export function postgresBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}

/** Makes and starts a server. Safety on disk is off: it lives for one test. */
export async function startPostgres(): Promise<TemporaryPostgres> {
  const binaries = postgresBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL is not installed');
  const owner = serverUser();
  const folder = await folderFromTemplate(`postgres${binaries.replaceAll('/', '-')}`, (template) => {
    if (owner) chownSync(template, owner.uid, owner.gid);
    const options = ['-D', join(template, 'data'), '-U', 'minxin', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    execFileSync(join(binaries, 'initdb'), options, { ...owner, cwd: template, stdio: 'ignore' });
  });
  const data = join(folder, 'data');
  const port = await freePort();

  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = ['-D', data, '-p', String(port), '-k', folder, ...settings];
    const command = ['-c', tied, 'sh', join(binaries, 'postgres'), ...options];
    server = spawn('sh', command, { ...owner, cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
    await answers(port, server);
  };
  const crash = async (): Promise<void> => {
    if (server?.exitCode !== null) return;
    server.stdin?.end();
    await once(server, 'exit');
  };
  await start();

  let databases = 0;
  return {
    start,
    crash,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query(port, `create database ${name}`);
      return urlOf(port, name);
    },
    async remove() {
      await crash();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server lives as long as the pipe to whoever started it: a test that is killed leaves none behind. */
const tied = '"$@" & cat > /dev/null; kill -QUIT $!; wait $!';

const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=32MB', 'listen_addresses=127.0.0.1'].flatMap(
  (setting) => ['-c', setting],
);

const urlOf = (port: number, database: string): string => `postgres://minxin@127.0.0.1:${port}/${database}`;

/** PostgreSQL refuses to run as root; the package made a user for it. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function answers(port: number, server: ChildProcess): Promise<true> {
  return eventually('an answer of PostgreSQL', async () => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL stopped with ${server.exitCode}`);
    return query(port, 'select 1').then(
      () => true,
      () => false,
    );
  });
}

async function query(port: number, text: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(port, 'postgres'), connectionTimeoutMillis: 30_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}
