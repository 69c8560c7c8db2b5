/** Nonces of signed requests, each good for one. */
export interface Nonces {
  /** False if it was used before. */
  take(nonce: string, now: Date): boolean;
}

/**
 * Remembers a nonce as long as a request that carries it could pass the clock window.
 *
 * @param windowMilliseconds - how far a request's time may be off, either way
 */
export function createNonces(windowMilliseconds: number): Nonces {
  const seenUntil = new Map<string, number>();
  return {
    take(nonce, now) {
      for (const [old, until] of seenUntil) {
        if (until >= now.getTime()) break;
        seenUntil.delete(old);
      }
      if (seenUntil.has(nonce)) return false;
      seenUntil.set(nonce, now.getTime() + 2 * windowMilliseconds);
      return true;
    },
  };
}
