import { clockOffset, setOffset } from '../../../sandbox/clock.ts';
import type { Settings } from '../../domain/settings.ts';

/** The sandbox's clock offset lives in the store, so that every process and command sees the same time (docs/adr/0016). */
const setting = 'sandbox.clock-offset';

export async function readClock(settings: Settings): Promise<void> {
  const stored = await settings.get(setting);
  if (stored) setOffset(Number(stored.value));
}

export async function advanceClock(settings: Settings, seconds: number): Promise<void> {
  await readClock(settings);
  const offset = clockOffset() + seconds;
  await settings.put(setting, String(offset), new Date());
  setOffset(offset);
}

const pollMs = 500;

/** Follows what other processes set, until the signal. */
export function followClock(settings: Settings, signal: AbortSignal): void {
  const timer = setInterval(() => {
    readClock(settings).catch(() => undefined);
  }, pollMs);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
