import { argon2, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { freePort } from '../test/support/free-port.ts';
import { cpuMs, machine, residentMb } from './cpu.ts';
import { measureLikeness } from './likeness.ts';
import { operations, type Operation } from './operations.ts';
import { benchAccounts, launch, ready, startBare, startEmbedded, startWithStores, type Target } from './targets.ts';

/**
 * `npm run bench`: our product, embedded and with PostgreSQL + Redis, and the bare library side by side on
 * this machine, driven by the same client in alternating rounds. Prints the table of docs/performance.md.
 */
const users = 8;
const rounds = Number(process.argv[2] ?? 3);
/** `npm run bench -- 1 refresh`: one round of what has this word in its name; `likeness`: of known and unknown people. */
const only = process.argv[3] ?? '';

interface Figures {
  /** CPU milliseconds of each operation, over all processes of the product. */
  cpu: number;
  perSecond: number;
  p50: number;
  p99: number;
}

const out = (text: string) => void process.stdout.write(`${text}\n`);

async function measure(target: Target, operation: Operation): Promise<Figures> {
  const runs = await Promise.all(Array.from({ length: users }, (_, user) => operation.prepare(target.client, user)));
  const each = Math.ceil(operation.count / users);
  const times: number[] = [];
  const cpu = cpuMs(target.pids);
  const began = performance.now();
  await Promise.all(
    runs.map(async (run) => {
      for (let n = 0; n < each; n += 1) {
        const start = performance.now();
        await run();
        times.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  return {
    cpu: (cpuMs(target.pids) - cpu) / times.length,
    perSecond: times.length / seconds,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/** What the machine can do: argon2id with our parameters on all cores. */
async function rawArgon2id(): Promise<{ perSecond: number; cpu: number }> {
  const hash = promisify(argon2);
  const parameters = { message: 'x'.repeat(32), nonce: randomBytes(16), parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };
  const count = 120;
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let n = 0; n < count / availableParallelism(); n += 1) await hash('argon2id', parameters);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpu: (user + system) / 1000 / count };
}

/** Seconds from the start of the process to its first answer, on a data folder that exists. */
async function startTime(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'minxin-start-'));
  const port = await freePort();
  const run = async () => {
    const began = performance.now();
    const child = launch({ PORT: String(port), DATA_DIR: join(folder, 'data') });
    await ready(`http://localhost:${port}`, child);
    const seconds = (performance.now() - began) / 1000;
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    return seconds;
  };
  await run();
  const seconds = await run();
  rmSync(folder, { recursive: true, force: true });
  return seconds;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function overRounds(figures: readonly Figures[]): Figures {
  const of = (key: keyof Figures) => median(figures.map((figure) => figure[key]));
  return { cpu: of('cpu'), perSecond: of('perSecond'), p50: of('p50'), p99: of('p99') };
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(cell < 10 ? 2 : 0) : cell)).join(' | ')} |`;
}

function verdict({ target }: Operation, ours: number, bare: number, hash: number): string {
  if (target === 'argon2id + 12 ms') {
    const limit = hash + 12;
    return `${(ours - hash).toFixed(1)} ms above the hash, at most 12: ${ours <= limit ? 'reached' : 'missed'}`;
  }
  const ratio = ours / bare;
  return `${ratio.toFixed(1)} ×, at most ${target.ratio} ×: ${ratio <= target.ratio ? 'reached' : 'missed'}`;
}

const start = await startTime();
const argon2id = await rawArgon2id();
const targets = await Promise.all([startBare(), startEmbedded(), startWithStores()]);
const credentials = {
  username: (user: number, attempt: number) => `${benchAccounts.prefix}${((user * 50 + attempt) % benchAccounts.count) + 1}`,
  password: benchAccounts.password,
};
out(`${machine()}; ${users} concurrent users; median of ${rounds} rounds\n`);
out(row(['work', 'product', 'CPU ms', 'per second', 'p50 ms', 'p99 ms', 'target (CPU, with PostgreSQL + Redis)']));
out(row(Array.from({ length: 7 }, () => '---')));
let loginsPerSecond = 0;
for (const operation of operations(credentials).filter(({ name }) => name.includes(only))) {
  const figures = targets.map((): Figures[] => []);
  for (const target of targets) await measure(target, { ...operation, count: Math.min(operation.count, 80) });
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, target] of targets.entries()) figures[index]?.push(await measure(target, operation));
  }
  const results = figures.map(overRounds);
  for (const [index, { name }] of targets.entries()) {
    const { cpu, perSecond, p50, p99 } = results[index] ?? overRounds([]);
    const last = name === 'PostgreSQL + Redis';
    if (last && operation.name === 'password login') loginsPerSecond = perSecond;
    out(
      row([
        index === 0 ? operation.name : '',
        name,
        cpu,
        perSecond,
        p50,
        p99,
        last ? verdict(operation, cpu, results[0]?.cpu ?? 0, argon2id.cpu) : '',
      ]),
    );
  }
}
const stored = targets.find(({ name }) => name === 'PostgreSQL + Redis');
if (stored && 'likeness'.includes(only)) {
  out(`\n${row(['unknown people against known ones', 'times', 'ms', 'target'])}`);
  out(row(Array.from({ length: 4 }, () => '---')));
  const { issuer } = stored.client;
  for (const { form, ratio, milliseconds } of await measureLikeness({ issuer, address: issuer, folder: '', listenerPort: 0 })) {
    out(row([form, ratio, milliseconds, `0.9 to 1.1: ${ratio > 0.9 && ratio < 1.1 ? 'reached' : 'missed'}`]));
  }
}
const memory = targets.map(({ name, pid }) => `${name} ${residentMb(pid).toFixed(0)} MB`).join(', ');
out(`\nraw argon2id (19 MiB, t=2, p=1): ${argon2id.perSecond.toFixed(0)} a second, ${argon2id.cpu.toFixed(1)} ms CPU each`);
out(`password logins: ${(loginsPerSecond / argon2id.perSecond).toFixed(2)} of that rate, at least 0.6`);
out(`first answer after start, embedded, existing data: ${start.toFixed(2)} s, at most 2`);
out(`memory after the bench: ${memory}; with PostgreSQL + Redis at most 300 MB`);
await Promise.all(targets.map((target) => target.stop()));
