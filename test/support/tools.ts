import { execFileSync, spawnSync } from 'node:child_process';
import { chromiumPath } from './chromium-path.ts';
import { postgresBinaries } from './postgres.ts';

/** Programs that tests need and npm does not bring. */
export interface Tool {
  readonly name: string;
  /** Of Debian and Ubuntu. */
  readonly package: string;
  readonly present: () => boolean;
}

export const postgres: Tool = { name: 'PostgreSQL', package: 'postgresql', present: () => postgresBinaries() !== undefined };
export const redis: Tool = { name: 'Redis', package: 'redis-server', present: () => runs('redis-server', '--version') };
export const chromium: Tool = { name: 'Chromium', package: 'chromium', present: () => chromiumPath() !== undefined };
/** Without one, Chinese pages are rows of boxes, and nothing on them has its true width. */
export const chineseFont: Tool = { name: 'a Chinese font', package: 'fonts-noto-cjk', present: () => output('fc-list', ':lang=zh') !== '' };

/**
 * Installs what is missing, where this machine lets us: as root, with apt-get.
 *
 * @returns what is still missing, and why
 */
export function provide(tools: readonly Tool[]): { missing: readonly Tool[]; because: string } {
  const missing = tools.filter(({ present }) => !present());
  if (missing.length === 0) return { missing, because: '' };
  if (process.getuid?.() !== 0 || !runs('apt-get', '--version')) {
    return { missing, because: 'is not installed, and only root can install it with apt-get' };
  }
  const packages = missing.map((tool) => tool.package);
  console.log(`Installing ${missing.map(({ name }) => name).join(', ')}: apt-get install ${packages.join(' ')}`);
  const failure = aptGet('update') ?? aptGet('install', '--yes', '--no-install-recommends', ...packages);
  return {
    missing: tools.filter(({ present }) => !present()),
    because: `could not be installed (${failure ?? 'apt-get put it elsewhere'})`,
  };
}

/** @returns the last thing it said when it failed */
function aptGet(...args: string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr, error } = spawnSync('apt-get', args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 600_000,
  });
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? error?.message);
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function output(program: string, ...args: string[]): string {
  return runs(program, ...args) ? execFileSync(program, args, { encoding: 'utf8' }).trim() : '';
}
