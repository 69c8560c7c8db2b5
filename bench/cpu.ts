import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * CPU time and memory of processes, from /proc. CPU per operation is the steadiest figure on a machine that
 * others use as well: waiting does not count.
 */

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Milliseconds of CPU that these processes and all their descendants, ended ones included, have used so far. */
export function cpuMs(roots: readonly number[]): number {
  const ticks = tree(roots)
    .map(readStat)
    .reduce((sum, stat) => sum + (stat ? stat.own + stat.endedChildren : 0), 0);
  return (ticks * 1000) / ticksPerSecond;
}

/** Resident memory of one process, MB. */
export function residentMb(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** The process whose command line holds all of `words`. */
export function findProcess(...words: readonly string[]): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => {
      const line = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
      return words.every((word) => line.split('\0').includes(word)) && !line.startsWith('sh\0');
    });
  if (!found) throw new Error(`no process ${words.join(' ')}`);
  return Number(found);
}

export function machine(): string {
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const [, model = 'unknown processor'] = /^model name\s*: (.*)$/m.exec(info) ?? [];
  return `${availableParallelism()} cores (${model}), Node ${process.version}`;
}

function tree(roots: readonly number[]): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
    if (stat) parents.set(Number(name), stat.parent);
  }
  const found = new Set(roots);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, parent] of parents) {
      if (found.has(parent) && !found.has(pid)) grown = Boolean(found.add(pid));
    }
  }
  return [...found];
}

/** Fields of proc_pid_stat(5), behind the command name, which may hold spaces. */
function readStat(pid: number): { parent: number; own: number; endedChildren: number } | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === undefined) return undefined;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return { parent: field(4), own: field(14) + field(15), endedChildren: field(16) + field(17) };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
