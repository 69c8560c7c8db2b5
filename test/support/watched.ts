import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Watched {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** It hangs when it says nothing for so long, however much it has said before. */
  readonly silenceMs: number;
  readonly interruption?: AbortSignal;
  /** Takes what it says. */
  readonly say?: (text: Buffer) => void;
}

/** How long a program that was told to end may take to do so, and its last words to arrive. */
const graceMs = 10_000;

/**
 * Runs a program and passes on what it says. There is no limit to how long it takes: a busy machine may need several
 * times as long as a quiet one.
 *
 * @returns the exit code, or why there is none
 */
export async function runWatched(program: string, args: readonly string[], watched: Watched): Promise<number | string> {
  const { cwd, env, silenceMs, interruption, say = (text) => process.stdout.write(text) } = watched;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const silent = whenSilent(child, silenceMs, say);
  const signals = interruption ? [silent, interruption] : [silent];
  const close = once(child, 'close');
  AbortSignal.any(signals).addEventListener('abort', () => {
    child.kill();
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  });
  await once(child, 'exit');
  // Whoever it started and left behind may hold its pipes.
  await Promise.race([close, sleep(graceMs, undefined, { ref: false })]);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  if (interruption?.aborted) return `it was interrupted (${interruption.reason})`;
  if (silent.aborted) return `it said nothing for ${Math.round(silenceMs / 60_000)} minutes`;
  return child.exitCode ?? `it was killed (${child.signalCode})`;
}

function whenSilent(child: ChildProcess, silenceMs: number, say: (text: Buffer) => void): AbortSignal {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      timer.refresh();
      say(text);
    });
  }
  child.once('exit', () => clearTimeout(timer));
  return silence.signal;
}
