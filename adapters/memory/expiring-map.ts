import type { Clock } from '../../src/domain/clock.ts';

interface Entry<V> {
  readonly value: V;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Below this many entries a sweep would save nothing worth having. */
const WORTH_SWEEPING = 1000;

/** Entries looked at per write: more than one, or new entries would outrun the sweep. */
const SWEEP_STEP = 4;

/**
 * A map whose entries end at a moment of their own. Readers never see an ended entry; the memory of
 * ended ones is given back a few entries at a time with each write, so no request ever pays for a
 * whole sweep, and ended entries never number more than about a third of the living.
 */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #clock: Clock;
  readonly #onRemove: (key: string, value: V) => void;
  #cursor = this.#entries.entries();

  /**
   * @param clock - only decides when memory may be given back, never what a reader sees
   * @param onRemove - called for every entry that leaves, by `delete`, replacement or the sweep
   */
  constructor(clock: Clock, onRemove: (key: string, value: V) => void = () => {}) {
    this.#clock = clock;
    this.#onRemove = onRemove;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, unless it ends at or before `now`. */
  get(key: string, now: Date): V | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAt > now.getTime() ? entry.value : undefined;
  }

  /** The value, ended or not. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: V, expiresAt: Date): void {
    if (this.#entries.size >= WORTH_SWEEPING) this.#sweep();
    const earlier = this.#entries.get(key);
    if (earlier) this.#onRemove(key, earlier.value);
    this.#entries.set(key, { value, expiresAt: expiresAt.getTime() });
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#onRemove(key, entry.value);
  }

  /** Goes on where the last sweep stopped; a map's iterator stays valid while entries come and go. */
  #sweep(): void {
    const now = this.#clock.now().getTime();
    for (let step = 0; step < SWEEP_STEP; step += 1) {
      const next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this.#entries.entries();
        return;
      }
      const [key, entry] = next.value;
      if (entry.expiresAt <= now) this.delete(key);
    }
  }
}
